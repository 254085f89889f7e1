"""What a feed holds, whichever format asks."""

import datetime as dt
import json
from itertools import groupby

import feedparser
import pytest
from django.test import Client
from lxml import etree

from linklog import publishing
from linklog.feeds.feeds import FEEDS, FORMATS
from linklog.feeds.tests.conftest import START, MakePost
from linklog.feeds.tests.validity import ATOM, LANG, atom_problems, json_problems, rss_problems
from linklog.posts.models import KINDS, Person, Post, Series, Tag
from linklog.search import archive as archives
from linklog.site.models import Site

PROBLEMS = {"atom": atom_problems, "rss": rss_problems, "json": json_problems}


def feed_of(client: Client, path: str = "/atom/everything/") -> etree._Element:
    response = client.get(path)
    assert response.status_code == 200
    assert atom_problems(response.content) == []
    return etree.fromstring(response.content)


def titles(client: Client, path: str) -> list[str | None]:
    return [entry.findtext(f"{ATOM}title") for entry in feed_of(client, path).findall(f"{ATOM}entry")]


def one_of_each(make_post: MakePost, **values: object) -> None:
    series = Series.objects.create(name="A series")
    for kind in ("blogmark", "entry", "quotation", "note"):
        make_post(kind, title=f"A {kind}", tags=("Node.js", "C++"), people=("Ada Lovelace",), series=series, **values)


PATHS = [
    *(f"/{format}/{name}/" for format in FORMATS for name in FEEDS),
    *(
        f"/{label}.{format}"
        for format in FORMATS
        for label in ("tags/node-js", "tags/node-js+c-plus-plus", "series/a-series")
    ),
    *(f"/credits/ada-lovelace.{format}" for format in FORMATS),
]


def test_every_feed_is_valid_and_a_second_reader_agrees(client: Client, make_post: MakePost) -> None:
    one_of_each(make_post)
    for path in PATHS:
        response = client.get(path)
        format = path.split("/")[1] if path.endswith("/") else path.rpartition(".")[2]
        assert response.status_code == 200, path
        assert PROBLEMS[format](response.content) == []
        if format != "json":
            assert feedparser.parse(response.content)["bozo"] == 0
        assert response["Content-Type"] == f"{FORMATS[format].CONTENT_TYPE}; charset=utf-8"


def test_a_draft_or_scheduled_post_is_absent_from_every_feed(client: Client, make_post: MakePost) -> None:
    one_of_each(make_post)
    public = {path: client.get(path).content for path in PATHS}
    series = Series.objects.get()
    for hidden in ({"is_draft": True}, {"published": dt.datetime(2199, 1, 1, tzinfo=dt.UTC)}):
        for kind in KINDS:
            make_post(kind, tags=("Node.js", "C++"), people=("Ada Lovelace",), series=series, **hidden)
    assert {path: client.get(path).content for path in PATHS} == public


def most_queries(path: str) -> int:
    return 6 if path.startswith(("/tags/", "/series/", "/credits/")) else 4


def test_a_feed_costs_four_queries_and_that_of_a_label_six_with_10_posts_and_with_20(
    client: Client, make_post: MakePost, django_assert_max_num_queries
) -> None:
    series = Series.objects.create(name="A series")
    for _round in (10, 20):
        for number in range(10):
            kind = list(KINDS)[number % len(KINDS)]
            tags, people = ("Node.js", "C++", f"t{number}"), ("Ada Lovelace", f"P{number}")
            make_post(kind, tags=tags, people=people, series=series)
        archives.current()  # what a process keeps in memory is read once
        for path in PATHS:
            with django_assert_max_num_queries(most_queries(path)):
                assert client.get(path).status_code == 200, path


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/atom/everything/", "A link blog"),
        ("/atom/links/", "A link blog: Blogmarks"),
        ("/tags/c-plus-plus+node-js.atom", "A link blog: C++ + Node.js"),
        ("/series/a-series.atom", "A link blog: A series"),
        ("/credits/ada-lovelace.atom", "A link blog: Ada Lovelace"),
    ],
)
def test_a_feed_is_called_as_what_it_is_of(client: Client, make_post: MakePost, path: str, title: str) -> None:
    one_of_each(make_post)
    feed = feed_of(client, path)
    assert feed.findtext(f"{ATOM}title") == title
    assert feed.findtext(f"{ATOM}id") not in (None, feed_of(client, "/atom/notes/").findtext(f"{ATOM}id"))


def test_an_entry_says_everything_atom_has_a_word_for(client: Client, make_post: MakePost) -> None:
    Site(title="Finds", author="Grace", tagline="What I found").save()
    post = make_post(
        title="A <b>title</b> & more",
        link_url="https://example.com/a b?x=[1]#y",
        via_url="https://example.net/",
        via_title="Elsewhere",
        tags=("zebra", "C++", "ape"),
        people=("Ada Lovelace",),
        language="sv",
    )
    Person.objects.update(url="https://ada.example/")
    feed = feed_of(client)
    assert feed.get(LANG) == "en"
    assert feed.findtext(f"{ATOM}subtitle") == "What I found"
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "A <b>title</b> & more"
    assert entry.get(LANG) == "sv"
    assert entry.findtext(f"{ATOM}published") == "2024-12-22T09:15:30+00:00"
    assert entry.findtext(f"{ATOM}id") == post.feed_id
    assert [(link.get("rel"), link.get("href"), link.get("title")) for link in entry.findall(f"{ATOM}link")] == [
        ("alternate", "http://localhost:8000/2024/Dec/22/a-b-title-b-and-more/", None),
        ("related", "https://example.com/a%20b?x=%5B1%5D#y", None),
        ("via", "https://example.net/", "Elsewhere"),
    ]
    categories = [(category.get("term"), category.get("label")) for category in entry.findall(f"{ATOM}category")]
    assert categories == [("zebra", "zebra"), ("c-plus-plus", "C++"), ("ape", "ape")]
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Grace"
    assert entry.findtext(f"{ATOM}contributor/{ATOM}uri") == "https://ada.example/"
    content = entry.findtext(f"{ATOM}content") or ""
    assert content.startswith("<p><strong><a href=")
    assert 'href="http://localhost:8000/tags/c-plus-plus/"' in content


def test_an_id_survives_a_new_title_and_a_new_address_and_updated_moves_only_with_the_content(
    client: Client, make_post: MakePost
) -> None:
    post = make_post(tags=("a",))
    before = feed_of(client).find(f"{ATOM}entry")
    publishing.save(Post.objects.get(pk=post.pk), tags=("a", "b"))
    tagged = feed_of(client).find(f"{ATOM}entry")
    edited = Post.objects.get(pk=post.pk)
    edited.title, edited.slug = "Renamed", "renamed"
    publishing.save(edited)
    after = feed_of(client).find(f"{ATOM}entry")
    assert before is not None
    assert tagged is not None
    assert after is not None
    assert after.findtext(f"{ATOM}id") == before.findtext(f"{ATOM}id") == post.feed_id
    assert tagged.findtext(f"{ATOM}updated") == before.findtext(f"{ATOM}updated")
    assert after.findtext(f"{ATOM}updated") > before.findtext(f"{ATOM}updated")
    assert after.findtext(f"{ATOM}published") == before.findtext(f"{ATOM}published")


def test_the_feed_is_as_old_as_its_newest_entry_and_an_empty_one_as_the_site(
    client: Client, make_post: MakePost
) -> None:
    Site(title="Finds").save()
    changed = Site.load().changed.replace(microsecond=0).isoformat()
    assert feed_of(client).findtext(f"{ATOM}updated") == changed
    make_post()
    assert feed_of(client).findtext(f"{ATOM}updated") == "2024-12-22T09:15:30+00:00"


@pytest.mark.parametrize("format", FORMATS)
def test_paging_walks_every_post_once_even_where_stamps_are_equal(
    client: Client, make_post: MakePost, format: str
) -> None:
    for number in range(65):
        make_post("note", title=f"Note {number}", published=START - dt.timedelta(hours=number // 40))
    seen: list[str] = []
    path, pages = f"/{format}/everything/", 0
    while path:
        response = client.get(path)
        assert PROBLEMS[format](response.content) == []
        seen += _titles(response.content, format)
        path, pages = _next(response.content, format).removeprefix("http://localhost:8000"), pages + 1
    assert pages == 3
    assert len(seen) == 65
    assert set(seen) == {f"Note {number}" for number in range(65)}


def _titles(body: bytes, format: str) -> list[str]:
    if format == "json":
        return [item["title"] for item in json.loads(body)["items"]]
    return [entry["title"] for entry in feedparser.parse(body)["entries"]]


def _next(body: bytes, format: str) -> str:
    if format == "json":
        return json.loads(body).get("next_url", "")
    links = feedparser.parse(body)["feed"]["links"]
    return next((link["href"] for link in links if link["rel"] == "next"), "")


def test_every_page_of_a_feed_has_its_id_and_leads_to_the_first(client: Client, make_post: MakePost) -> None:
    for _number in range(31):
        make_post()
    first = feed_of(client)
    links = {link.get("rel"): link.get("href") for link in first.findall(f"{ATOM}link")}
    second = feed_of(client, links["next"].removeprefix("http://localhost:8000"))
    onward = {link.get("rel"): link.get("href") for link in second.findall(f"{ATOM}link")}
    assert links["self"] == links["first"] == onward["first"] == "http://localhost:8000/atom/everything/"
    assert onward["self"] == links["next"]
    assert "next" not in onward
    assert second.findtext(f"{ATOM}id") == first.findtext(f"{ATOM}id")


@pytest.mark.parametrize("nonsense", ["abc", "2024-13-45", "%00", "9" * 400, "~", "2024-12-22T10:15:30Z~x"])
def test_a_cursor_that_is_none_gives_the_first_page(client: Client, make_post: MakePost, nonsense: str) -> None:
    make_post()
    assert client.get(f"/atom/everything/?before={nonsense}").content == client.get("/atom/everything/").content


def test_a_page_beyond_the_last_is_empty_and_valid(
    client: Client, make_post: MakePost, django_assert_max_num_queries
) -> None:
    one_of_each(make_post)
    archives.current()
    for path in PATHS:
        with django_assert_max_num_queries(most_queries(path)):
            response = client.get(f"{path}?before=1999-01-01")
        assert response.status_code == 200
        assert b"A blogmark" not in response.content


@pytest.mark.parametrize(
    "path",
    ["/tags/unknown.atom", "/tags/a+b+c+d+e.atom", "/series/unknown.rss", "/credits/unknown.json", "/atom/unknown/", "/tags/a.xml",
     "/tags/unused.atom", "/tags/unused.atom?before=1999-01-01", "/tags/unknown+node-js.atom"],
)  # fmt: skip
def test_a_feed_of_nothing_known_is_404(client: Client, make_post: MakePost, path: str) -> None:
    one_of_each(make_post)
    make_post(is_draft=True, tags=("unused",))
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/tags/Node-JS.atom", "/tags/node-js.atom"),
        ("/tags/a+a.json", "/tags/a.json"),
        ("/tags/a.atom/", "/tags/a.atom"),
        ("/series/a-series.rss/", "/series/a-series.rss"),
        ("/credits/ada-lovelace.json/", "/credits/ada-lovelace.json"),
        ("/atom/everything", "/atom/everything/"),
        ("/json/links", "/json/links/"),
        ("/subscribe", "/subscribe/"),
        ("/sitemap.xml/", "/sitemap.xml"),
        ("/robots.txt/", "/robots.txt"),
    ],
)
def test_the_wrong_spelling_of_an_address_redirects_for_good(
    client: Client, make_post: MakePost, path: str, to: str
) -> None:
    one_of_each(make_post)
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (301, to)


def test_one_tag_of_two_is_not_enough_for_the_feed_of_both(client: Client, make_post: MakePost) -> None:
    make_post(title="Both", tags=("a", "b"))
    make_post(title="One", tags=("a",))
    assert titles(client, "/tags/a+b.atom") == ["Both"]
    assert titles(client, "/tags/a.atom") == ["Both", "One"]


def test_a_tag_feed_follows_a_renamed_tag(client: Client, make_post: MakePost) -> None:
    make_post(tags=("a",))
    Tag.objects.update(name="Apes")
    assert feed_of(client, "/tags/a.atom").findtext(f"{ATOM}title") == "A link blog: Apes"


def test_equal_stamps_keep_one_order_in_every_format(client: Client, make_post: MakePost) -> None:
    for number in range(5):
        make_post("note", title=f"N{number}", published=START)
    found = [_titles(client.get(f"/{format}/everything/").content, format) for format in FORMATS]
    assert len(list(groupby(found))) == 1
    assert found[0] == ["N4", "N3", "N2", "N1", "N0"]
