"""Any search as a feed."""

import datetime as dt
from typing import Any

import feedparser
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree

from linklog import publishing
from linklog.core.budget import Budget
from linklog.feeds.feeds import FORMATS
from linklog.feeds.tests.conftest import START, MakePost
from linklog.feeds.tests.validity import ATOM, atom_problems, json_problems, rss_problems
from linklog.posts.models import Post
from linklog.readers import counting
from linklog.search import answers

PROBLEMS = {"atom": atom_problems, "rss": rss_problems, "json": json_problems}
ADDRESSES = {"atom": "/search.atom", "rss": "/search.rss", "json": "/search.feed.json"}
SITE = "http://localhost:8000"
ID = "tag:localhost,2026:feed/"


def atom(client: Client, query: str) -> Any:
    response = client.get(f"/search.atom?{query}")
    assert response.status_code == 200
    assert atom_problems(response.content) == []
    return etree.fromstring(response.content)


def titles(feed: Any) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]


def links(feed: Any) -> dict[str, str]:
    return {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}


@pytest.mark.parametrize(
    "query", ["", "q=words", "q=%22a+b%22+OR+%3Cc%3E+%23%5B1%5D&type=note", "tag=c-plus-plus&tag=a", "q=nothing"]
)
@pytest.mark.parametrize("format", FORMATS)
def test_a_search_is_a_valid_feed_in_every_format(client: Client, make_post: MakePost, format: str, query: str) -> None:
    make_post("note", body="words of a b", tags=("C++", "a"))
    make_post(title="<c> #[1]")
    response = client.get(f"{ADDRESSES[format]}?{query}")
    assert response.status_code == 200
    assert PROBLEMS[format](response.content) == []
    assert response["Content-Type"] == f"{FORMATS[format].CONTENT_TYPE}; charset=utf-8"
    assert response["X-Robots-Tag"] == "noindex"
    if format != "json":
        assert feedparser.parse(response.content)["bozo"] == 0


def test_it_holds_what_the_search_page_finds_the_newest_first_whatever_order_is_asked_for(
    client: Client, make_post: MakePost
) -> None:
    make_post(title="New", body="A tide.", tags=("a",))
    make_post(title="Tide tide tide", body="Tides.", tags=("a",))
    make_post(title="Other", body="A clock.", tags=("a",))
    make_post(title="Old tide", tags=("b",))
    for sort in ("", "&sort=relevance", "&sort=date", "&sort=x"):
        assert titles(atom(client, f"q=tide{sort}")) == ["New", "Tide tide tide", "Old tide"]
    assert titles(atom(client, "q=tide&tag=a&exclude.type=note")) == ["New", "Tide tide tide"]


def test_its_id_title_and_page_are_those_of_the_search(client: Client, make_post: MakePost) -> None:
    make_post("quotation", body="A tide.", tags=("C++",))
    feed = atom(client, "page=1&type=quotation&sort=date&tag=c-plus-plus&q=++tide+")
    assert feed.findtext(f"{ATOM}title") == "A link blog: Quotations matching “tide” tagged C++"
    assert feed.findtext(f"{ATOM}id") == f"{ID}search?q=tide&tag=c-plus-plus&type=quotation"
    same = "?q=tide&tag=c-plus-plus&type=quotation"
    assert links(feed) == {
        "alternate": f"{SITE}/search/{same}",
        "self": f"{SITE}/search.atom{same}",
        "first": f"{SITE}/search.atom{same}",
    }
    assert atom(client, "").findtext(f"{ATOM}id") == f"{ID}search"


@pytest.mark.parametrize("query", ["", "q=words"])
def test_its_pages_lead_past_every_post_once(client: Client, make_post: MakePost, query: str) -> None:
    for number in range(61):
        make_post("note", title=f"N {number}", published=START - dt.timedelta(hours=number // 40))
    feed = atom(client, query)
    first, seen, pages = links(feed), titles(feed), 1
    while next_url := links(feed).get("next"):
        feed, pages = atom(client, next_url.partition("?")[2]), pages + 1
        assert links(feed)["self"] == next_url
        assert links(feed)["first"] == first["self"]
        seen += titles(feed)
    assert (pages, len(seen), len(set(seen))) == (3, 61, 61)


def test_an_author_is_shown_no_drafts_in_a_feed_either(
    client: Client, admin_client: Client, make_post: MakePost
) -> None:
    make_post(title="Shown")
    make_post(title="A draft", is_draft=True)
    make_post(title="Later", published=dt.datetime(2199, 1, 1, tzinfo=dt.UTC))
    for query in ("q=is:draft", "q=is:draft+OR+is:scheduled+OR+is:public", "q=-is:public", ""):
        by_reader, by_author = (who.get(f"/search.atom?{query}") for who in (client, admin_client))
        assert by_author.content == by_reader.content
        assert set(titles(etree.fromstring(by_author.content))) <= {"Shown"}
        assert not by_author.has_header("Vary")
        assert by_author["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("path", ADDRESSES.values())
def test_a_reader_that_has_it_gets_304_until_what_it_holds_changes(
    client: Client, make_post: MakePost, path: str
) -> None:
    post = make_post(tags=("a",))
    first = client.get(f"{path}?tag=a")
    same = {"If-None-Match": first["ETag"]}
    again = client.get(f"{path}?tag=a", headers=same)
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    make_post(title="Elsewhere", tags=("b",))
    assert client.get(f"{path}?tag=a", headers=same).status_code == 304
    edited = Post.objects.get(pk=post.pk)
    edited.title = "Changed"
    publishing.save(edited)
    assert b"Changed" in client.get(f"{path}?tag=a", headers=same).content
    assert client.options(path).status_code == 204
    assert client.post(path).status_code == 405


@pytest.mark.parametrize(
    "query", ["tag=a&tag=b&tag=c&tag=d&tag=e", "page=0", "page=101", "page=x", "page=%00", "page=" + "0" * 5_000 + "1"]
)
def test_what_the_search_page_refuses_is_refused_in_a_plain_sentence(client: Client, db: None, query: str) -> None:
    assert client.get(f"/search/?{query}").status_code == 400
    for path in ADDRESSES.values():
        response = client.get(f"{path}?{query}")
        assert response.status_code == 400
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert response.content.decode().endswith(".")
        assert response["Access-Control-Allow-Origin"] == "*"


def test_a_client_pays_for_what_is_not_kept_and_is_told_when_to_come_again(
    client: Client, make_post: MakePost, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    make_post()
    monkeypatch.setattr(answers, "BUDGET", Budget(tmp_path / "budget", 2))
    kept = [client.get(path).status_code for path in (*ADDRESSES.values(), "/search.atom?q=words")]
    assert kept == [200, 200, 200, 200]
    refused = client.get("/search.atom?q=other")
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused["Content-Type"] == "text/plain; charset=utf-8"
    assert client.get("/search.rss?q=words").status_code == 200


def test_made_up_searches_leave_no_counts_of_subscribers(client: Client, make_post: MakePost) -> None:
    make_post()
    client.get("/search.atom?q=words", headers={"User-Agent": "Reader (3 subscribers)"})
    assert counting._gathering.take() == {}


def test_a_slash_too_many_leads_to_the_address_without(client: Client, db: None) -> None:
    for path in ADDRESSES.values():
        assert client.get(f"{path}/").headers["Location"] == path


def test_it_reads_tables_as_often_with_many_posts_as_with_few(client: Client, make_post: MakePost) -> None:
    counts = []
    for count in (10, 30):
        for number in range(count):
            make_post("note", tags=("a", f"t{number}"), people=(f"P {number}",))
        client.get("/search.atom?q=nothing")  # what a process holds of every post is read once
        with CaptureQueriesContext(connection) as queries:
            client.get("/search.atom?q=words&tag=a&type=note&year=2024")
        counts.append(sum(" FROM " in query["sql"] for query in queries))
    assert counts[0] == counts[1] <= 12
