"""What a page says of itself."""

import time
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linklog.capture.bylines import inverted, people
from linklog.capture.markup import Markup, line
from linklog.capture.page import MAX_TEXT, Page, read
from linklog.core import links
from tests import website

SITE = "https://paper.example"


def page(html: str, path: str = "/page") -> Page:
    return read(Markup(html, SITE + path))


def test_an_article_says_everything_about_itself() -> None:
    found = page(website.article(SITE), "/article?utm_source=x")
    text = found.text
    assert asdict(found) | {"text": ""} == asdict(
        Page(
            url=f"{SITE}/article",
            title="Brass clocks that know the tide",
            authors=["Ada Bell", "Grace Winter"],
            site="The Harbour Paper",
            published="2026-03-14",
            language="en-gb",
            description="How a wheel of 57 teeth follows the moon.",
            image=f"{SITE}/images/clock.jpg",
            feed=f"{SITE}/feed.atom",
            keywords=["tides", "clocks", "brass"],
        )
    )
    assert "a wheel of 57 teeth" in text
    assert "cookies" not in text


@pytest.mark.parametrize(
    ("name", "authors"),
    [
        *((name, ["Ada Bell", "Grace Winter"]) for name in ("citation", "parsely", "dublin-core", "by", "comma")),
        *((name, ["Ada Bell"]) for name in ("handle-and-name", "organisation", "text", "rel", "h-card", "byline")),
        ("handle", ["@adabell"]),
        ("only-organisation", ["The Harbour Paper"]),
    ],
)
def test_authors_are_found_wherever_a_page_names_them(name: str, authors: list[str]) -> None:
    assert page(website.byline(name, SITE)).authors == authors


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ada Bell", ["Ada Bell"]),
        ("by ADA BELL and Grace Winter", ["ADA BELL", "Grace Winter"]),
        ("Ada Bell, Grace Winter and Per Ek", ["Ada Bell", "Grace Winter", "Per Ek"]),
        ("Von Ada Bell und Per Ek", ["Ada Bell", "Per Ek"]),
        ("Ada Bell, Harbour Correspondent", ["Ada Bell"]),
        ("Ada Bell, PhD", ["Ada Bell"]),
        ("Ada Bell; ada bell", ["Ada Bell"]),
        ("Ada Bell (@ada)", []),
        ("https://face.example/ada", []),
        ("admin", []),
        ("12:30", []),
        ("Byron Anders", ["Byron Anders"]),
        ("王小明", ["王小明"]),
        ("x" * 200, []),
    ],
)
def test_a_byline_becomes_names(byline: str, names: list[str]) -> None:
    assert people([byline]) == names


def test_a_name_as_catalogues_give_it_is_turned() -> None:
    assert inverted(["Bell, Ada", "Grace Winter", "van der Meer, Jan"]) == [
        "Ada Bell",
        "Grace Winter",
        "Jan van der Meer",
    ]


@pytest.mark.parametrize(
    ("said", "own"),
    [
        ("/own", "/own"),
        (f"{SITE}/own?utm_source=x", "/own"),
        ("https://www.paper.example/own", "https://www.paper.example/own"),
        ("https://m.paper.example/own", "https://m.paper.example/own"),
        ("/", "/page?id=1"),
        ("https://other.example/page", "/page?id=1"),
        ("https://paper.example:8443/page", "/page?id=1"),
        ("http://paper.example/page", "/page?id=1"),
        ("javascript:x()", "/page?id=1"),
        ("http://[", "/page?id=1"),
    ],
)
def test_the_address_a_page_calls_its_own_counts_on_its_own_site_alone(said: str, own: str) -> None:
    html = website.document(f'<title>x</title><link rel="canonical" href="{said}">')
    found = read(Markup(html, f"{SITE}/page?id=1&fbclid=2"))
    assert found.url == (own if own.startswith("https:") else SITE + own)


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ('<meta property="article:published_time" content="2024-05-06T23:00:00Z">', "2024-05-06"),
        ('<meta name="citation_publication_date" content="2024/05/06">', "2024-05-06"),
        ('<meta name="date" content="20240506">', "2024-05-06"),
        ('<meta name="date" content="Mon, 06 May 2024 10:00:00 GMT">', "2024-05-06"),
        ('<meta name="date" content="2024-13-45">', ""),
        ('<meta name="date" content="yesterday">', ""),
    ],
)
def test_dates_are_dates(head: str, date: str) -> None:
    assert page(website.document(f"<title>x</title>{head}", "<p>x</p>")).published == date


@pytest.mark.parametrize(
    ("title", "site", "shown"),
    [
        ("Moorings | The Paper", "The Paper", "Moorings"),
        ("Moorings - the paper", "The Paper", "Moorings"),
        ("A - B - The Paper", "The Paper", "A - B"),
        ("Moorings | Another", "The Paper", "Moorings | Another"),
        ("Fish &amp; chips", "", "Fish & chips"),
        ("one\n  two", "", "one two"),
        ("gnp.\u202eexe", "", "gnp.exe"),
    ],
)
def test_a_title_is_one_line_without_the_name_of_its_site(title: str, site: str, shown: str) -> None:
    html = website.document(f'<title>{title}</title><meta property="og:site_name" content="{site}">')
    assert page(html).title == shown


def test_languages_are_spelt_one_way() -> None:
    for said, language in (("sv-SE", "sv-se"), ("zh-Hant-TW", "zh-tw"), ("EN_us", "en-us"), ("", ""), ("english", "")):
        assert page(f'<html lang="{said}"><title>x</title>').language == language


def texts_of(found: Page) -> list[str]:
    facts = found.as_facts()
    return [text for value in facts.values() for text in (value if isinstance(value, list) else [value]) if text]


def test_what_a_hostile_page_says_is_plain_text_and_its_addresses_lead_to_the_web() -> None:
    found = page(website.hostile(SITE))
    assert found.title.startswith('"><script>')  # as text: templates escape it
    assert (found.image, found.feed, found.published) == ("", "", "")
    assert found.url == f"{SITE}/page"
    for text in texts_of(found):
        assert text == line(text, MAX_TEXT) or text == found.text
        assert "\u202e" not in text or text == found.text


PATHOLOGIES = {
    "deep": "<div>" * 200_000,
    "unclosed formatting": "".join(f"<p><b a={number}>" for number in range(20_000)),
    "attributes": "<div " + " ".join(f"a{number}=1" for number in range(50_000)) + ">",
    "openings": "<script" * 300_000,
    "lists in data": "<script type='application/ld+json'>" + "[" * 200_000,
    "objects in data": "<script type='application/ld+json'>" + '{"a":' * 200_000,
    "a person in itself": """<script type='application/ld+json'>{"@type": "Article", "author": {"@id": "#a", "author": {"@id": "#a"}}}""",
    "nothing": "",
    "control characters": "\0\x01\ud800" * 100_000,
    "letters that grow": "İ<script>x</script>" * 10_000,
    "paragraphs": "<p>word " * 30_000,
}


@pytest.mark.parametrize("name", PATHOLOGIES)
def test_no_page_takes_long_or_fails(name: str) -> None:
    started = time.process_time()
    found = page(PATHOLOGIES[name])
    assert time.process_time() - started < 8  # of this processor's time; a typical page takes 0.01
    assert found.url == f"{SITE}/page"


TAGS = st.sampled_from(["<p>", "</p>", "<script type=application/ld+json>", "</script>", "<title>",
    "<meta name=author content=", "<div class=h-entry>", '{"@type":"Article","author":', "[{", "<a rel=author href=http://[>"])  # fmt: skip


@given(st.lists(st.one_of(TAGS, st.text(max_size=20)), max_size=20).map("".join))
@settings(deadline=None, max_examples=60)
def test_any_text_is_a_page(html: str) -> None:
    found = page(html)
    assert all(links.is_web_url(url) for url in (found.url, found.image, found.feed) if url)
    assert len(found.text) <= MAX_TEXT
