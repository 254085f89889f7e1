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


def test_related_posts_share_tags_the_most_first() -> None:
    post = note("post", tags=["a", "b", "c"])
    one = note("one", -40, tags=["a"])
    three = note("three", -50, tags=["c", "b", "a"])
    two = note("two", -60, tags=["a", "b", "x"])
    note("none", -70, tags=["x"])
    note("hidden", -80, tags=["a", "b", "c"], is_draft=True)
    assert surroundings(post).related == [three, two, one]
    for number in range(9):
        note(f"more-{number}", -90 - number, tags=["a"])
    assert len(surroundings(post).related) == RELATED


def test_a_series_is_shown_whole_and_in_its_order() -> None:
    series = Series.objects.create(name="Tides")
    third = note("c", 0, series=series)
    first = note("a", 2, series=series, series_position=1)
    second = note("b", 1, series=series, series_position=2)
    note("hidden", 3, series=series, is_draft=True)
    assert surroundings(second).series_posts == [first, second, third]
    assert surroundings(note("alone")).series_posts == []


def test_who_refers_is_no_related_post_besides() -> None:
    post = note("post", tags=["a"])
    referring = note("referring", 9, tags=["a"], body="[x](/2024/Dec/22/post/)")
    around = surroundings(post)
    assert around.backlinks == [referring]
    assert around.related == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_takes_two_queries_and_no_text_is_loaded(kind: str, django_assert_num_queries) -> None:
    series = Series.objects.create(name="Tides")
    for number in range(12):
        make_post(
            kind, slug=f"n-{number}", tags=["a", "b"], people=["Ada Bell"], series=series, body="[x](/2024/Dec/22/n-3/)"
        )
    post = Post.objects.with_parts().get(slug="n-3")
    with django_assert_num_queries(2):
        around = surroundings(post)
        assert all(str(other) for other in [*around.series_posts, *around.backlinks])
    assert all("body" in other.get_deferred_fields() for other in around.series_posts if other != post)
