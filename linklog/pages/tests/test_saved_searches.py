"""Standing pages that show what a search finds."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from linklog.core.budget import Budget
from linklog.pages.models import Page
from linklog.search import answers
from tests.builders import NOON, make_post

pytestmark = pytest.mark.django_db


def make_page(search: str = "tag=tides", **over: str) -> Page:
    return Page.objects.create(
        **{"slug": "harbour", "title": "The harbour", "body": "By *tide*.", **over}, search=search
    )


def add(client: Client, **over: str) -> Any:
    return client.post(
        "/admin/pages/page/add/", {"slug": "harbour", "title": "Harbour", "body": "", "search": "", **over}
    )


def test_it_shows_its_text_then_what_is_found_the_newest_first_and_how_many(client: Client) -> None:
    old = make_post("note", title="Old", published=NOON - dt.timedelta(days=400))
    new = make_post("entry", title="New")
    make_post("note", title="Other", tags=["clocks"])
    make_page()
    html = client.get("/harbour/").content.decode()
    places = [
        html.index(text)
        for text in ("<em>tide</em>", "2 posts", "2024</a></h2>", new.get_absolute_url(), old.get_absolute_url())
    ]
    assert places == sorted(places)
    assert "Other" not in html


def test_a_page_without_a_search_stays_as_it_was(client: Client) -> None:
    make_post("note")
    make_page(search="")
    html = client.get("/harbour/").content.decode()
    assert "search.atom" not in html
    assert "Low water" not in html


def test_drafts_and_scheduled_posts_are_on_no_page_whoever_asks(client: Client, admin_client: Client) -> None:
    make_post("note", title="Shown")
    make_post("note", title="Hidden", is_draft=True)
    make_post("note", title="Hidden", published=timezone.now() + dt.timedelta(hours=1))
    for search in ("tag=tides", "q=is%3Adraft+OR+is%3Ascheduled", "q=-is%3Apublic"):
        Page.objects.all().delete()
        make_page(search)
        by_reader, by_author = client.get("/harbour/"), admin_client.get("/harbour/")
        assert by_reader.content == by_author.content
        assert b"Hidden" not in by_reader.content
        assert "Cookie" not in by_author.get("Vary", "")


def test_it_leads_to_the_search_and_to_its_feeds(client: Client) -> None:
    make_post("note")
    make_page("q=low+water&tag=tides")
    html = client.get("/harbour/").content.decode().replace("&amp;", "&")
    query = "q=low+water&tag=tides"
    links = [f"/search/?{query}", *(f"/search.{name}?{query}" for name in ("atom", "rss", "feed.json"))]
    for link in links:
        assert f'href="{link}"' in html
        assert client.get(link).status_code == 200


def test_its_pages_show_every_post_once_and_each_names_itself(client: Client) -> None:
    made = {make_post("note", slug=f"n-{number}").get_absolute_url() for number in range(61)}
    make_page()
    seen: list[str] = []
    for number, path in enumerate(["/harbour/", "/harbour/?page=2", "/harbour/?page=3"], 1):
        response = client.get(path)
        html = response.content.decode()
        seen += [post.get_absolute_url() for post in response.context["results"].posts]
        assert f'rel="canonical" href="http://localhost:8000{path}"' in html
        assert (f'href="?page={number + 1}" rel="next"' in html) == (number < 3)
    assert len(seen) == 61
    assert set(seen) == made


@pytest.mark.parametrize("number", ["0", "2", "101", "-1", "x", "%00", "1.5", "9" * 400, "0" * 5_000 + "1"])
def test_a_page_that_there_is_not_is_not_found(client: Client, number: str) -> None:
    make_post("note")
    make_page()
    assert client.get(f"/harbour/?page={number}").status_code == 404


def test_a_search_that_finds_nothing_says_so_and_is_a_page(client: Client) -> None:
    make_page("q=nothing")
    response = client.get("/harbour/")
    assert response.status_code == 200
    assert response.context["results"].posts == []


def test_search_engines_may_keep_it_and_the_sitemap_names_it(client: Client) -> None:
    make_post("note")
    make_page()
    response = client.get("/harbour/")
    assert not response.has_header("X-Robots-Tag")
    assert b"noindex" not in response.content
    assert b"/harbour/</loc></url>" in b"".join(
        client.get("/sitemap-pages.xml").content.split()
    )  # when it changed, nobody knows


def test_it_costs_its_readers_no_budget(client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(answers, "BUDGET", Budget(tmp_path / "budget", 1))
    make_page()
    for number in range(3):
        make_post("note", title=f"Note {number}")  # so that no answer is kept
        assert client.get("/harbour/").status_code == 200
    assert client.get("/search/?q=a").status_code == 200


# In the admin ----------------------------------------------------------------------------------------------------------


def test_a_search_is_kept_in_one_spelling_whether_typed_or_pasted(admin_client: Client) -> None:
    for text in ("type=note&q=low++water", "http://localhost:8000/search/?q=low+water&type=note&page=3&sort=date"):
        Page.objects.all().delete()
        assert add(admin_client, search=text).status_code == 302
        assert Page.objects.get().search == "q=low+water&type=note"


@pytest.mark.parametrize("text", ["tags=tides", "just words", "tag=a&tag=b&tag=c&tag=d&tag=e", "/search/", "x" * 2_001])
def test_what_is_no_search_is_said_at_its_field_and_what_was_typed_stays(admin_client: Client, text: str) -> None:
    response = add(admin_client, search=text, body="kept words")
    assert response.status_code == 200
    assert set(response.context["adminform"].form.errors) == {"search"}
    assert "kept words" in response.content.decode()
    assert not Page.objects.exists()


def test_a_link_fills_in_the_form(admin_client: Client) -> None:
    html = admin_client.get(
        "/admin/pages/page/add/?search=q%3Dtides%26type%3Dnote&title=Notes+on+tides"
    ).content.decode()
    values = dict(re.findall(r'<input type="text" name="(\w+)" value="([^"]*)"', html))
    assert values == {"title": "Notes on tides", "slug": "notes-on-tides", "search": "q=tides&amp;type=note"}
