"""How often a client may search in a minute, who counts as one client, and what stays free of charge."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as site_settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from linklog.core.budget import Budget, client_of
from linklog.search import answers
from linklog.search.middleware import SearchDoor
from tests.builders import NOON, make_post

pytestmark = pytest.mark.django_db
A_MINUTE = 300
SPEND = """
import os, sys
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "linklog.settings"
from linklog.core.budget import Budget
budget = Budget(Path(sys.argv[1]), 10)
print(*("no" if budget.spend("192.0.2.7") else "yes" for _ in range(6)))
"""


@pytest.fixture
def budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Budget]:
    """The default budget with counters of its own, at the beginning of a minute that lasts."""
    made = Budget(tmp_path / "search-budget", A_MINUTE)
    monkeypatch.setattr(answers, "BUDGET", made)
    with time_machine.travel(NOON, tick=False):
        yield made


def spend_all(budget: Budget, client: str) -> None:
    assert [budget.spend(client) for _ in range(A_MINUTE)] == [0] * A_MINUTE


def test_the_search_after_the_last_of_the_budget_is_refused_and_told_when_to_come_again(
    budget: Budget, client: Client
) -> None:
    make_post()
    for number in range(A_MINUTE):
        assert client.get("/search.json", {"q": f"tide {number}"}).status_code == 200, number
    for path in ("/search.json", "/search/", "/search.atom", "/search.feed.json"):
        response = client.get(path, {"q": "one more"})
        assert (response.status_code, response["Retry-After"]) == (429, "60"), path
    assert "60" in client.get("/search.json", {"q": "and more"}).json()["error"]


def test_a_new_minute_brings_a_new_budget(budget: Budget, client: Client) -> None:
    spend_all(budget, "127.0.0.1")
    with time_machine.travel(NOON.replace(second=59), tick=False):
        assert client.get("/search.json")["Retry-After"] == "1"
    with time_machine.travel(NOON.replace(minute=1), tick=False):
        assert client.get("/search.json").status_code == 200


def test_an_answer_that_is_kept_costs_nothing(budget: Budget, client: Client) -> None:
    make_post()
    for _time in range(5):
        assert client.get("/search.json", {"q": "tide"}).status_code == 200
        assert client.get("/search/", {"q": "tide"}).status_code == 200
    assert [budget.spend("127.0.0.1") for _ in range(A_MINUTE)].count(0) == A_MINUTE - 1
    assert client.get("/search.json", {"q": "tide"}).status_code == 200
    assert client.get("/search.json", {"q": "clock"}).status_code == 429


def test_a_change_of_the_site_makes_answers_cost_again(budget: Budget, client: Client) -> None:
    make_post()
    client.get("/search.json", {"q": "tide"})
    spend_all_but_one = [budget.spend("127.0.0.1") for _ in range(A_MINUTE - 1)]
    assert spend_all_but_one == [0] * (A_MINUTE - 1)
    assert client.get("/search.json", {"q": "tide"}).status_code == 200
    make_post("note")
    assert client.get("/search.json", {"q": "tide"}).status_code == 429


def test_another_client_and_other_pages_are_untouched(budget: Budget, client: Client) -> None:
    post = make_post()
    spend_all(budget, "127.0.0.1")
    assert client.get("/search.json").status_code == 429
    assert client.get("/search.json", REMOTE_ADDR="192.0.2.8").status_code == 200
    for path in (
        "/",
        post.get_absolute_url(),
        "/tags/tides/",
        "/atom/everything/",
        "/opensearch.xml",
        "/2024/Dec/",
        "/blogmarks/",
    ):
        assert client.get(path).status_code == 200, path


def test_who_is_refused_for_what_no_link_asks_pays_nothing(budget: Budget, client: Client) -> None:
    for number in range(A_MINUTE):
        assert client.get("/search.json", {"page": 200 + number}).status_code == 400
    assert client.get("/search.json").status_code == 200


def test_no_budget_means_no_limit(tmp_path: Path) -> None:
    budget = Budget(tmp_path / "never-made", 0)
    assert {budget.spend("192.0.2.7") for _ in range(1_000)} == {0}
    assert not budget.path.exists()


def test_counts_are_shared_by_the_processes_of_a_machine(tmp_path: Path) -> None:
    """This one and two others. The clock of the others is not ours to stop: a minute that turns meanwhile is met by another try."""
    environment = {**os.environ, "LINKLOG_HOME": str(site_settings.HOME)}
    for attempt in range(3):
        path, minute = tmp_path / f"search-budget-{attempt}", time.time() // 60
        command = [sys.executable, "-c", SPEND, str(path)]
        done = [subprocess.run(command, env=environment, capture_output=True, text=True, check=True) for _ in range(2)]
        here = [Budget(path, 10).spend(client) for client in ("192.0.2.7", "192.0.2.99")]
        if time.time() // 60 == minute:
            break
    assert [one.stdout.split() for one in done] == [["yes"] * 6, ["yes"] * 4 + ["no"] * 2]
    assert here[0] > 0 == here[1]


def asked_by(address: str, **headers: str) -> str:
    return client_of(RequestFactory().get("/search/", REMOTE_ADDR=address, **headers))


def test_a_customer_of_a_provider_is_one_client() -> None:
    assert asked_by("2001:db8:1:2::1") == asked_by("2001:db8:1:2:ffff:ffff:ffff:ffff") == "2001:db8:1:2::/64"
    assert asked_by("2001:db8:1:3::1") != asked_by("2001:db8:1:2::1")
    assert asked_by("192.0.2.7") != asked_by("192.0.2.8")
    assert asked_by("::ffff:192.0.2.7") == asked_by("192.0.2.7") == "192.0.2.7"
    assert asked_by("unix:") == asked_by("") == ""


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(settings: Any) -> None:
    forwarded = {"HTTP_X_FORWARDED_FOR": "203.0.113.5, 198.51.100.4"}
    settings.TRUST_PROXY = False
    assert asked_by("192.0.2.1", **forwarded) == "192.0.2.1"
    settings.TRUST_PROXY = True
    assert asked_by("192.0.2.1", **forwarded) == "198.51.100.4"
    assert asked_by("192.0.2.1", HTTP_X_FORWARDED_FOR="2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert asked_by("192.0.2.1", HTTP_X_FORWARDED_FOR="nonsense") == ""
    assert asked_by("192.0.2.1") == "", "the proxy's own address would stand for all"


def test_who_invents_forwarded_addresses_has_one_budget(budget: Budget, client: Client, settings: Any) -> None:
    settings.TRUST_PROXY = True
    for number in range(A_MINUTE):
        budget.spend(asked_by("192.0.2.1", HTTP_X_FORWARDED_FOR=f"10.0.{number // 250}.{number % 250}, 198.51.100.4"))
    assert client.get("/search.json", HTTP_X_FORWARDED_FOR="10.9.9.9, 198.51.100.4").status_code == 429
    assert client.get("/search.json", HTTP_X_FORWARDED_FOR="10.9.9.9, 198.51.100.5").status_code == 200


@pytest.mark.parametrize("path", ["/search.json", "/search/", "/search.atom"])
def test_a_worker_that_has_no_room_says_so_and_has_room_again_afterwards(path: str, rf: RequestFactory) -> None:
    door = SearchDoor(lambda _request: HttpResponse())
    taken = 0
    while door.room.acquire(blocking=False):
        taken += 1
    refusal = door(rf.get(path))
    assert (refusal.status_code, refusal["Retry-After"]) == (429, "1")
    assert door(rf.get("/")).status_code == 200
    assert 1 <= taken < site_settings.LINKLOG_THREADS
    door.room.release(taken)
    assert door(rf.get(path)).status_code == 200


def test_a_search_that_fails_leaves_its_room(rf: RequestFactory) -> None:
    def fail(_request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    door = SearchDoor(fail)
    for _time in range(site_settings.LINKLOG_THREADS + 1):
        with pytest.raises(RuntimeError):
            door(rf.get("/search.json"))
