"""Which links lead nowhere: asked of a real server, kept for a day; our own looked up."""

import datetime as dt

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from linklog.pages.models import Redirect
from linklog.write import dead_links
from linklog.write.models import LinkCheck
from tests.builders import make_post
from tests.website import Website

pytestmark = pytest.mark.django_db


def test_only_pages_of_the_web_and_own_posts_are_looked_at() -> None:
    own = django_settings.LINKLOG_URL
    wanted = ["http://www.a.example", "/2024/Dec/22/slug/", f"{own}/2024/Dec/23/slug/"]
    others = [
        "#note",
        "/tags/tides/",
        "//c.example/",
        f"{own}/media/a.jpg",
        "mailto:a@b.example",
        "gemini://d.example/",
        "https://[bad",
        "",
    ]
    assert dead_links.checkable(["https://a.example/", "https://a.example/#part", *wanted, *others]) == wanted
    assert len(dead_links.checkable(f"https://a.example/{number}" for number in range(99))) == dead_links.MOST


def test_what_says_that_there_is_no_page_is_dead_and_whatever_else_it_says_is_not(website: Website) -> None:
    paths = ["/article", "/chain", "/picture.png", "/no-such-page", "/loop"]
    urls = {path: website.url + path for path in paths}
    dead_links.check(list(urls.values()))
    found = dead_links.known(urls.values())
    assert [path for path in paths if found[urls[path]]] == ["/no-such-page", "/loop"]
    assert "404" in found[urls["/no-such-page"]]


def test_a_site_that_cannot_be_reached_is_told(website: Website) -> None:
    url = "http://127.0.0.1:9/"
    dead_links.check([url])
    assert dead_links.known([url])[url]


def test_what_was_found_is_kept_for_a_day_and_then_forgotten(website: Website) -> None:
    url = f"{website.url}/article"
    dead_links.check([url])
    dead_links.check([url, f"{url}#part"])
    assert len(website.asked) == 1
    LinkCheck.objects.update(checked=timezone.now() - dt.timedelta(days=1, seconds=1))
    assert dead_links.known([url]) == {}
    dead_links.check([f"{website.url}/plain"])
    assert [row.url for row in LinkCheck.objects.all()] == [f"{website.url}/plain"]


def test_links_of_one_host_are_asked_for_in_turn_and_those_left_wait_for_the_next_time(
    website: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = [f"{website.url}/echo?title={number}" for number in range(6)]
    monkeypatch.setattr(dead_links, "SECONDS", 0.0)
    dead_links.check(urls)
    assert website.asked == []
    monkeypatch.undo()
    dead_links.check(urls)
    assert sorted(website.asked) == sorted(url.removeprefix(website.url) for url in urls)


def test_links_to_own_posts_are_looked_up_without_the_network() -> None:
    public, draft = make_post("note", slug="public"), make_post("note", slug="draft", is_draft=True)
    Redirect.objects.create(old_path="/2024/Dec/22/moved/", target=public.get_absolute_url())
    moved, none = "/2024/Dec/22/moved/", "/2024/Dec/22/none/"
    urls = [public.get_absolute_url(), public.absolute_url, draft.get_absolute_url(), moved, none]
    found = dead_links.known(urls)
    assert [bool(found[url]) for url in urls] == [False, False, True, False, True]
