"""Feeds stay valid whatever a post holds: text that forms never saw, written to the table by other hands."""

import datetime as dt
import json
import logging

import feedparser
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linklog.accounts.models import User
from linklog.feeds import atom, jsonfeed, rss
from linklog.feeds.channel import Channel, line
from linklog.feeds.tests.conftest import MakePost
from linklog.feeds.tests.validity import atom_problems, json_problems, rss_problems
from linklog.posts.models import KINDS, Credit, Person, Post, PostTag, Series, Tag

NASTY = [
    "\x00", "\x0b", "\x1b[0m", "\x7f\x85", "\ud800", "\udfff\ud800", "\ufffe", "\uffff", "\U0001ffff", "]]>", "<![CDATA[", "-->",
    "&nbsp;", "&", "<script>alert(1)</script>", '"><img src=x onerror=x()>', "{{ 7 }}{% x %}", "\r\n", "\u2028", "‮abc", "e\u0301" * 50,
    "<?xml version='1.0'?>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "%", "%zz", "http://[", "http://[::1]/", "https://a/b#c#d", "javascript:x",
    "http://例え.jp/ä ö", "//host", "?", "mailto:a@example.org", "a:b",
]  # fmt: skip
texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=()), max_size=30))
text_lists = st.lists(texts, max_size=5).map("".join)
slugs = text_lists.map(
    lambda text: text.replace("/", "").encode(errors="ignore").decode() or "slug"
)  # as a database takes it
stamps = st.datetimes(timezones=st.just(dt.UTC))
days = st.dates()


@st.composite
def posts(draw: st.DrawFn, number: int) -> Post:
    """A post with everything on it, as a row could hold it: never prepared, never saved."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    values = {
        name: draw(text_lists)
        for name in ("title", "body_html", "link_url", "via_url", "via_title", "context", "language", "feed_id")
    }
    values["slug"] = draw(slugs)
    values["feed_id"] += f"#{number}"
    post = KINDS[kind](pk=number, kind=kind, code=f"code{number}", day=draw(days), **values)
    post.published, post.updated = draw(stamps), draw(stamps)
    post.author = draw(st.none() | st.builds(User, name=text_lists, username=text_lists))
    post.series = draw(st.none() | st.builds(Series, name=text_lists, slug=st.just("s")))
    tags = [PostTag(tag=Tag(name=draw(text_lists), slug=f"tag-{index}")) for index in range(draw(st.integers(0, 2)))]
    people = [Credit(person=Person(name=draw(text_lists), slug="p", url=draw(text_lists)))]
    post._prefetched_objects_cache = {"post_tags": tags, "credits": people}
    return post


@st.composite
def channels(draw: st.DrawFn) -> Channel:
    url = "http://localhost:8000/"
    title = line(draw(text_lists))
    return Channel(
        id="tag:localhost,2026:feed/x", title=title or "T", subtitle=title, page_url=url, self_url=url, first_url=url, next_url="",
        site_url=url, logo_url="", author="A", language="en", updated=draw(stamps),
    )  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(channels(), posts(1), posts(2))
def test_a_feed_of_any_texts_and_dates_is_valid_and_whole(channel: Channel, one: Post, two: Post) -> None:
    pair = [one, two]
    body = atom.write(channel, pair)
    assert atom_problems(body) == []
    assert body.count(b"<entry") == 2
    body = rss.write(channel, pair)
    assert rss_problems(body) == []
    assert body.count(b"<item") == 2
    body = jsonfeed.write(channel, pair)
    assert json_problems(body) == []
    assert len(json.loads(body)["items"]) == 2


def poison(post: Post, **values: object) -> None:
    """Write columns as no form would let them be written."""
    Post.objects.filter(pk=post.pk).update(**values)


FORBIDDEN = ["\ufffe", "\x0b", "]]>", "\x1b", "x" * 1_000_000, "\r\n\t", "\uffff\x08"]


@pytest.mark.parametrize("text", FORBIDDEN, ids=lambda text: ascii(text[:9]))
def test_text_that_xml_forbids_harms_no_feed(client: Client, make_post: MakePost, text: str) -> None:
    make_post(title="Before", tags=("a",))
    post = make_post(title="Poisoned", tags=("a",))
    poison(post, title=text, body_html=f"<p>{text}</p>", via_url=f"https://e.org/{text[:99]}", via_title=text)
    make_post(title="After", tags=("a",))
    Tag.objects.update(name=text[:100])
    for path in ("/atom/everything/", "/tags/a.atom"):
        assert atom_problems(client.get(path).content) == []
    body = client.get("/rss/everything/").content
    assert rss_problems(body) == []
    assert feedparser.parse(body)["bozo"] == 0
    assert len(feedparser.parse(body)["entries"]) == 3
    assert json_problems(client.get("/json/everything/").content) == []


def test_a_post_that_cannot_be_written_is_left_out_and_the_others_stay(
    client: Client, make_post: MakePost, caplog: pytest.LogCaptureFixture
) -> None:
    make_post(title="Before")
    poison(make_post(title="Poisoned"), slug="a/b")
    make_post(title="After")
    with caplog.at_level(logging.ERROR):
        for format in ("atom", "rss", "json"):
            body = client.get(f"/{format}/everything/").content
            assert b"Before" in body
            assert b"After" in body
            assert b"Poisoned" not in body
        assert client.get("/sitemap-1.xml").content.count(b"<loc>") == 2
    assert "is left out" in caplog.text


def test_dates_at_the_ends_of_the_calendar_are_written(client: Client, make_post: MakePost) -> None:
    post = make_post(title="Old", published=dt.datetime(2, 1, 1, tzinfo=dt.UTC))
    poison(post, updated=dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC))
    body = client.get("/atom/everything/").content
    assert atom_problems(body) == []
    assert b"<published>0002-01-01T00:00:00+00:00</published>" in body
    assert b"<updated>9999-12-31T23:59:59+00:00</updated>" in body
    assert rss_problems(client.get("/rss/everything/").content) == []


@pytest.mark.parametrize(
    ("given", "id"),
    [
        ("https://old.example/2004/Jan/1/x/#atom-tag", "https://old.example/2004/Jan/1/x/#atom-tag"),
        ("urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a", "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a"),
        ("12345", "tag:localhost,2026:id/12345"),
        ("a b/ä", "tag:localhost,2026:id/a%20b%2F%C3%A4"),
    ],
)
def test_an_imported_id_is_kept_and_made_an_iri_where_it_is_none(
    client: Client, make_post: MakePost, given: str, id: str
) -> None:
    poison(make_post(), feed_id=given)
    body = client.get("/atom/everything/").content
    assert atom_problems(body) == []
    assert f"<id>{id}</id>".encode() in body
    assert f'<guid isPermaLink="false">{given}</guid>'.encode() in client.get("/rss/everything/").content
