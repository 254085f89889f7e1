"""The search page as the server renders it: what it says, where its links lead, and what it does not offer."""

import datetime as dt
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from selectolax.lexbor import LexborHTMLParser, LexborNode

from linklog.posts.models import KINDS, Post, Series
from linklog.search import answers
from linklog.search.examples import EXAMPLES
from linklog.search.middleware import refused
from linklog.search.presentation import title_of
from linklog.search.query import FIELDS, Words, parse, unfinished
from linklog.search.request import read
from tests.builders import make_archive, make_post

pytestmark = pytest.mark.django_db


def get(client: Client, **parameters: object) -> LexborHTMLParser:
    response = client.get("/search/", {name.replace("__", "."): value for name, value in parameters.items()})
    assert response.status_code == 200
    return LexborHTMLParser(response.content.decode())


def texts(page: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in page.css(selector)]


def parameters_of(link: LexborNode) -> dict[str, list[str]]:
    return parse_qs(urlsplit(link.attributes["href"] or "").query)


def request_of(**parameters: str) -> object:
    return read(QueryDict(urlencode({name.replace("__", "."): value for name, value in parameters.items()})))


def count_of(link: LexborNode) -> int:
    count = link.css_first(".count")
    assert count is not None
    return int(count.text())


def noon(year: int, month: int, day: int) -> dt.datetime:
    return dt.datetime(year, month, day, 12, tzinfo=dt.UTC)


@pytest.fixture
def clocks() -> None:
    """Five posts on clocks of every kind, in two years, and one on birds."""
    for number, kind in enumerate([*KINDS, "blogmark"]):
        year = 2023 if number < 2 else 2024
        make_post(
            kind,
            body=f"A clock, number {number}.",
            tags=["Time", f"odd-{number}"],
            published=noon(year, 3, number + 1),
        )
    make_post("note", body="Swifts, at last.", tags=["Birds"])


@pytest.mark.usefixtures("clocks")
def test_each_facet_link_finds_as_many_posts_as_it_says(client: Client) -> None:
    page = get(client, q="clock")
    links = page.css(".facets a.value")
    assert links
    for link in links:
        found = LexborHTMLParser(client.get(link.attributes["href"]).content.decode())
        assert texts(found, "#search-count") == [f"{count_of(link)} post{'' if count_of(link) == 1 else 's'}"]


@pytest.mark.usefixtures("clocks")
def test_each_exclude_link_leaves_the_others(client: Client) -> None:
    page = get(client, q="clock")
    counts = {link.attributes["data-key"]: count_of(link) for link in page.css(".facets a.value")}
    for link in page.css(".facets a.exclude"):
        found = LexborHTMLParser(client.get(link.attributes["href"]).content.decode())
        left = 5 - counts[(link.attributes["data-key"] or "").removeprefix("-")]
        assert texts(found, "#search-count")[0].startswith(f"{left} post" if left else "Nothing")
        assert link.text().strip().startswith("Without ")


@pytest.mark.usefixtures("clocks")
def test_what_is_chosen_and_excluded_can_be_taken_off(client: Client) -> None:
    page = get(client, q="clock", tag="time", exclude__type="note")
    assert texts(page, ".chips .value") == ["Time", "Notes"]
    assert [parameters_of(link) for link in page.css(".chips li a")] == [
        {"q": ["clock"], "exclude.type": ["note"]},
        {"q": ["clock"], "tag": ["time"]},
        {"q": ["clock"]},
    ]
    chosen = page.css_first('.facets [data-key="tag:time"]')
    assert chosen is not None
    assert parameters_of(chosen) == {"q": ["clock"], "exclude.type": ["note"]}


@pytest.mark.usefixtures("clocks")
def test_the_form_keeps_what_is_chosen_beside_the_words(client: Client) -> None:
    page = get(client, q="clock", tag="time", exclude__type="note", sort="date")
    fields = {node.attributes["name"]: node.attributes["value"] for node in page.css("input[form=search-form]")}
    assert fields == {"tag": "time", "exclude.type": "note", "sort": "date"}


@pytest.mark.usefixtures("clocks")
def test_with_four_values_chosen_no_facet_can_be_chosen(client: Client) -> None:
    response = client.get("/search/", {"tag": ["time", "odd-2"], "year": "2024", "exclude.type": "entry"})
    page = LexborHTMLParser(response.content.decode())
    assert [link for link in page.css(".facets a") if "is-chosen" not in (link.attributes["class"] or "")] == []
    assert "Four values are chosen" in page.css_first(".facets").text()  # type: ignore[union-attr]


@pytest.mark.usefixtures("clocks")
def test_months_are_offered_within_one_year_only(client: Client) -> None:
    make_post("note", body="A clock in May.", published=noon(2024, 5, 1))
    assert "Month" not in texts(get(client, q="clock"), ".facets h2")
    page = get(client, q="clock", year="2024")
    assert "Month" in texts(page, ".facets h2")
    assert texts(get(client, q="clock", year="2024", month="5"), "h1") == ["Posts matching “clock” in May 2024"]


def test_more_than_twelve_values_stand_behind_more(client: Client) -> None:
    for number in range(14):
        make_post("note", body="A clock.", tags=[f"tag {number}"])
    page = get(client, q="clock")
    assert len(page.css(".facets section > .counts li")) == 12 + 0
    assert texts(page, ".more-values summary") == ["2 more"]
    assert len(page.css(".more-values li")) == 2


@pytest.mark.usefixtures("clocks")
def test_no_link_that_chooses_is_to_be_followed_by_crawlers(client: Client) -> None:
    page = get(client, q="clock", tag="time")
    for link in page.css(".facets a, .chips a, .sorts a, .pager a, .search-help a"):
        assert "nofollow" in (link.attributes["rel"] or ""), link.html
    robots = page.css_first("meta[name=robots]")
    assert robots is not None
    assert robots.attributes["content"] == "noindex, nofollow"
    assert "noindex" in client.get("/search/", {"q": "clock"})["X-Robots-Tag"]


@pytest.mark.usefixtures("clocks")
def test_the_page_names_its_one_address_and_its_feeds(client: Client) -> None:
    page = get(client, tag="time", q="clock", typing="", page="1", utm_source="x")
    canonical = page.css_first("link[rel=canonical]")
    assert canonical is not None
    assert (canonical.attributes["href"] or "").endswith("/search/?q=clock&tag=time")
    feeds = [link.attributes["href"] for link in page.css(".search-ends a")][:2]
    assert feeds == ["/search.atom?q=clock&tag=time", "/search.feed.json?q=clock&tag=time"]
    alternates = [link.attributes["href"] for link in page.css("link[rel=alternate]")]
    assert alternates[:2] == feeds
    for address in feeds:
        assert client.get(address).status_code == 200


@pytest.mark.usefixtures("clocks")
def test_every_kind_shows_itself_with_the_words_marked(client: Client) -> None:
    page = get(client, q="clock")
    for kind in KINDS:
        result = page.css_first(f".results .post.{kind}")
        assert result is not None, kind
        assert "clock" in [mark.text().lower() for mark in result.css("mark")]
        assert result.css_first("a.permalink") is not None


def test_texts_are_escaped_and_marked(client: Client) -> None:
    make_post("note", title="<b>Clocks</b> & more", body="`<script>` for a *clock*")
    html = client.get("/search/", {"q": "clock"}).content.decode()
    assert "&lt;b&gt;<mark>Clocks</mark>&lt;/b&gt; &amp; more" in html
    assert "&lt;script&gt; for a <mark>clock</mark>" in html


@pytest.mark.parametrize(
    ("parameters", "title"),
    [
        ({}, "Search"),
        ({"q": "clock"}, "Posts matching “clock”"),
        ({"type": "quotation", "tag": "time", "year": "2024"}, "Quotations tagged Time in 2024"),
        ({"exclude__tag": "time", "exclude__type": "note"}, "Posts without Time or Notes"),
        ({"site": "clocks.example", "q": "brass"}, "Posts matching “brass” linking to clocks.example"),
        ({"tag": "nobody-has-this"}, "Posts tagged nobody-has-this"),
        ({"q": "?!"}, "Search"),
    ],
)
@pytest.mark.usefixtures("clocks")
def test_the_title_says_what_is_shown(parameters: dict[str, str], title: str, client: Client) -> None:
    page = get(client, **parameters)
    assert texts(page, "h1") == [title]
    assert texts(page, "title")[0].startswith(title)
    assert title_of(request_of(**parameters)) == title  # type: ignore[arg-type]


def test_the_name_of_a_tag_that_drafts_alone_have_is_not_told(client: Client) -> None:
    make_post("note", tags=["Secret Plan"], is_draft=True, published=None)
    make_post("note", body="Public.")
    for parameters in ({"tag": "secret-plan"}, {"exclude__tag": "secret-plan"}):
        html = client.get("/search/", {name.replace("__", "."): value for name, value in parameters.items()}).content
        assert b"Secret Plan" not in html
        assert b"secret-plan" in html


@pytest.mark.usefixtures("clocks")
def test_nothing_found_suggests_what_would_be(client: Client) -> None:
    page = get(client, q="clokc")
    assert texts(page, "#search-count") == ["Nothing found"]
    assert texts(page, ".suggestion") == ["Did you mean clock? 5 posts"]
    link = page.css_first(".suggestion a")
    assert link is not None
    assert parameters_of(link) == {"q": ["clock"]}


def test_a_large_result_says_which_posts_were_ranked(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linklog.search.engine.RANKED", 3)
    for number in range(5):
        make_post("note", body=f"A clock, number {number}.")
    assert "3 posts" in " ".join(texts(get(client, q="clock"), ".sorts .help"))
    assert texts(get(client, q="clock", sort="date"), ".sorts .help") == []


def test_what_was_left_out_of_a_query_is_said(client: Client) -> None:
    long = get(client, q="tide " * 60)
    assert "200 characters" in long.css_first("main .results-part .banner").text()  # type: ignore[union-attr]
    assert "no word" in get(client, q="?!").css_first("main .results-part .banner").text()  # type: ignore[union-attr]


def test_pages_lead_forth_and_back(client: Client) -> None:
    for number in range(31):
        make_post("note", body=f"A clock, number {number}.")
    first, second = get(client, q="clock"), get(client, q="clock", page=2)
    assert [parameters_of(link) for link in first.css(".pager a")] == [{"q": ["clock"], "page": ["2"]}]
    assert [parameters_of(link) for link in second.css(".pager a")] == [{"q": ["clock"]}]
    assert len(first.css(".results .post")) == 30
    assert len(second.css(".results .post")) == 1
    assert "not so many pages" in get(client, q="clock", page=9).css_first(".empty").text()  # type: ignore[union-attr]


def test_order_can_be_chosen_where_there_are_words(client: Client) -> None:
    make_post("note", body="A clock.")
    assert texts(get(client), ".sorts a") == []
    assert texts(get(client, q="clock"), ".sorts [aria-current]") == ["Relevance"]
    assert texts(get(client, q="clock", sort="date"), ".sorts [aria-current]") == ["Date"]


def test_a_client_past_its_budget_is_told_when_to_come_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers.BUDGET, "a_minute", 1)
    answers.BUDGET.spend("127.0.0.1")
    response = client.get("/search/", {"q": "never asked before"})
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    page = LexborHTMLParser(response.content.decode())
    assert "Try again" in page.css_first("[data-refusal]").text()  # type: ignore[union-attr]
    assert page.css_first("#q").attributes["value"] == "never asked before"  # type: ignore[union-attr]


def test_a_refusal_at_the_door_holds_the_sentence_that_the_page_shows() -> None:
    page = LexborHTMLParser(refused("/search/", 7).content.decode())
    assert texts(page, "[data-refusal]") == ["Too many searches. Try again in 7 seconds."]


def test_every_field_of_the_language_is_shown_by_an_example() -> None:
    shown = {field.name for query, _meaning in EXAMPLES for field in parse(query).fields()}
    assert shown == set(FIELDS.values())
    for query, _meaning in EXAMPLES:
        assert parse(query).node is not None
        assert parse(query).notes == ()


def test_an_author_can_take_a_search_along_to_a_page(client: Client) -> None:
    make_post("note", body="A clock.")
    link = get(client, q="clock & co", year="2024").css_first("a.for-authors")
    assert link is not None
    assert parameters_of(link) == {
        "search": ["q=clock+%26+co&year=2024"],
        "title": ["Posts matching “clock & co” in 2024"],
    }


@pytest.mark.parametrize("path", ["/", "/tags/", "/no-such-page/"])
def test_every_page_has_the_way_to_search(path: str, client: Client) -> None:
    page = LexborHTMLParser(client.get(path).content.decode())
    form = page.css_first("header form[role=search]")
    assert form is not None
    assert form.attributes["action"] == "/search/"
    description = page.css_first("link[rel=search]")
    assert description is not None
    assert client.get(description.attributes["href"])["Content-Type"].startswith(
        "application/opensearchdescription+xml"
    )


def test_the_search_page_has_one_search_form(client: Client) -> None:
    assert len(get(client).css("form[role=search]")) == 1


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("clo", "clo*"),
        ("brass clo", "brass clo*"),
        ("(brass OR clo", "(brass OR clo*"),
        ("c", "c"),
        ("clo*", "clo*"),
        ("brass -clo", "brass -clo"),
        ("tag:clo", "tag:clo"),
        ('"brass clo', '"brass clo'),
        ("brass OR", "brass OR"),
        ("c++", "c++"),
        ("(clo)", "(clo)"),
        ("", ""),
    ],
)
def test_the_word_that_is_being_typed_may_go_on(typed: str, asked: str) -> None:
    assert unfinished(typed) == asked


def test_what_is_typed_finds_what_begins_so_and_says_it_in_every_link(client: Client) -> None:
    make_post("note", body="A clock.", tags=["Time"])
    make_post("entry", body="Clockwork.")
    assert texts(get(client, q="clo"), "#search-count") == ["Nothing found"]
    page = get(client, q="clo", typing="1")
    assert texts(page, "#search-count") == ["2 posts"]
    assert {parameters_of(link)["q"][0] for link in page.css(".facets a")} == {"clo*"}
    assert "typing" not in re.sub(r"<script.*?</script>", "", page.html or "")


def test_the_beginning_of_a_word_ranks_titles_too(client: Client) -> None:
    """`databases` is held as `databas`: what was typed may be longer than what the index holds."""
    make_post("note", body="All databases and databases, of databases.", title="Notes", slug="body")
    make_post("note", body="One thing.", title="Databases", slug="title", published=noon(2020, 1, 1))
    page = get(client, q="databases", typing="1")
    assert texts(page, ".results .post-title")[0] == "Databases"
    assert parse("databases*").wanted == [Words(("databases",), True)]


def test_a_search_within_a_series_names_it(client: Client) -> None:
    series = Series.objects.create(name="Tide Clocks")
    make_post("entry", series=series)
    assert texts(get(client, series="tide-clocks"), "h1") == ["Posts of the series Tide Clocks"]


def test_a_search_with_choices_costs_a_dozen_queries_however_much_it_finds(client: Client) -> None:
    for number in (8, 40):
        Post.objects.all().delete()
        make_archive(number, Series.objects.create(name=f"Tides {number}"))
        client.get("/search/?q=unheard")  # which reads what is new into memory
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/search/?q=tide+OR+said&tag=tides&exclude.tag=rare-3").status_code == 200
        asked = [query["sql"] for query in queries if query["sql"].lstrip("( \n").startswith("SELECT")]
        assert len([sql for sql in asked if "set_config" not in sql]) == 12, asked  # PostgreSQL's time limit aside
