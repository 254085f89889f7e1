"""What stands around a post on its page."""

import datetime as dt
import itertools

import pytest
from django.utils import timezone

from linklog.posts.models import KINDS, Post, Series
from linklog.posts.surroundings import RELATED, surroundings
from tests.builders import NOON, make_post

pytestmark = pytest.mark.django_db


def note(slug: str, days: float = 0, **over) -> Post:
    return make_post("note", slug=slug, published=NOON + dt.timedelta(days=days), **{"tags": [], **over})


def test_previous_and_next_are_the_nearest_in_time() -> None:
    first, middle, last = note("a", -5), note("b"), note("c", 5)
    note("hidden-before", -1, is_draft=True)
    make_post("note", slug="scheduled", published=timezone.now() + dt.timedelta(days=1))
    around = surroundings(middle)
    assert (around.previous, around.next) == (first, last)
    assert (surroundings(first).previous, surroundings(last).next) == (None, None)


def test_posts_of_one_second_have_an_order_too() -> None:
    posts = [note(f"n-{number}") for number in range(4)]
    for before, after in itertools.pairwise(posts):
        assert surroundings(before).next == after
        assert surroundings(after).previous == before


def test_related_posts_are_those_given_in_their_order_and_no_more_than_fit() -> None:
    post, draft = note("post"), note("hidden", -1, is_draft=True)
    others = [note(f"n-{number}", -2 - number) for number in (3, 1, 4, 2, 5, 0)]
    given = [draft.pk, *(other.pk for other in others)]
    assert surroundings(post, given).related == others[:RELATED]
    assert surroundings(post).related == []


def test_a_series_is_shown_whole_and_in_its_order() -> None:
    series = Series.objects.create(name="Tides")
    third = note("c", 0, series=series)
    first = note("a", 2, series=series, series_position=1)
    second = note("b", 1, series=series, series_position=2)
    note("hidden", 3, series=series, is_draft=True)
    assert surroundings(second).series_posts == [first, second, third]
    assert surroundings(note("alone")).series_posts == []


def test_who_refers_or_is_of_the_series_is_no_related_post_besides() -> None:
    series = Series.objects.create(name="Tides")
    post = note("post", series=series)
    referring = note("referring", 9, body="[x](/2024/Dec/22/post/)")
    mate = note("mate", -9, series=series)
    around = surroundings(post, [referring.pk, mate.pk])
    assert around.backlinks == [referring]
    assert around.series_posts == [mate, post]
    assert around.related == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_takes_two_queries_and_no_text_is_loaded(kind: str, django_assert_num_queries) -> None:
    series = Series.objects.create(name="Tides")
    for number in range(12):
        make_post(
            kind, slug=f"n-{number}", tags=["a", "b"], people=["Ada Bell"], series=series, body="[x](/2024/Dec/22/n-3/)"
        )
    post = Post.objects.with_tags().get(slug="n-3")
    alone = make_post(kind, slug="alone", people=["Ada Bell"])
    with django_assert_num_queries(2):
        around = surroundings(post, [alone.pk])
        shown = [*around.series_posts, *around.backlinks, *around.related]
        assert all(other.display_title and other.credited for other in shown)
    assert alone in shown
    assert all("body" in other.get_deferred_fields() for other in shown if other != post)
