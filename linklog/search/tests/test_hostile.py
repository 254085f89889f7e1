"""Nothing that is sent breaks a search, shows what is hidden, or takes longer than the limit."""

import datetime as dt
import time
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linklog.core.vendor_sql import Integers, TimeLimitReached, holding_phrase, time_limit
from linklog.posts.models import KINDS, Person, Post, Series, Tag
from linklog.search import engine
from linklog.search.models import KnownWord
from linklog.search.tests import hostile
from tests.builders import make_post

pytestmark = pytest.mark.django_db
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 0 FROM n) SELECT count(*) FROM n"
MARK = "xylofon"  # in every text of what is hidden, and nowhere else
PATHS = ("/search.json", "/search/", "/search.atom", "/search.feed.json")


@pytest.fixture
def hidden() -> list[Post]:
    """Drafts, posts that were public, scheduled ones, of each kind, marked in every text; beside public posts that share labels."""
    shared = Series.objects.create(name="Low water")
    for kind in KINDS:
        make_post(kind, slug=f"shown-{kind}", body="The tide and the clock don't agree. > c++ 日本 é", series=shared)
    own = Series.objects.create(name=f"{MARK} series", slug="plain-series")
    Tag.objects.create(name=f"{MARK} tag", slug="plain-tag")
    Person.objects.create(name=f"{MARK} person", slug="plain-person")
    states = [
        {"is_draft": True, "published": None},
        {"is_draft": True, "published": timezone.now() - dt.timedelta(days=3)},
        {"is_draft": False, "published": timezone.now() + dt.timedelta(hours=1)},
    ]
    return [
        make_post(
            kind,
            title=f"{MARK} tide",
            body=f"{MARK} tide clock",
            link_url=f"https://{MARK}.example/{MARK}",
            via_url=f"https://{MARK}.example/",
            via_title=f"{MARK} via",
            context=f"{MARK} context",
            slug=f"{MARK}-{kind}-{number}",
            series=series,
            tags=[f"{MARK} tag", "tides"],
            people=[f"{MARK} person", "Ada Bell"],
            **state,
        )
        for kind in KINDS
        for number, state in enumerate(states)
        for series in (own, shared)
    ]


def text_of(response: Any) -> str:
    return (response.content.decode() + str(response.headers)).lower()


def test_there_are_as_many_hostile_queries_as_promised() -> None:
    assert len(hostile.queries()) >= 2_000


def test_no_hostile_query_breaks_a_search_or_shows_what_is_hidden(hidden: list[Post], client: Client) -> None:
    """Each at one of the addresses in turn."""
    for number, query in enumerate(hostile.queries()):
        path = PATHS[number % len(PATHS)]
        response = client.get(path, {"q": query})
        assert response.status_code == 200, (path, query[:200], response.status_code)
        assert MARK not in text_of(response), (path, query[:200])


def test_no_hostile_address_breaks_a_search_or_shows_what_is_hidden(hidden: list[Post], client: Client) -> None:
    for number, query_string in enumerate(hostile.query_strings()):
        path = PATHS[number % len(PATHS)]
        response = client.get(f"{path}?{query_string}")
        assert response.status_code in (200, 301, 302, 400), (path, query_string[:200], response.status_code)
        assert MARK not in text_of(response), (path, query_string[:200])
        assert "X-Injected" not in response.headers


HIDDEN_QUESTIONS = [
    "is:draft",
    "is:scheduled",
    "-is:public",
    "is:draft OR tide",
    "-(is:public)",
    "NOT is:public tide",
    'is:"draft"',
    "IS:DRAFT",
    "tag:plain-tag",
    "author:plain-person",
    "series:plain-series",
    "-tag:tides",
    "tide",
    "cloc*",
    '"tide clock"',
    "from:2025",
    "year:2026 OR tide",
    "tide tag:plain-tag OR series:low-water",
    "via",
    "context",
]


@pytest.mark.parametrize("path", PATHS)
def test_what_is_hidden_is_neither_found_nor_counted_nor_named(path: str, hidden: list[Post], client: Client) -> None:
    for query in HIDDEN_QUESTIONS:
        for more in (
            "",
            "&tag=plain-tag",
            "&credit=plain-person",
            "&series=plain-series",
            "&exclude.tag=plain-tag",
            "&exclude.tag=tides",
            "&sort=date",
        ):
            response = client.get(f"{path}?q={quote(query)}{more}")
            assert MARK not in text_of(response), (query, more)


def test_what_is_hidden_counts_for_nothing(hidden: list[Post], client: Client) -> None:
    document = client.get("/search.json").json()
    assert document["total"] == len(KINDS)
    assert document["facets"]["tag"] == {"clocks": len(KINDS), "tides": len(KINDS)}
    assert document["facets"]["series"] == {"low-water": len(KINDS)}
    assert sum(document["facets"]["year"].values()) == len(KINDS)
    for query in ("is:draft", "is:scheduled", MARK, f"{MARK}*", f"site:{MARK}.example", "tag:plain-tag"):
        document = client.get("/search.json", {"q": query}).json()
        assert document["total"] == 0, query
        assert not any(document["facets"].values()), query


def test_no_suggestion_reveals_a_word_that_only_a_draft_holds(hidden: list[Post], client: Client) -> None:
    assert not KnownWord.objects.filter(word__contains=MARK).exists()
    for wrong in (
        MARK[:-1],
        f"{MARK}e",
        MARK.replace("f", "v"),
        MARK[1:],
        f"{MARK[:-1]} tide",
        f"tag:tides {MARK[:-1]}",
    ):
        assert MARK not in text_of(client.get("/search/", {"q": wrong})).replace(wrong, "").replace(quote(wrong), "")


def test_an_author_who_asks_for_drafts_is_shown_them_and_no_reader_gets_that_answer(
    hidden: list[Post], client: Client, admin_client: Client
) -> None:
    for query in ("is:draft", "tide is:scheduled", "-is:public"):
        for path in ("/search/", "/search.json"):
            assert MARK in text_of(admin_client.get(path, {"q": query}))
            assert MARK not in text_of(client.get(path, {"q": query}))
            assert MARK in text_of(admin_client.get(path, {"q": query}))
    assert admin_client.get("/search.json", {"q": MARK}).json()["total"] == 0


# The limit of a statement ------------------------------------------------------------------------------------------------


def endless() -> None:
    """A statement that ends only if the database ends it."""
    with connection.cursor() as cursor:
        cursor.execute(ENDLESS)
        cursor.fetchall()


def some_work() -> int:
    """A statement that takes its time: longer than the limits in these tests."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 400000) SELECT count(*) FROM n"
        )
        return int(cursor.fetchone()[0])


def test_a_statement_that_never_ends_is_ended() -> None:
    make_post("note")
    with pytest.raises(TimeLimitReached), time_limit(30):
        endless()
    assert Post.objects.count() == 1
    make_post("note", slug="another")


def test_the_limit_ends_with_its_block() -> None:
    with time_limit(20):
        Post.objects.count()
    assert some_work() == 400_000
    with pytest.raises(TimeLimitReached), time_limit(20):
        endless()
    assert some_work() == 400_000


@pytest.mark.django_db(transaction=True)
def test_the_limit_ends_with_its_block_outside_a_transaction_too() -> None:
    with pytest.raises(TimeLimitReached), time_limit(20):
        endless()
    assert some_work() == 400_000


@pytest.fixture
def slow_phrases(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Phrases take for ever, as they would among too many documents: among more than three, here. Only so many are looked at then.

    Returned: among how many a phrase was looked for.
    """
    asked: list[int] = []

    def slow(words: list[str], among: Integers) -> Integers:
        asked.append(len(among))
        if len(among) > 3:
            endless()
        return holding_phrase(words, among)

    monkeypatch.setattr(engine, "holding_phrase", slow)
    monkeypatch.setattr(engine, "LIMIT_MILLISECONDS", 40)
    monkeypatch.setattr(engine, "PARTIAL", 3)
    return asked


@pytest.mark.parametrize("path", ["/search.json", "/search/"])
def test_a_search_that_takes_too_long_is_answered_in_part_and_says_so(
    path: str, slow_phrases: list[int], client: Client
) -> None:
    posts = [
        make_post("note", body="Spring tide", published=timezone.now() - dt.timedelta(days=day), slug=f"p-{day}")
        for day in range(6)
    ]
    response = client.get(path, {"q": '"spring tide"'})
    assert response.status_code == 200
    assert slow_phrases == [6, 3]
    assert "the newest 3 posts" in response.content.decode()
    if path == "/search.json":
        document = response.json()
        assert (document["total"], document["partial"]) == (3, True)
        assert [result["url"] for result in document["results"]] == [post.absolute_url for post in posts[:3]]
    client.get(path, {"q": '"spring tide"'})
    assert slow_phrases == [6, 3, 6, 3], "a partial answer is not kept"
    assert "the newest" not in client.get(path, {"q": "spring"}).content.decode()
    make_post("note", body="The connection still writes", slug="after")


def test_where_even_the_newest_take_too_long_nothing_is_found_and_the_answer_says_so(
    slow_phrases: list[int], monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.setattr(engine, "PARTIAL", 5)
    for day in range(6):
        make_post("note", body="Spring tide", slug=f"p-{day}")
    document = client.get("/search.json", {"q": '"spring tide"'}).json()
    assert (document["total"], document["partial"]) == (0, True)
    assert document["notes"]
    assert client.get("/search.json", {"q": "spring"}).json()["total"] == 6


def test_a_beginning_of_too_many_words_is_answered_in_part(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    monkeypatch.setattr(engine, "MOST_POSTINGS", 2)
    make_post("note", body="tidal tidbit tidewater tidy", slug="many")
    document = client.get("/search.json", {"q": "ti*"}).json()
    assert document["partial"] is True
    assert client.get("/search.json", {"q": "tidb*"}).json()["total"] == 1


def test_no_hostile_query_of_the_longest_kinds_takes_noticeably_long(hidden: list[Post], client: Client) -> None:
    """Nothing is asserted of time: what grew with the square of these would never end."""
    started = time.monotonic()
    for path in (reverse("search:page"), reverse("search:json")):
        for sign in ('"', "(", "-(", "a ", "a OR ", "tag:a ", "\u0301", "*", "NOT "):
            assert client.get(path, {"q": sign * (100_000 // len(sign))}).status_code == 200
    assert time.monotonic() >= started
