"""The author's front page and what its buttons do."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linklog import publishing
from linklog.accounts.models import Role, User
from linklog.capture.given import given
from linklog.capture.keeping import keep
from linklog.capture.models import Capture
from linklog.posts.models import Person, Post
from linklog.readers.models import FeedReading
from linklog.tasks.models import Job
from tests.builders import make_archive, make_post

pytestmark = pytest.mark.django_db

MAX_QUERIES = 16


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("mira", role=Role.OWNER)


@pytest.fixture
def page(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def text(client: Client, query: str = "") -> str:
    response = client.get(f"/write/{query}")
    assert response.status_code == 200
    return response.content.decode()


def fill(owner: User, count: int) -> None:
    """`count` rows in every list."""
    now = timezone.now()
    for number, post in enumerate(make_archive(count)):
        publishing.keep_working_copy(post, {"title": "New"}, by=owner)
        keep(owner, given({"url": f"https://clocks.example/{number}", "title": f"Clock {number}", "text": "Brass."}))
        make_post("quotation", is_draft=True, published=None, slug=f"draft-{number}", author=owner)
        make_post("quotation", published=now + dt.timedelta(days=number + 1), slug=f"later-{number}")
        make_post("note", slug=f"look-{number}", follow_up=timezone.localdate(), body="![](/media/a.jpg)")
        FeedReading.objects.create(
            day=timezone.localdate(), feed="/atom/everything/", reader=f"R{number}", subscribers=2
        )


def test_it_costs_the_same_few_queries_however_much_lies_there(page: Client, owner: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            text(page)
        return len(queries)

    fill(owner, 3)
    few = cost()
    for post in Post.objects.all():
        publishing.delete(post)
    FeedReading.objects.all().delete()
    fill(owner, 9)
    assert few == cost() <= MAX_QUERIES


def test_an_empty_site_says_what_to_do(page: Client) -> None:
    found = text(page)
    for sentence in ("Nothing kept.", "No drafts.", "Nothing yet."):
        assert sentence in found
    for heading in ("Scheduled", "Look again", "Credited often", "Readers of feeds", "Work that failed"):
        assert f">{heading}" not in found


def test_the_lists_are_shown_in_the_order_of_the_work(page: Client, owner: User) -> None:
    fill(owner, 3)
    found = text(page)
    headings = [
        "A link to write about", "Inbox", "Drafts", "Changes readers do not see yet", "Scheduled", "Last published", "Look again",
        "Credited often", "Images without alt text", "Readers of feeds",
    ]  # fmt: skip
    places = [found.index(f">{heading}") for heading in headings]
    assert places == sorted(places)


def test_what_is_scheduled_is_told_in_the_sites_zone_and_counted_down(page: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), tick=False), timezone.override("Asia/Tokyo"):
        make_post("note", published=dt.datetime(2026, 3, 3, 15, 30, tzinfo=dt.UTC))
        found = text(page)
    assert "4 Mar 2026, 00:30" in found
    assert "in 2\xa0days, 3\xa0hours" in found


def test_a_link_in_the_inbox_that_was_linked_before_says_so(page: Client, owner: User) -> None:
    post = make_post("blogmark")
    keep(owner, given({"url": f"{post.link_url}?utm_source=x"}))
    assert f'<a href="{post.get_absolute_url()}">22 December 2024</a>' in text(page)
    publishing.unpublish(post)
    assert "You linked this before" not in text(page)


def test_keeping_needs_a_post_and_a_get_only_asks(page: Client, owner: User) -> None:
    asked = page.get("/write/inbox/", {"url": "https://clocks.example/", "title": "Clocks <b>", "text": "Brass."})
    assert asked.status_code == 200
    assert "Clocks &lt;b&gt;" in asked.content.decode()
    assert not Capture.objects.exists()
    sent = page.post("/write/inbox/", {"url": "", "title": "", "text": "Look https://clocks.example/"})
    assert (sent.status_code, sent.headers["Location"]) == (302, "/write/")
    assert Capture.objects.inbox(owner).get().url == "https://clocks.example/"
    assert Job.objects.waiting().get().args_kwargs["args"] == [Capture.objects.get().pk]
    assert "Kept." in text(page)


def test_the_editor_keeps_the_link_of_a_post_that_is_not_begun(page: Client, owner: User) -> None:
    editor = page.get(
        "/write/capture/", {"url": "https://clocks.example/", "title": "Clocks", "text": "Brass.\nMostly."}
    )
    assert 'formaction="/write/inbox/"' in editor.content.decode()
    fields = {name: editor.context["form"][name].value() or "" for name in ("link_url", "title", "body", "via_url")}
    page.post("/write/inbox/", fields)
    item = Capture.objects.inbox(owner).get()
    assert (item.url, item.title, item.selection.strip()) == ("https://clocks.example/", "Clocks", "Brass.\nMostly.")


def test_what_holds_no_address_comes_back(page: Client) -> None:
    answer = page.post("/write/inbox/", {"url": "javascript:alert(1)", "title": "Clocks"})
    assert answer.status_code == 400
    assert 'value="Clocks"' in answer.content.decode()
    answer = page.post("/write/inbox/", {"text": "nothing"}, headers={"Accept": "application/json"})
    assert (answer.status_code, set(answer.json())) == (400, {"problem"})


def test_a_script_that_keeps_a_link_gets_json(page: Client, owner: User) -> None:
    answer = page.post("/write/inbox/", {"url": "https://clocks.example/"}, headers={"Accept": "application/json"})
    assert answer.json() == {"kept": Capture.objects.get().pk}


def test_a_dismissed_link_can_be_put_back(page: Client, owner: User) -> None:
    item = keep(owner, given({"url": "https://clocks.example/", "title": "Clocks"}))
    answer = page.post(reverse("write:dismiss", args=[item.pk]))
    assert answer.headers["Location"] == f"/write/?dismissed={item.pk}"
    assert not Capture.objects.inbox(owner).exists()
    assert "Dismissed: Clocks" in text(page, f"?dismissed={item.pk}")
    page.post("/write/inbox/", {"item": item.pk})
    assert Capture.objects.inbox(owner).get() == item
    assert "Dismissed" not in text(page, f"?dismissed={item.pk}")


@pytest.mark.parametrize("key", ["0", "x", "-1", "9" * 30, "٣", ""])
def test_what_was_never_dismissed_is_not_put_back(page: Client, key: str) -> None:
    assert "Dismissed" not in text(page, f"?dismissed={key}")
    assert page.post("/write/inbox/", {"item": key}).status_code == 302


def test_nobody_touches_the_inbox_of_another(page: Client) -> None:
    other = User.objects.create_user("other", role=Role.OWNER)
    item = keep(other, given({"url": "https://clocks.example/", "title": "Clocks"}))
    assert page.post(reverse("write:dismiss", args=[item.pk])).status_code == 404
    Capture.objects.update(is_kept=False)
    assert "Clocks" not in text(page, f"?dismissed={item.pk}")
    page.post("/write/inbox/", {"item": item.pk})
    assert not Capture.objects.inbox(other).exists()


def test_a_reminder_that_is_done_with_goes(page: Client) -> None:
    post = make_post("note", follow_up=timezone.localdate())
    assert page.post(reverse("write:followed_up", args=[post.code])).status_code == 302
    assert Post.objects.get().follow_up is None
    assert "Look again" not in text(page)


def test_one_click_makes_the_tag_of_somebody_credited_often(page: Client) -> None:
    for number in range(3):
        make_post("blogmark", people=["Ada Bell"], slug=f"p{number}")
    answer = page.post(reverse("write:tag_person", args=[Person.objects.get().slug]))
    assert answer.headers["Location"] == "/tags/ada-bell/"
    assert Post.objects.published().tagged("ada-bell").count() == 3


def test_a_contributor_may_do_neither_on_posts_of_others(client: Client) -> None:
    guest = User.objects.create_user("guest", role=Role.CONTRIBUTOR)
    client.force_login(guest)
    post = make_post("blogmark", people=["Ada Bell"], follow_up=timezone.localdate())
    assert client.post(reverse("write:followed_up", args=[post.code])).status_code == 403
    assert client.post(reverse("write:tag_person", args=["ada-bell"])).status_code == 403
    assert "Look again" not in text(client)
    assert Post.objects.get().follow_up


def test_a_long_inbox_is_shown_whole_when_asked(page: Client, owner: User) -> None:
    for number in range(31):
        keep(owner, given({"url": f"https://clocks.example/{number}"}))
    assert text(page).count(">Dismiss<") == 30
    assert 'href="?all"' in text(page)
    assert text(page, "?all").count(">Dismiss<") == 31


@pytest.mark.parametrize("path", ["/write/", "/write/inbox/", "/write/tools/"])
def test_the_authors_pages_ask_who_it_is(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, "next=/write/" in answer.headers["Location"]) == (302, True)
    assert client.get(path, headers={"Accept": "application/json"}).status_code == 401
