"""Tags suggested for a text, from what the archive's posts carry."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linklog.posts.models import Post
from linklog.search.tag_suggestions import Subject, runs_of, suggest
from tests.builders import NOON, make_post

pytestmark = pytest.mark.django_db


def note(slug: str, body: str, tags: list[str], **over) -> Post:
    return make_post("note", slug=slug, body=body, tags=tags, **{"people": [], **over})


@pytest.fixture(autouse=True)
def _others() -> None:
    """Posts beside them, so that a word of two posts is rare."""
    for number in range(12):
        note(f"other-{number}", f"Nothing word{number} of that name{number}.", [f"other{number}"])


def names(**known) -> list[str]:
    return [name for name, _reason in suggest(Subject(**known))]


def test_a_tag_named_in_the_title_comes_first() -> None:
    note("one", "A clock.", ["clocks", "tides"])
    note("two", "A clock again.", ["clocks"])
    assert suggest(Subject(title="Clocks of brass"))[0] == ("clocks", "in the title")


@pytest.mark.parametrize("title", ["Why open source wins", "OpenSource, again", "“Open Source”"])
def test_a_tag_without_spaces_is_known_by_its_words(title: str) -> None:
    note("one", "Code for everyone.", ["opensource"])
    assert names(title=title)[0] == "opensource"


def test_a_word_that_is_seldom_tagged_counts_less() -> None:
    for number in range(8):
        note(f"plain-{number}", "A river and a table.", ["rivers"])
    note("tagged", "A river and a table.", ["table"])
    assert names(title="A river at the table")[:2] == ["rivers", "table"]


def test_posts_alike_lend_their_tags() -> None:
    note("one", "x", ["navigation", "brass"], title="Sextant and barometer")
    note("two", "x", ["navigation"], title="The sextant restored")
    assert suggest(Subject(text="A sextant in the attic."))[0] == ("navigation", "2 posts like this")


def test_the_site_and_the_people_of_earlier_links_lend_theirs() -> None:
    make_post(
        "blogmark",
        slug="one",
        title="Qq",
        link_url="https://www.harbour.example/1",
        tags=["quays"],
        people=["Ada Bell"],
    )
    assert suggest(Subject(url="http://harbour.example/2")) == [("quays", "1 post about harbour.example")]
    assert suggest(Subject(people=["Ada Bell"])) == [("quays", "1 post that credits Ada Bell")]


def test_what_the_post_has_already_is_not_suggested_but_leads_on() -> None:
    note("one", "x", ["sailing", "knots"])
    assert names(given=["Sailing"]) == ["knots"]
    assert "sailing" not in names(title="Sailing", given=["sailing"])


def test_drafts_and_scheduled_posts_teach_nothing() -> None:
    note("draft", "Sextant.", ["secret"], is_draft=True)
    note("later", "Sextant.", ["later"], published=dt.datetime(2999, 1, 1, tzinfo=dt.UTC))
    assert names(title="Sextant", text="secret later", given=["secret"]) == []


def test_a_tag_that_holds_the_separator_is_suggested_by_its_slug() -> None:
    post = note("one", "x", ["salt"])
    tag = post.tags.get()
    tag.name = "salt, and water"
    tag.slug = "salt-and-water"
    tag.save()
    assert names(text="salt and water") == ["salt-and-water"]


@pytest.mark.parametrize("text", ["", " ", "\x00", "…", "'s", "日本語", "c++ " * 3000, "\ud800", "x" * 100_000])
def test_any_text_gets_an_answer(text: str) -> None:
    suggest(Subject(title=text, text=text, url=text, people=[text], given=[text]))


def test_the_number_of_queries_does_not_grow() -> None:
    def count(number: int) -> int:
        for place in range(number):
            note(f"n{number}-{place}", "Sextant.", ["sextant", f"t{number}-{place}"], published=NOON)
        subject = Subject("Sextant", "sextant t3-0 t3-1 t12-1", "https://clocks.example/", ["Ada Bell"], ["other1"])
        suggest(subject)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            suggest(subject)
        return len(queries)

    make_post("blogmark", people=["Ada Bell"])
    assert count(3) == count(12) <= 8


def test_runs_of_words_are_compared_as_slugs() -> None:
    assert runs_of("Node.js & C++")["node-js"] == "Node.js"
    assert {"nodejs", "c-plus-plus"} <= runs_of("Node.js & C++").keys()
