"""Who walks the facets is refused, cheaply and soon; who reads pages notices nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from bench.crawler import crawl, environment, fetch, read, served
from linklog.core.budget import Budget
from linklog.ops.tests.sites import OwnSite
from linklog.search import answers
from tests.builders import make_post

FACETS = [
    f"/search/?{urlencode(dict(zip(names, values, strict=True)))}"
    for names in (("tag", "type"), ("exclude.tag", "year"), ("tag", "exclude.year"), ("site", "month"))
    for values in product([f"a{number}" for number in range(40)], ("note", "2024", "7"))
]
WRITE = """
from linklog import publishing
from linklog.posts.models import Note
for number in range(30):
    publishing.save(Note(body='words ' * 50, is_draft=False), tags=[f'a{number}', 'tides'])
"""
BUDGET = 5  # so that also a slow machine comes to its end


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Budget:
    budget = Budget(tmp_path / "budget", 2)
    monkeypatch.setattr(answers, "BUDGET", budget)
    return budget


@pytest.mark.django_db
@time_machine.travel("2026-11-21T12:00:30Z", tick=False)
@pytest.mark.parametrize(
    ("path", "form"), [("/search/", "text/html"), ("/search.json", "application/json"), ("/search.atom", "text/plain")]
)
def test_who_asks_on_past_its_budget_is_refused_without_a_query(
    client: Client, budget: Budget, django_assert_num_queries: Callable[..., Any], path: str, form: str
) -> None:
    for _time in range(budget.a_minute + answers.PATIENCE + 1):
        budget.spend("127.0.0.1")
    with django_assert_num_queries(0):
        response = client.get(path, {"q": "clocks"})
    assert (response.status_code, response["Retry-After"]) == (429, "30")
    assert response["Content-Type"].startswith(form)
    assert "Try again in 30 seconds." in response.content.decode()
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert int(response["Content-Length"]) == len(response.content)
    assert client.get("/").status_code == 200
    assert client.get(path, {"q": "clocks"}, REMOTE_ADDR="192.0.2.7").status_code == 200


@pytest.mark.django_db
@time_machine.travel("2026-11-21T12:00:30Z", tick=False)
def test_in_a_crowd_who_asked_little_is_answered(client: Client, budget: Budget) -> None:
    make_post("note")
    budget.a_minute = 20
    for number in range(answers.CROWD * budget.a_minute + 1):
        client.get(f"/search.json?q={number}", REMOTE_ADDR=f"192.0.2.{number % 5}")
    crawler, reader = (client.get("/search/?q=a", REMOTE_ADDR=f"192.0.2.{number}").status_code for number in (1, 77))
    assert (crawler, reader) == (429, 200)
    assert client.get("/", REMOTE_ADDR="192.0.2.1").status_code == 200


def test_readers_of_a_served_site_are_all_answered_while_crawlers_are_refused(
    tmp_path: Path,
) -> None:
    """Bench/crawler.py in small: it measures how quickly, this proves what is answered."""
    variables = environment(str(tmp_path)) | {"LINKLOG_SEARCH_BUDGET": str(BUDGET)}
    site = OwnSite(tmp_path, variables)
    site.linklog("init")
    site.python(WRITE)
    with served(variables) as port, ThreadPoolExecutor(3) as others:
        assert "words" in fetch(port, "/")
        reading = others.submit(read, port, ["/", "/tags/tides/", "/atom/everything/", "/2026/"], 6, 0.5)
        one, many = (others.submit(crawl, port, FACETS, 5, addresses) for addresses in (1, 40))
    assert reading.result().statuses.keys() == {200}
    for crawler in (one.result(), many.result()):
        assert crawler.statuses.keys() <= {200, 429}
        assert crawler.statuses[200] > 0
    assert one.result().statuses[429] > 0
