"""Search by words and meaning together: what is found stays a matter of words."""

import datetime as dt
import itertools
import logging
import threading
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linklog import publishing
from linklog.posts.models import Post
from linklog.search import archive, embedding_models, similarity, vectors
from linklog.search.engine import Outcome, search
from linklog.search.query import parse
from linklog.search.request import read
from linklog.search.tests.concepts import CONCEPTS, Concepts, likeness
from tests.builders import NOON, make_archive, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("concepts")]


def note(body: str, **over: Any) -> Post:
    return make_post("note", body=body, tags=over.pop("tags", []), **over)


def embed() -> None:
    call_command("embed", verbosity=0)


def found(query_string: str, is_author: bool = False) -> Outcome:
    return search(read(QueryDict(query_string)), is_author)


def many_notes() -> list[Post]:
    """A note for each pair of words of the concepts, no two quite alike."""
    named = [word for words in CONCEPTS.values() for word in words]
    pairs = list(itertools.combinations(named, 2))
    return [
        note(f"{one} {other} number {place}", slug=f"note-{place}", published=NOON - dt.timedelta(hours=place))
        for place, (one, other) in enumerate(pairs[::3])
    ]


def test_a_search_that_finds_little_offers_what_means_the_same() -> None:
    by_word = note("An ocean")
    like_it, other = note("The tide", slug="tide"), note("Butter", slug="butter")
    embed()
    outcome = found("q=ocean")
    assert (outcome.keys, outcome.total) == ([by_word.pk], 1)
    assert outcome.similar == [like_it.pk, other.pk]


def test_a_search_that_finds_enough_offers_nothing_more() -> None:
    for place in range(similarity.FEW):
        note("An ocean", slug=f"ocean-{place}")
    note("The tide")
    embed()
    assert found("q=ocean").similar == []
    assert found("q=ocean+tide").similar != []


@pytest.mark.parametrize("address", ["", "tag=tides", "q=tag:tides", "q=-ocean", "q=...", "q=ocean&page=2"])
def test_what_asks_for_no_words_is_like_nothing(address: str) -> None:
    make_archive(4)
    embed()
    assert found(address).similar == []


def test_similar_posts_keep_to_every_filter() -> None:
    here = note("The tide", tags=["kept"], slug="here")
    note("The tide", slug="untagged")
    note("The tide with salt", tags=["kept"], slug="salty")
    note("The tide", tags=["kept", "shunned"], slug="shunned")
    embed()
    for query in ("q=ocean+-salt+tag:kept+-tag:shunned", "q=ocean+-salt&tag=kept&exclude.tag=shunned"):
        assert found(query).similar == [here.pk], query
    assert found("q=(ocean+tag:kept)+OR+sea").similar != [here.pk]


def test_results_and_counts_are_those_of_words_alone(settings: Any) -> None:
    many_notes()
    embed()
    both = {query: found(f"q={query}") for query in ("tide", "tide+OR+oven", "clock+-number", "numb*", '"tide+tides"')}
    settings.LINKLOG_EMBEDDING_MODEL = ""
    for query, outcome in both.items():
        alone = found(f"q={query}")
        assert (outcome.total, outcome.facets) == (alone.total, alone.facets)
        assert sorted(outcome.keys) == sorted(alone.keys) or alone.has_next
        assert alone.similar == []


def test_meaning_moves_a_post_up_among_those_with_the_words() -> None:
    """Each holds the word once, in texts of one length; one is about it."""
    about = note("The tide in the harbour of an ocean", slug="about", published=NOON - dt.timedelta(days=1))
    oven = note("The tide of butter in an oven cake", slug="oven")
    clock = note("The tide of clocks in an hour of time", slug="clock", published=NOON - dt.timedelta(days=2))
    assert found("q=tide").keys == [oven.pk, about.pk, clock.pk]
    embed()
    assert found("q=tide").keys[0] == about.pk
    assert found("q=tide&sort=date").keys == [oven.pk, about.pk, clock.pk]


def test_a_post_without_a_vector_stands_where_its_words_put_it() -> None:
    posts = [note("The tide", slug=f"tide-{place}", published=NOON - dt.timedelta(days=place)) for place in range(5)]
    embed()
    new = note("The tide, the tide", slug="new", published=NOON + dt.timedelta(days=1))
    assert found("q=tide").keys == [new.pk, *(post.pk for post in posts)]


def test_ranks_are_fused_by_their_reciprocals() -> None:
    assert similarity.fused([{1: 1, 2: 2, 3: 3}, {3: 1, 2: 2, 1: 4}]) == [3, 2, 1]
    assert similarity.fused([{7: 1}, {8: 1, 7: 2}]) == [7, 8]
    assert similarity.fused([]) == []


def test_nothing_but_public_posts_is_ever_similar(client: Client) -> None:
    public = note("The tide", slug="public")
    draft = note("Tides", slug="draft", is_draft=True)
    scheduled = note("A harbour", slug="scheduled", published=timezone.now() + dt.timedelta(days=1))
    embed()
    assert found("q=ocean").similar == [public.pk]
    assert found("q=ocean+is:draft", is_author=True).similar == []
    assert similarity.similar_to(public.pk, 10) == []
    assert similarity.similar_to(draft.pk, 10) == [public.pk]
    for address in ("/search/?q=ocean", "/search.json?q=ocean"):
        page = client.get(address).content.decode()
        assert "/public/" in page or "json" not in address
        assert draft.get_absolute_url() not in page
        assert scheduled.get_absolute_url() not in page


def test_a_post_taken_back_is_similar_no_more_and_returns_with_its_text() -> None:
    post = note("The tide")
    embed()
    assert found("q=ocean").similar == [post.pk]
    publishing.unpublish(post)
    assert found("q=ocean").similar == []
    publishing.publish(post)
    assert found("q=ocean").similar == [post.pk]
    publishing.delete(post)
    assert found("q=ocean").similar == []


def test_a_post_that_changed_is_similar_to_nothing_until_it_is_read_again() -> None:
    post, other = note("The tide"), note("A harbour", slug="other")
    embed()
    assert similarity.similar_to(other.pk, 5) == [post.pk]
    post.body = "Butter"
    publishing.save(post)
    assert similarity.similar_to(other.pk, 5) == []
    embed()
    assert similarity.similar_to(other.pk, 5) == [post.pk]
    row = vectors.current(archive.current()).of(post.pk)
    assert row is not None
    assert row[2] == max(row)


def test_the_nearest_are_those_of_all_compared_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """In blocks of seven, read in pieces, with some changed and some gone since."""
    monkeypatch.setattr(vectors, "BLOCK", 7)
    posts = many_notes()
    for part in (posts[:5], posts[5:20], posts[20:]):
        call_command("embed", limit=len(part), verbosity=0)
        vectors.current(archive.current())
    for post in posts[::9]:
        post.body += " and flour"
        publishing.save(post)
    publishing.delete(posts.pop(4))
    vectors.current(archive.current())
    embed()
    texts = {post.pk: post.body for post in Post.objects.published()}
    for post in posts[::5]:
        rest = {key: likeness(texts[post.pk], text) for key, text in texts.items() if key != post.pk}
        given = similarity.similar_to(post.pk, 6)
        best = sorted(rest.values(), reverse=True)[:6]
        assert np.allclose([rest[key] for key in given], best, atol=1e-6)


def test_related_posts_are_fused_of_words_and_meaning() -> None:
    post, near, far, shared = (
        note(text, slug=text.split()[-1]) for text in ("A tide", "The sea", "Butter", "One cake")
    )
    assert similarity.related_by_both([shared.pk, far.pk], post.pk, 1) == [shared.pk]
    embed()
    fused = similarity.related_by_both([shared.pk, far.pk], post.pk, 4)
    assert set(fused) == {near.pk, far.pk, shared.pk}
    assert similarity.related_by_both([near.pk, far.pk], post.pk, 2)[0] == near.pk
    assert similarity.similar_to(10**9, 5) == []


def test_a_permalink_shows_what_is_like_the_post_in_words_or_meaning(client: Client) -> None:
    post, like_it = note("Tides", slug="here", tags=["one"]), note("The harbour", slug="like-it", tags=["two"])
    for place in range(6):
        note("Butter", slug=f"butter-{place}", published=NOON - dt.timedelta(days=place), tags=["three"])
    draft = note("The sea", slug="unfinished", is_draft=True)
    assert client.get(post.get_absolute_url()).context["related"] == []
    embed()
    page = client.get(post.get_absolute_url())
    assert page.context["related"][0].pk == like_it.pk
    assert draft.get_absolute_url() not in page.content.decode()


def test_the_json_lists_similar_posts_as_it_lists_results(client: Client) -> None:
    note("An ocean")
    like_it = note("The tide", slug="tide")
    embed()
    document = client.get("/search.json?q=ocean").json()
    assert [one["url"] for one in document["similar"]] == [like_it.absolute_url]
    assert document["similar"][0].keys() == document["results"][0].keys()
    assert document["total"] == 1


def test_the_page_shows_similar_posts_apart(client: Client, settings: Any) -> None:
    note("An ocean")
    note("The tide", slug="tide")
    embed()
    before, _heading, after = client.get("/search/?q=ocean").content.decode().partition("Similar in meaning")
    assert "/tide/" in after
    assert "/tide/" not in before
    settings.LINKLOG_EMBEDDING_MODEL = ""
    assert "Similar in meaning" not in client.get("/search/?q=harbour").content.decode()


def test_without_a_model_the_json_says_nothing_of_similar_posts(client: Client, settings: Any) -> None:
    settings.LINKLOG_EMBEDDING_MODEL = ""
    note("An ocean")
    assert "similar" not in client.get("/search.json?q=ocean").json()


def test_a_search_that_began_before_a_write_reads_nothing_anew() -> None:
    post = note("The tide")
    embed()
    before = archive.current()
    known = vectors.current(before)
    publishing.save(post, tags=["new"])
    newest = vectors.current(archive.current())
    assert newest is not known
    assert vectors.current(before) is newest
    assert known.of(post.pk) is not None


def test_a_worker_that_starts_reads_the_vectors_and_asks_nobody(concepts: Concepts, settings: Any) -> None:
    post = note("The tide")
    embed()
    similarity.make_ready(archive.current())
    assert concepts.asked == ["The tide"]
    with CaptureQueriesContext(connection) as queries:
        assert similarity.similar_to(post.pk, 5) == []
    assert not [query for query in queries if "search_embedding" in query["sql"]]
    settings.LINKLOG_EMBEDDING_MODEL = "nobodys"
    with pytest.raises(KeyError):
        similarity.make_ready(archive.current())


def test_a_question_is_put_to_the_model_once(concepts: Concepts) -> None:
    note("The tide")
    embed()
    for address in ("q=ocean", "q=ocean&page=1", "q=ocean&type=note", "q=Ocean"):
        assert found(address).similar
    assert concepts.asked.count("ocean") == 1


def test_a_model_that_fails_leaves_search_to_words_and_is_told_of_once(
    concepts: Concepts, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up() -> None:
        raise ConnectionError("no route")

    post = note("The tide")
    embed()
    concepts.before = give_up
    monkeypatch.setattr(embedding_models, "PAUSE", 0)
    with caplog.at_level(logging.WARNING):
        for query in ("ocean", "harbour", "water"):
            assert found(f"q={query}").similar == []
        assert found("q=tide").keys == [post.pk]
    assert [record.getMessage() for record in caplog.records] == [
        "Search goes by words alone for now. The embedding model concepts gave up: no route"
    ]
    concepts.before = lambda: None
    assert found("q=ocean").similar == [post.pk]


def test_a_model_that_failed_is_left_alone_for_a_while(concepts: Concepts) -> None:
    asked = []

    def give_up() -> None:
        asked.append(1)
        raise ConnectionError

    note("The tide")
    embed()
    concepts.before = give_up
    for query in ("ocean", "harbour", "water"):
        found(f"q={query}")
    assert len(asked) == 1


def test_an_answer_given_while_the_model_failed_is_not_kept(concepts: Concepts, client: Client) -> None:
    def give_up() -> None:
        raise ConnectionError

    note("The tide")
    embed()
    concepts.before = give_up
    assert "similar" not in client.get("/search.json?q=ocean").json()
    concepts.before = lambda: None
    embedding_models.forget()
    assert "similar" in client.get("/search.json?q=ocean").json()


def test_a_model_that_takes_too_long_is_not_waited_for(concepts: Concepts, monkeypatch: pytest.MonkeyPatch) -> None:
    post = note("The tide")
    embed()
    answer_now = threading.Event()
    concepts.before = lambda: answer_now.wait(60)
    monkeypatch.setattr(embedding_models, "SECONDS", 0.01)
    outcome = found("q=ocean+OR+tide")
    answer_now.set()
    assert (outcome.keys, outcome.similar) == ([post.pk], [])


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("tide", ""), ("tide tag:sea", "tag:sea"), ("tide -clock", "-clock"), ("tide OR tag:sea", ""),
        ("tide (year:2004 OR year:2005)", "year:2004 OR year:2005"),
        ('"low tide" -(clock OR tag:x) has:code', "-(clock OR tag:x) has:code"),
        ("(tide tag:a) OR (sea tag:b)", "tag:a OR tag:b"), ("tide* AND NOT clock", "-clock"),
    ],
)  # fmt: skip
def test_what_a_query_asks_beside_words(text: str, rest: str) -> None:
    assert similarity.without_words(parse(text).node) == parse(rest).node
