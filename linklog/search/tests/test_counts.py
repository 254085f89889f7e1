"""Every search finds what looking at each post finds, and counts it: on posts made for it, and on a real archive where it is at hand."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.http import QueryDict

from linklog.core import vendor_sql
from linklog.search import archive as archives
from linklog.search import engine, index
from linklog.search.archive import keys_of
from linklog.search.engine import Outcome, matching, search
from linklog.search.facets import FACETS, MOST
from linklog.search.request import Request, read
from linklog.search.tests import brute_force
from linklog.search.tests.brute_force import PlainPost
from linklog.search.tests.questions import SHAPES, Question, questions
from linklog.search.tests.varied import make_varied_posts

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("search-counts")]  # one worker makes the posts

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "weblog-2002-2010.json.gz"
QUESTIONS = 300
# From how many posts on search goes other ways: made small, so that few posts go them all
CROWDED = (
    (archives, "LATEST", 40),
    (archives, "READ_AT_ONCE", 64),
    (archives, "KEPT_BITMAPS", 5),
    (engine, "RANKED", 10),
    (engine, "CHUNK", 64),
    (index, "CHUNK", 64),
    (index, "BATCH", 3),
    (vendor_sql, "GIN_FROM", 5),
)
LISTED_WHOLE = ("type", "year", "month")
# Of the answers that looking at each post gives, by the posts' names. The same whatever the database: so both find the same sets
ANSWERS = "9a2f226ac58fdeb016fc2bc334807aea851838ca394b85b6f4c27dae0b112fc1"


@dataclass(frozen=True)
class Asked:
    """An archive as plain posts, and questions with the posts that answer them."""

    name: str
    posts: list[PlainPost]
    answers: list[tuple[Question, list[PlainPost]]]


@pytest.fixture(scope="module", params=["made", "crowded", *(["real"] if CORPUS.exists() else [])])
def asked(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Asked]:
    """The posts are there for all tests of this module, which only read. Where it is crowded, four hundred count as very many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "LIMIT_MILLISECONDS", 60_000)  # what is right does not hang on how busy the machine is
        if request.param == "crowded":
            for module, name, value in CROWDED:
                patch.setattr(module, name, value)
        with django_db_blocker.unblock():
            if request.param == "real":
                call_command("import", str(CORPUS), "--json", stdout=io.StringIO(), stderr=io.StringIO())
            else:
                make_varied_posts()
            posts = brute_force.plain_posts()
        answers = [
            (one, brute_force.answer(posts, one.tree, one.parameters, one.is_author))
            for one in questions(posts, QUESTIONS)
        ]
        yield Asked(request.param, posts, answers)
        with django_db_blocker.unblock():
            call_command("flush", verbosity=0, interactive=False)


def as_request(question: Question) -> Request:
    return read(QueryDict(question.query_string))


def found(question: Question) -> tuple[set[int], Outcome]:
    """The keys of all that a search finds, and its first page."""
    request = as_request(question)
    keys, is_partial = matching(request, archives.current(), question.is_author)
    assert not is_partial
    return set(keys_of(keys).tolist()), search(request, question.is_author)


def test_every_question_is_answered_by_the_posts_that_hold_what_it_asks(asked: Asked) -> None:
    for question, answer in asked.answers:
        keys, outcome = found(question)
        expected = {post["key"] for post in answer}
        assert keys == expected, f"{question}\nmissing {expected - keys}, too many {keys - expected}"
        assert outcome.total == len(expected), question
        assert set(outcome.keys) <= expected, question
        assert len(set(outcome.keys)) == len(outcome.keys) == min(30, len(expected)), question


def test_every_facet_counts_what_was_found(asked: Asked) -> None:
    for question, answer in asked.answers:
        _keys, outcome = found(question)
        expected = brute_force.facets(answer)
        assert set(outcome.facets) == set(expected) == set(FACETS)
        for name, counts in outcome.facets.items():
            shown = dict(counts)
            assert shown.items() <= expected[name].items(), f"{question}: {name}"
            most = len(expected[name]) if name in LISTED_WHOLE else min(MOST, len(expected[name]))
            largest = sorted(expected[name].values(), reverse=True)[:most]
            assert sorted(shown.values(), reverse=True) == largest, f"{question}: {name}"


def test_by_date_the_newest_come_first(asked: Asked) -> None:
    for question, answer in asked.answers:
        request = read(QueryDict(question.query_string + "&sort=date"))
        if question.is_author:
            continue
        newest = sorted(answer, key=lambda post: (post["published"], post["key"]), reverse=True)
        assert search(request).keys == [post["key"] for post in newest[:30]], question


def test_the_pages_of_a_search_hold_each_result_once(asked: Asked) -> None:
    whole = [
        (question, answer) for question, answer in asked.answers if not question.is_author and 30 < len(answer) < 3_000
    ]
    for question, answer in whole[:40]:
        last = -(-len(answer) // 30)
        pages = [search(read(QueryDict(f"{question.query_string}&page={page}"))).keys for page in range(1, last + 1)]
        keys = [key for page in pages for key in page]
        assert sorted(keys) == sorted(post["key"] for post in answer), question
        assert {len(page) for page in pages[:-1]} == {30}, question


def test_the_questions_are_worth_asking(asked: Asked) -> None:
    """Of every shape, and most of them neither found nowhere nor everywhere."""
    assert len(asked.answers) == QUESTIONS
    assert {question.shape for question, _answer in asked.answers} == set(SHAPES)
    public = sum(post["state"] == "public" for post in asked.posts)
    assert sum(0 < len(answer) < public for _question, answer in asked.answers) > 0.6 * QUESTIONS


def test_both_databases_find_the_same_sets(asked: Asked) -> None:
    """Each finds what looking at each post finds, and that is the same on both: here is its digest.

    It changes when `varied`, `questions`, or the rules of words change; then the assertion shows the new one.
    """
    if asked.name != "real":
        lines = [f"{question} {sorted(post['name'] for post in answer)}" for question, answer in asked.answers]
        assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == ANSWERS
