"""The lists of the admin are searched by the site's index."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from linklog.core import vendor_sql
from linklog.posts.models import KINDS, Post
from linklog.search import engine
from tests.builders import NOON, make_post

pytestmark = pytest.mark.django_db


def listed(client: Client, kind: str = "note", **query: str) -> list[Post]:
    response = client.get(f"/admin/posts/{kind}/", query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def test_drafts_and_scheduled_posts_are_found_too(admin_client: Client) -> None:
    shown, draft = (
        make_post("note", body="A seal."),
        make_post("note", body="Two seals.", is_draft=True, published=None),
    )
    later = make_post("note", body="Sealed.", published=timezone.now() + dt.timedelta(days=1))
    make_post("note", body="A gull.")
    assert set(listed(admin_client, q="seal")) == {shown, draft, later}
    assert listed(admin_client, q="seal is:draft") == [draft]
    assert listed(admin_client, q="seal is:scheduled") == [later]
    assert listed(admin_client, q="seal", state="draft") == [draft]


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_finds_posts_of_its_kind_alone(admin_client: Client, kind: str) -> None:
    made = {name: make_post(name, body="A seal.") for name in KINDS}
    assert listed(admin_client, kind, q="seal") == [made[kind]]
    other = next(name for name in KINDS if name != kind)
    assert listed(admin_client, kind, q=f"type:{other}") == []


def test_the_whole_language_is_understood(admin_client: Client) -> None:
    post = make_post("note", body="The grey seal sleeps.\n\n    code", tags=["North Sea"], people=["Ada Bell"])
    make_post("note", body="A seal in grey water.", published=NOON - dt.timedelta(days=400), tags=["ebb"])
    for query in (
        '"grey seal"',
        "seal -water",
        "sleep*",
        "tag:north-sea",
        "author:ada-bell",
        "year:2024",
        "has:code",
        "ada sea",
    ):
        assert listed(admin_client, q=query) == [post], query
    assert len(listed(admin_client, q="sleeps OR water")) == 2


def test_what_is_found_stands_by_date_unless_another_order_is_chosen(admin_client: Client) -> None:
    old = make_post("note", title="Seal, seal", body="seal", published=NOON - dt.timedelta(days=1))
    new = make_post("note", title="Gulls", body="One seal among many other words.")
    assert listed(admin_client, q="seal") == [new, old]
    assert listed(admin_client, q="seal", o="-1") == [old, new]


def test_any_number_of_posts_is_found(admin_client: Client) -> None:
    """More than SQLite takes as parameters of one statement."""
    keys = range(1, 300_001)
    post = make_post("note")
    assert list(Post.objects.filter(pk__in=vendor_sql.rows_of(keys))) == [post]
    assert not Post.objects.filter(pk__in=vendor_sql.rows_of([])).exists()
    assert not Post.objects.filter(pk__in=vendor_sql.rows_of([post.pk + 1])).exists()


def test_an_action_is_of_what_was_found(admin_client: Client) -> None:
    seals = [make_post("note", body="A seal.", is_draft=True) for _number in range(2)]
    gull = make_post("note", body="A gull.", is_draft=True)
    chosen = {"action": "publish", "_selected_action": [seals[0].pk, gull.pk]}
    admin_client.post("/admin/posts/note/?q=seal", chosen)
    assert list(Post.objects.published()) == [seals[0]]


def test_a_query_that_is_cut_says_so_once(admin_client: Client) -> None:
    make_post("note")
    response = admin_client.get("/admin/posts/note/", {"q": "x" * 300})
    assert [str(message) for message in response.context["messages"]] == [
        "Only the first 200 characters were searched for."
    ]


def test_a_search_that_takes_too_long_says_so(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_post("note", body="A grey seal.")
    monkeypatch.setattr(engine, "MOST_POSTINGS", 0)
    response = admin_client.get("/admin/posts/note/", {"q": "sea*"})
    assert "only the newest" in str(next(iter(response.context["messages"])))


@pytest.mark.parametrize(
    "text",
    ["c++ 100% 'x\"", "%", "\\", "((", "日本", "a\x00b", "\ud800".encode("utf-8", "replace").decode(), "is:", "tag:"],
)
def test_nothing_that_can_be_typed_is_an_error(admin_client: Client, text: str) -> None:
    make_post("note")
    assert admin_client.get("/admin/posts/note/", {"q": text}).status_code in (200, 302)


def test_the_language_is_explained_at_the_field(admin_client: Client) -> None:
    assert "-without" in admin_client.get("/admin/posts/note/").content.decode()
