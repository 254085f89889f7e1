"""How feeds are fetched: validators, 304s, other sites' scripts, HEAD."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils.http import http_date, parse_http_date

from linklog import publishing
from linklog.feeds.tests.conftest import START, MakePost
from linklog.posts.models import Post
from linklog.site.models import Site

PATHS = [
    "/atom/everything/",
    "/rss/everything/",
    "/json/everything/",
    "/tags/a.atom",
    "/subscribe.opml",
    "/sitemap.xml",
]
FEEDS = PATHS[:4]


@pytest.fixture(autouse=True)
def _a_post(make_post: MakePost) -> None:
    make_post(tags=("a",))


@pytest.mark.parametrize("path", PATHS)
def test_a_reader_that_has_these_bytes_gets_304_and_no_body(client: Client, path: str) -> None:
    first = client.get(path)
    for header in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        again = client.get(path, headers=header)
        assert again.status_code == 304
        assert again.content == b""
        assert again["ETag"] == first["ETag"]
        assert again["Cache-Control"] == first["Cache-Control"]
    assert not first["ETag"].startswith("W/")


@pytest.mark.parametrize("path", PATHS)
def test_a_reader_that_has_other_bytes_gets_them_all(client: Client, path: str) -> None:
    first = client.get(path)
    old = http_date(parse_http_date(first["Last-Modified"]) - 1)
    assert (
        client.get(path, headers={"If-None-Match": '"other"', "If-Modified-Since": first["Last-Modified"]}).status_code
        == 200
    )
    assert client.get(path, headers={"If-Modified-Since": old}).content == first.content
    assert client.get(path, headers={"If-Modified-Since": "nonsense"}).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_head_has_the_headers_of_get(client: Client, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert head.content == b""
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.parametrize("path", FEEDS)
def test_any_write_changes_the_validators_of_a_feed_that_shows_it(client: Client, path: str) -> None:
    first = client.get(path)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5), tick=False):
        post = Post.objects.get()
        post.title = "Another title"
        publishing.save(post)
        again = client.get(path, headers={"If-Modified-Since": first["Last-Modified"]})
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]
    assert parse_http_date(again["Last-Modified"]) > parse_http_date(first["Last-Modified"])


def test_a_scheduled_post_comes_with_a_new_last_modified_when_its_time_comes(
    client: Client, make_post: MakePost
) -> None:
    now = dt.datetime.now(dt.UTC)
    make_post(tags=("a",), title="Later", published=now + dt.timedelta(hours=1))
    for path in (*FEEDS, "/sitemap.xml"):
        before = client.get(path)
        assert b"Later" not in before.content
        with time_machine.travel(now + dt.timedelta(hours=2), tick=False):
            after = client.get(path, headers={"If-Modified-Since": before["Last-Modified"]})
        assert after.status_code == 200, path


@pytest.mark.parametrize("path", FEEDS)
def test_nothing_in_a_feed_depends_on_who_asks_or_when(client: Client, admin_client: Client, path: str) -> None:
    first = client.get(path, headers={"Cookie": "theme=dark"})
    with time_machine.travel(START + dt.timedelta(days=900), tick=False):
        later = admin_client.get(path, headers={"Accept-Language": "sv", "Host": "localhost"})
    assert later.content == first.content
    assert not later.has_header("Vary")
    assert not later.cookies


@pytest.mark.parametrize("path", [*FEEDS, "/subscribe.opml"])
def test_scripts_of_other_sites_may_read_feeds(client: Client, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    for response in (first, again):
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in response["Access-Control-Expose-Headers"]
    asked = client.options(path, headers={"Access-Control-Request-Headers": "if-none-match"})
    assert asked.status_code == 204
    assert "If-None-Match" in asked["Access-Control-Allow-Headers"]
    assert client.post(path).status_code == 405


def test_a_site_that_was_never_set_up_has_feeds(client: Client) -> None:
    Site.objects.all().delete()
    for path in PATHS:
        assert client.get(path).status_code == 200
