"""Lists from memory hold what the database would list, in its order, and count it."""

import datetime as dt
import re
from collections import Counter

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from linklog.posts.models import KINDS, Person, Post, Series, Tag
from linklog.posts.paging import page_of
from linklog.search import archive as archives
from linklog.search import lists
from tests.builders import NOON, make_archive, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts() -> list[Post]:
    """Public posts, and drafts and scheduled ones that share what they have."""
    series = Series.objects.create(name="Tides")
    shown = make_archive(24, series)
    soon = timezone.now() + dt.timedelta(hours=1)
    for kind in KINDS:
        make_post(kind, slug="draft", tags=["tides", "only-hidden"], people=["Ada Bell", "Hidden"], is_draft=True)
        make_post(kind, slug=f"soon-{kind}", tags=["tides"], people=["Ada Bell"], published=soon)
    return shown


def walked(path: str, client: Client) -> list[Post]:
    """The posts of every page of a list, in order."""
    found, at = [], path
    for _page in range(9):
        page = client.get(at).context["page"]
        found += page.posts
        if not page.next_query:
            return found
        at = path + page.next_query
    raise AssertionError(f"{path} does not end")


@pytest.mark.parametrize("path", ["/tags/tides/", "/tags/tides+tag-3/", "/credits/ada-bell/", "/2024/Dec/", "/notes/"])
def test_a_list_is_what_the_database_lists_from_its_first_page_to_its_last(
    path: str, posts: list[Post], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists.page_of, "__defaults__", (4,))
    monkeypatch.setattr("linklog.posts.views.archive.MONTH_PAGE_SIZE", 4)
    public = Post.objects.published().newest_first()
    wanted = {
        "/tags/tides/": public.tagged("tides"),
        "/tags/tides+tag-3/": public.tagged("tides", "tag-3"),
        "/credits/ada-bell/": public.credited_to("ada-bell"),
        "/2024/Dec/": public.in_month(2024, 12),
        "/notes/": public.of_kind("note"),
    }[path]
    assert walked(path, client) == list(wanted)
    assert client.get(path).context["total"] == len(wanted)


@pytest.mark.parametrize(
    "before", ["2024-12-20", "2024-12-20T12:00:00Z", "2024-12-20T12:00:00.5Z", "0001-01-01", "9999-12-31", "x"]
)
def test_a_page_begins_where_the_database_would_begin_it(before: str, posts: list[Post], rf: RequestFactory) -> None:
    request = rf.get("/tags/tides/", {"before": before})
    fixed = lists.of_tags([Tag.objects.get(slug="tides").pk])
    assert lists.page_of(request, archives.current(), fixed) == page_of(
        request, Post.objects.published().tagged("tides")
    )


def test_posts_of_one_second_are_shown_once_each_whatever_their_microseconds(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists.page_of, "__defaults__", (2,))
    made = [
        make_post("note", slug=f"n-{number}", tags=["a"], published=NOON.replace(microsecond=microsecond))
        for number, microsecond in enumerate((7, 0, 999_999, 500_000, 7))
    ]
    found = walked("/tags/a/", client)
    assert len(found) == len(made)
    assert set(found) == set(made)


def test_counts_beside_a_list_are_those_of_its_public_posts(posts: list[Post]) -> None:
    archive = archives.current()
    ada = Person.objects.get(slug="ada-bell")
    counts = lists.counts_of(archive, lists.of_person(ada.pk))
    assert counts.total == len(posts)
    assert dict(counts.kinds) == Counter(post.kind for post in posts)
    assert dict(counts.years) == Counter(str(post.day.year) for post in posts if post.day)
    tags = Counter(tag.pk for post in posts for tag in post.tag_list)
    assert counts.tags[0] == (Tag.objects.get(slug="tides").pk, len(posts))
    assert [n for _key, n in counts.tags] == [n for _key, n in tags.most_common(lists.TAGS)]
    assert all(tags[key] == n for key, n in counts.tags)


def test_labels_in_use_are_counted_and_those_of_hidden_posts_alone_are_not_there(posts: list[Post]) -> None:
    archive = archives.current()
    tags = {used.label.slug: used.n for used in lists.used(archive, "tag", Tag.objects.all())}
    assert tags == Counter(tag.slug for post in posts for tag in post.tag_list)
    people = lists.used(archive, "credit", Person.objects.all())
    assert {used.label.slug: used.n for used in people} == Counter(
        person.slug for post in posts for person in post.credited
    )
    [series] = lists.used(archive, "series", Series.objects.all())
    assert (series.n, series.latest) == (len(posts), posts[0].published)
    assert lists.most_used(archive, "tag", 1) == [Tag.objects.get(slug="tides").pk]


def test_counts_follow_every_write_and_are_made_once_between_two(posts: list[Post]) -> None:
    fixed = lists.of_kind("note")
    before = lists.counts_of(archives.current(), fixed)
    assert lists.counts_of(archives.current(), fixed) is before
    make_post("note", slug="one-more")
    assert lists.counts_of(archives.current(), fixed).total == before.total + 1


def test_days_of_a_month_are_counted(posts: list[Post]) -> None:
    found = lists.days_of(archives.current(), lists.of_month(2024, 12))
    assert found == Counter(post.day for post in posts if post.day and (post.day.year, post.day.month) == (2024, 12))
    assert lists.days_of(archives.current(), lists.of_month(1999, 1)) == {}


def test_what_stands_beside_a_list_leads_to_the_search_that_counts_the_same(posts: list[Post], client: Client) -> None:
    for path in ("/notes/", "/tags/tides/", "/credits/ada-bell/", "/2024/Dec/"):
        context = client.get(path).context
        assert client.get(context["search_url"]).context["count_line"].startswith(f"{context['total']} ")
        for value in [value for group in context["groups"] for value in group.values]:
            assert client.get(value.url).context["count_line"].split()[0] == str(value.n), value.url


def test_a_list_of_four_tags_offers_no_address_that_would_be_refused(client: Client) -> None:
    for kind in KINDS:
        make_post(kind, tags=["a", "b", "c", "d", "e"], slug=f"n-{kind}")
    context = client.get("/tags/a+b+c+d/").context
    assert context["related"] == []
    assert [value.url for group in context["groups"] for value in group.values] == [""] * len(KINDS)
    assert [tag.slug for tag, _n in client.get("/tags/a+b+c/").context["related"]] == ["d", "e"]


def test_links_that_narrow_are_for_readers_not_for_crawlers(posts: list[Post], client: Client) -> None:
    for path in ("/notes/", "/tags/tides/", "/credits/ada-bell/", "/2024/Dec/"):
        links = re.findall(r'<a [^>]*href="/search/\?[^>]*>', client.get(path).content.decode())
        assert links
        assert all('rel="nofollow"' in link for link in links), path


def test_what_every_post_of_a_list_has_does_not_narrow_it(client: Client) -> None:
    for number in range(3):
        make_post("note", slug=f"n-{number}", tags=["a", "b"][: 1 + number % 2])
    [tags] = client.get("/notes/").context["groups"]
    assert [(value.label, value.n) for value in tags.values] == [("b", 1)]
