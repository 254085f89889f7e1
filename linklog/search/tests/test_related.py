"""Posts like a post."""

import datetime as dt

import pytest
from django.test import Client

from linklog.posts.models import Post, Series
from linklog.search import archive as archives
from linklog.search.models import Document
from linklog.search.related import like_text, related, with_key_words
from tests.builders import NOON, make_post

pytestmark = pytest.mark.django_db


def note(slug: str, body: str, days: int = 0, **over) -> Post:
    """A note of a site that has others beside it, so that a word of two notes is rare."""
    return make_post(
        "note", slug=slug, body=body, published=NOON + dt.timedelta(days=days), **{"tags": [], "people": [], **over}
    )


@pytest.fixture(autouse=True)
def _others() -> None:
    for number in range(12):
        note(f"other-{number}", f"Nothing word{number} of that name{number}.", -100 - number)


def like(post: Post, number: int = 9) -> list[Post]:
    """The posts that are said to be like `post`, by the words of its document as it stands."""
    key_words = with_key_words(Post.objects.filter(pk=post.pk)).get().key_words
    found = Post.objects.in_bulk(related(post.pk, key_words, number))
    return [found[key] for key in related(post.pk, key_words, number)]


def test_posts_with_rare_words_in_common_are_related_the_most_first() -> None:
    post = note("post", "Barometer and sextant in the lighthouse.")
    one = note("one", "A barometer.", 4)
    three = note("three", "The sextant, the barometer, the lighthouse.", 5)
    two = note("two", "Lighthouse without a sextant.", 6)
    note("none", "A compass.", 7)
    assert like(post) == [three, two, one]
    assert like(post, 2) == [three, two]


def test_a_word_in_the_title_counts_for_more() -> None:
    post = note("post", "Of a barometer.")
    named = note("named", "It.", -9, title="The barometer")
    said = note("said", "A barometer.", 9)
    assert like(post) == [named, said]


def test_tags_and_credits_relate_and_what_many_posts_hold_does_not() -> None:
    post = note("post", "One.", tags=["tides"], people=["Ada Bell"])
    both = note("both", "Two.", -2, tags=["tides"], people=["Ada Bell"])
    tagged = note("tagged", "Three.", -1, tags=["tides"])
    assert like(post) == [both, tagged]
    assert like(note("nothing", "Nothing of that.")) == []


def test_nobody_sees_drafts_scheduled_posts_or_the_series_among_related_posts(client: Client) -> None:
    series = Series.objects.create(name="Tides")
    post = note("post", "A barometer.", series=series)
    note("mate", "A barometer.", 1, series=series)
    note("draft", "A barometer.", 2, is_draft=True)
    note("scheduled", "A barometer.", 40_000)
    shown = note("shown", "A barometer.", 3)
    assert like(post) == [shown]
    assert client.get(post.get_absolute_url()).context["related"] == [shown]
    shown.is_draft = True
    Post.objects.filter(pk=shown.pk).update(is_draft=True)  # which memory has not heard of
    assert client.get(post.get_absolute_url()).context["related"] == []


def test_a_post_written_by_another_process_has_related_posts_at_once() -> None:
    old = note("old", "A barometer.", -1)
    archives.current()
    post = note("post", "The barometer.")
    assert like(post) == [old]


def test_a_post_that_the_index_does_not_know_yet_is_shown_without_related_posts(client: Client) -> None:
    post = note("post", "A barometer.")
    note("old", "A barometer.", -1)
    Document.objects.filter(pk=post.pk).delete()
    response = client.get(post.get_absolute_url())
    assert (response.status_code, response.context["related"]) == (200, [])


def test_it_takes_one_query(django_assert_num_queries) -> None:
    post = note("post", "Barometer and sextant.", tags=["tides"], people=["Ada Bell"])
    note("old", "Barometer and sextant.", -1, tags=["tides"], people=["Ada Bell"])
    archives.current()
    with django_assert_num_queries(1):
        assert related(post.pk, ["baromet", "sextant"], 5)


def test_posts_are_found_that_are_like_a_text_which_is_no_post_yet() -> None:
    one = note("one", "A barometer.", 4)
    three = note("three", "The sextant, the barometer, the lighthouse.", 5)
    note("draft", "Barometer, sextant, lighthouse.", 6, is_draft=True)
    text = "Barometers are read in a lighthouse beside the sextant. " + "Nothing of that. " * 50
    found = like_text(text, 5)
    assert [key for key, _score in found] == [three.pk, one.pk]
    assert found[0][1] > found[1][1] > 0
    assert [key for key, _score in like_text(text, 5, leave_out=[three.pk])] == [one.pk]
    assert like_text("", 5) == like_text("Zzyzx unheard of.", 5) == []


def test_the_tags_that_a_text_shall_have_count_too() -> None:
    tagged = note("tagged", "Else.", tags=["Tide Clocks"])
    assert [key for key, _score in like_text("", 5, tags=["tide clocks", "unknown"])] == [tagged.pk]


def test_a_text_of_any_length_takes_few_queries(django_assert_num_queries) -> None:
    note("one", "A barometer.", tags=["tides"])
    archives.current()
    with django_assert_num_queries(4):
        like_text(" ".join(f"barometer{number} barometer" for number in range(3_000)), 5, tags=["tides"])
