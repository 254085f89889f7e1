"""Each item of the checklist, from plain data."""

from dataclasses import replace
from typing import Any

import pytest

from linklog.write.checklist import DONE, OPEN, UNKNOWN, Item, Writing, items

TOP = (
    "The tide does not keep to the hours of the sun. A clock that follows the moon loses fifty minutes each day, and who "
    "lives by the water knows it without being told. For the rest of us there are tables, printed once a year in a small book, "
    "and a bell that is rung at the quay when the water turns, at whatever hour that may be, by whoever is up to see it.\n"
)
FAR = "A maker in Bristol cut a wheel of 57 teeth to say so in brass. It was the keeper of the lighthouse who asked for it.\n"
PAGE: dict[str, Any] = {
    "title": "Brass clocks that know the tide",
    "description": "How a wheel follows the moon.",
    "text": TOP + FAR,
    "authors": ["Ada Bell", "Grace Winter"],
}
LINK = Writing(
    "blogmark",
    "Brass clocks that know the tide",
    "<p>Fine.</p>",
    was_read=True,
    page=PAGE,
    link_url="https://a.example/",
)


def item(name: str, writing: Writing) -> Item:
    return next(one for one in items(writing) if one.name == name)


def state(name: str, writing: Writing = LINK, **over: Any) -> str:
    return item(name, replace(writing, **over)).state


def names(writing: Writing) -> set[str]:
    return {one.name for one in items(writing)}


def test_each_kind_is_asked_for_what_it_can_have() -> None:
    assert names(LINK) == {"credit", "via", "read", "adds"}
    assert names(Writing("quotation", body_html="<p>Words.</p>")) == {"credit", "via", "quote"}
    assert names(Writing("note", body_html="<p>Words.</p>")) == set()
    assert names(Writing("entry", body_html="<p>Words.</p>", images=[("a", "none")], links=1)) == {"alt", "links"}


def test_every_item_that_is_open_has_a_reason_and_a_fix() -> None:
    poor = replace(LINK, body_html='<img src="a.jpg">', came_by="https://b.example/", unpinned=["https://c.example/"])
    poor = replace(poor, earlier=[("Tides", "[Tides](/x/)")], links=1, problems={"https://d.example/": "Gone."})
    found = items(poor)
    assert {one.name for one in found if one.state == OPEN} == names(poor)
    assert all(one.title and one.reason and one.fix for one in found)
    assert [one for one in items(Writing("quotation", body_html="<p>x</p>")) if one.state != DONE and not one.fix] == []


def test_the_credit_that_the_page_gives_is_one_press_away() -> None:
    found = item("credit", LINK)
    assert (found.state, found.into, found.text) == (OPEN, "person_names", "Ada Bell; Grace Winter")
    assert state("credit", people=["Tove Lind"]) == DONE
    assert state("credit", page={}) == UNKNOWN
    assert state("credit", page={}, was_read=False) == OPEN
    assert state("credit", kind="quotation", page={}) == OPEN


def test_the_page_that_led_there_is_one_press_from_being_the_via() -> None:
    found = item("via", replace(LINK, came_by="https://friend.example/"))
    assert (found.state, found.into, found.text) == (OPEN, "via_url", "https://friend.example/")
    assert state("via", came_by="https://friend.example/", via="A friend") == DONE
    assert state("via") == UNKNOWN


@pytest.mark.parametrize(
    "body",
    [
        "<p>Look:</p><blockquote><p>cut a wheel of 57 teeth, to say so</p></blockquote>",
        "<p>“the keeper of the lighthouse who asked for it” made me smile.</p>",
        "<blockquote>A maker in Bristol […] to say so in brass</blockquote>",
        "<p>I like that it was done in Bristol.</p>",
        "<p>One has 57 teeth.</p>",
        "<p>and there is the keeper of the lighthouse again</p>",
    ],
)
def test_a_quote_or_a_detail_from_below_the_top_shows_reading(body: str) -> None:
    assert state("read", body_html=body) == DONE


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<p>Lovely clocks.</p>",
        "<p>Brass clocks that know the tide, and how a wheel follows the moon. Ada Bell wrote it.</p>",
        "<p>A clock that follows the moon loses fifty minutes each day.</p>",
        "<blockquote>Words that do not stand there at all</blockquote>",
        "<blockquote>in brass</blockquote>",
        "<p>Bristol.</p>",
    ],
)
def test_what_the_headline_alone_would_give_does_not(body: str) -> None:
    assert state("read", body_html=body, people=["Ada Bell"]) == OPEN


def test_of_a_page_whose_text_is_not_known_reading_cannot_be_told() -> None:
    assert state("read", page={}) == UNKNOWN
    assert state("read", page={}, body_html="<blockquote>Four words of theirs</blockquote>") == DONE


def test_a_quotation_stands_in_its_source() -> None:
    source = Writing("quotation", body_html="<p>A maker in Bristol cut a wheel of 57 teeth</p>", page=PAGE)
    assert state("quote", source) == DONE
    assert state("quote", source, body_html="<p>A maker in Bristol cut a wheel of 58 teeth</p>") == OPEN
    assert state("quote", source, page={}) == UNKNOWN


def test_a_commentary_adds_to_the_title_in_words_of_its_own() -> None:
    assert state("adds", body_html="") == OPEN
    assert state("adds", body_html="<blockquote><p>Only words of somebody else, however many.</p></blockquote>") == OPEN
    assert state("adds", body_html="<p>Brass clocks that know the tide: a wheel that follows the moon.</p>") == OPEN
    assert state("adds", body_html="<p>My grandfather repaired these, swearing at every single tooth.</p>") == DONE


def test_images_are_described() -> None:
    assert state("alt", images=[("/media/clock.jpg", "reviewed"), ("/media/line.png", "decorative")]) == DONE
    bare = item("alt", replace(LINK, images=[("/media/clock.jpg", "none"), ("/media/tide.jpg", "drafted")]))
    assert bare.state == OPEN
    assert bare.reason == "Not described: clock.jpg\nDrafted by a model, and not looked at: tide.jpg"
    assert state("alt", images=[("/media/tide.jpg", "drafted")]) == OPEN


def test_a_link_to_code_is_pinned_by_a_press() -> None:
    url, fixed = "https://github.com/ada/code/blob/main/a.py", "https://github.com/ada/code/blob/0123abc/a.py"
    on_branch = replace(LINK, link_url=url, unpinned=[url], page={"pinned": fixed})
    assert (item("pinned", on_branch).state, item("pinned", on_branch).into, item("pinned", on_branch).text) == (
        OPEN,
        "link_url",
        fixed,
    )
    assert state("pinned", on_branch, link_url=fixed, unpinned=[]) == DONE
    assert item("pinned", replace(on_branch, page={})).text == ""


def test_an_earlier_post_about_the_page_is_linked_by_a_press() -> None:
    before = replace(LINK, earlier=[("Tide clocks", "[Tide clocks](/2024/Dec/22/tide-clocks/)")])
    found = item("earlier", before)
    assert (found.state, found.into, found.text) == (OPEN, "", "[Tide clocks](/2024/Dec/22/tide-clocks/)")
    assert state("earlier", before, links_back=True) == DONE
    assert "earlier" not in names(LINK)


def test_dead_links_are_told_once_they_were_looked_at() -> None:
    assert state("links", links=2) == UNKNOWN
    assert state("links", links=2, problems={"a": ""}) == UNKNOWN
    assert state("links", links=2, problems={"a": "", "b": ""}) == DONE
    assert (
        "https://b.example/ – No such page."
        in item("links", replace(LINK, links=3, problems={"https://b.example/": "No such page."})).reason
    )


@pytest.mark.parametrize(
    "text", ["", "\x00", "“" * 500, '"' * 500, "…" * 500, "A" * 20_000, "日本語 " * 2000, "<b>" * 100]
)
def test_whatever_a_page_and_a_text_hold_there_is_a_list(text: str) -> None:
    page = {"title": text, "text": text, "description": text, "authors": [text, None, 7], "pinned": text}
    for kind in ("entry", "blogmark", "quotation", "note"):
        assert isinstance(items(Writing(kind, text, f"<p>{text}</p>", page=page, was_read=True, link_url=text)), list)
