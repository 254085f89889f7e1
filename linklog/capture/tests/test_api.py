"""Links that an app or a script sends by a token, and those from a terminal."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from linklog.accounts import tokens
from linklog.accounts.models import Role, User
from linklog.capture.jobs import read_page
from linklog.capture.models import Capture
from linklog.core.budget import Budget
from linklog.posts.models import Post
from linklog.tasks.jobs import TryLater
from tests.website import Website

pytestmark = pytest.mark.django_db

URL = "https://clocks.example/tides"
JSON = "application/json"


@pytest.fixture
def owner() -> User:
    return User.objects.create_superuser("ada")


@pytest.fixture
def token(owner: User) -> str:
    return tokens.make(owner, "Phone", ["inbox", "draft"])


def send(token: str, data: Any, status: int = 201, content_type: str = JSON) -> dict[str, Any]:
    body = data if isinstance(data, (str, bytes)) else json.dumps(data)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = Client(enforce_csrf_checks=True).post("/api/capture", body, content_type=content_type, headers=headers)
    assert response.status_code == status, response.content
    document: dict[str, Any] = response.json()
    return document


def test_a_link_lands_in_the_inbox_of_who_made_the_token(owner: User, token: str) -> None:
    answer = send(token, {"url": URL, "title": "Clocks", "text": "Brass.", "via": "https://friend.example/"})
    item = Capture.objects.inbox(owner).get()
    assert (item.url, item.title, item.selection, item.via_url) == (URL, "Clocks", "Brass.", "https://friend.example/")
    assert answer == {"id": item.pk, "edit_url": f"http://localhost:8000/write/capture/?item={item.pk}", "problem": ""}


def test_a_form_does_as_well(owner: User, token: str) -> None:
    send(
        token, "url=https%3A%2F%2Fclocks.example%2Ftides&text=%C3%A4", content_type="application/x-www-form-urlencoded"
    )
    assert Capture.objects.inbox(owner).get().selection == "ä"


def test_a_draft_is_made_and_filled_when_its_page_was_read(owner: User, token: str, website: Website) -> None:
    answer = send(token, {"url": f"{website.url}/article?utm_source=x", "text": "Brass.", "as": "draft"})
    post = Post.objects.drafts().get()
    assert answer["edit_url"].endswith(f"/write/post/{post.code}/")
    assert (post.author, post.body, post.link_url) == (owner, "> Brass.\n", f"{website.url}/article")
    read_page.call(answer["id"])
    post.refresh_from_db()
    assert post.title == "Brass clocks that know the tide"
    assert [person.name for person in post.credited] == ["Ada Bell", "Grace Winter"]
    assert not Capture.objects.inbox(owner).exists()


def test_a_draft_that_somebody_wrote_in_is_left_alone(token: str, website: Website) -> None:
    answer = send(token, {"url": f"{website.url}/article", "as": "draft"})
    Post.objects.update(revision=2, title="Mine")
    read_page.call(answer["id"])
    assert Post.objects.get().title == "Mine"


@pytest.mark.parametrize("place", ["inbox", "draft"])
def test_sent_again_within_a_day_it_is_there_once(token: str, place: str) -> None:
    sent = {"url": URL, "title": "Clocks", "text": "Brass.", "as": place}
    assert send(token, sent) == send(token, sent)
    assert Capture.objects.count() == 1
    assert Post.objects.count() == (place == "draft")
    send(token, sent | {"text": "Other words."})
    assert Post.objects.count() == 2 * (place == "draft")


def test_a_site_that_does_not_answer_is_tried_again(token: str, website: Website) -> None:
    answer = send(token, {"url": f"{website.url}/gone"})
    with pytest.raises(TryLater):
        read_page.call(answer["id"])
    item = Capture.objects.get()
    assert item.state == Capture.State.FAILED
    assert item.problem.endswith("(404).")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (" ", 400),
        ("[]", 400),
        ("[" * 100_000, 400),
        ('{"url": 7}', 400),
        ({"url": "javascript:x()"}, 400),
        ({"title": "x"}, 400),
        ({"url": URL, "as": "public"}, 400),
        ({"url": URL, "text": "a\x00b"}, 400),
        ('{"url": "https://a.example/", "text": "\\ud800"}', 400),
        (b'{"url": "\xff"}', 400),
        ({"url": URL, "text": "x" * 200_000}, 413),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_a_sentence(token: str, data: Any, status: int) -> None:
    assert send(token, data, status)["problem"].endswith(".")
    assert not Capture.objects.exists()


def test_other_kinds_of_content_are_refused(token: str) -> None:
    send(token, f'{{"url": "{URL}"}}', 415, content_type="text/plain")


def test_without_a_good_token_nothing_is_taken(owner: User) -> None:
    for token in ("", "linklog_" + "0" * 40, "x"):
        assert send(token, {"url": URL}, 401)["problem"].endswith(".")
    client = Client()
    client.force_login(owner)
    assert client.post("/api/capture", {"url": URL}).status_code == 401  # a cookie is none
    assert not Capture.objects.exists()


def test_a_token_does_what_it_was_made_for(owner: User) -> None:
    inbox_only = tokens.make(owner, "Phone", ["inbox"])
    send(inbox_only, {"url": URL})
    assert send(inbox_only, {"url": URL, "as": "draft"}, 403)["problem"]


def test_so_many_links_are_taken_in_a_minute(token: str, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("linklog.capture.views.api.BUDGET", Budget(tmp_path / "budget", 1))
    send(token, {"url": URL})
    assert send(token, {"url": URL}, 429)["problem"]


def test_from_a_terminal_the_page_is_read_at_once(owner: User, website: Website, capsys) -> None:
    call_command("capture", f"{website.url}/article", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["authors"] == ["Ada Bell", "Grace Winter"]
    assert found["edit_url"].endswith(f"?item={found['id']}")
    call_command("capture", f"{website.url}/article", "--draft", "--text", "Brass.")
    assert "A draft was made" in capsys.readouterr().out
    assert Post.objects.get().title == "Brass clocks that know the tide"
    call_command("capture", f"{website.url}/gone")
    assert "(404)" in capsys.readouterr().out


def test_a_terminal_is_told_what_is_wrong(owner: User) -> None:
    with pytest.raises(CommandError, match="whole address"):
        call_command("capture", "clocks")
    with pytest.raises(CommandError, match="no author"):
        call_command("capture", URL, "--author", "nobody")
    User.objects.create_user("grace", role=Role.OWNER)
    with pytest.raises(CommandError, match="not one owner"):
        call_command("capture", URL)
