"""What was written before about a page, and near it."""

import datetime as dt
from typing import Any

import pytest

from linklog.accounts.models import Role, User
from linklog.capture.earlier import Earlier, earlier
from linklog.capture.page import Page
from linklog.capture.related import markdown_link, related
from linklog.core.markdown import render
from linklog.posts.models import Post
from linklog.search import archive as archives
from tests.builders import NOON, make_archive, make_post

pytestmark = pytest.mark.django_db

PAGE = "https://clocks.example/tides"


@pytest.fixture
def owner() -> User:
    return User.objects.create_superuser("ada")


def linked(slug: str, url: str, days: int = 0, **over: Any) -> Post:
    fields = {"via_url": "", "via_title": "", "tags": [], "people": [], **over}
    return make_post(slug=slug, link_url=url, published=NOON + dt.timedelta(days=days), **fields)


def found(user: User, url: str = PAGE, authors: tuple[str, ...] = (), via: str = "", code: str = "") -> Earlier:
    return earlier(user, [url], authors, via, code)


def test_the_same_page_is_known_under_every_address_of_it(owner: User) -> None:
    old = linked("old", "http://www.clocks.example/tides/?utm_source=feed")
    assert found(owner).page == [old]
    assert earlier(owner, ["https://else.example/", f"{PAGE}#part"], (), "", "").page == [old]
    assert found(owner, code=old.code).page == []
    assert found(owner).site is None  # it is named once


def test_drafts_about_the_page_are_named_to_those_who_may_see_them(owner: User) -> None:
    mate = User.objects.create_user("grace", role=Role.CONTRIBUTOR)
    draft = linked("draft", PAGE, author=owner, is_draft=True)
    own = linked("own", PAGE, -1, author=mate, is_draft=True)
    assert found(owner).page == [draft, own]
    assert found(mate).page == [own]


def test_the_newest_of_a_site_and_of_each_author_are_named_with_how_many_there_are(owner: User) -> None:
    posts = [
        linked(f"post-{number}", f"https://clocks.example/{number}", number, people=["Ada Bell"]) for number in range(7)
    ]
    linked("scheduled", "https://clocks.example/later", 40_000)
    linked("draft", "https://clocks.example/draft", 8, is_draft=True)
    grace = linked("grace", "https://else.example/", people=["Grace Winter"])
    before = found(owner, authors=("ada bell", "Grace Winter", "Nobody Known"))
    assert before.site is not None
    assert (before.site.posts, before.site.total) == (posts[:1:-1], 7)
    assert before.site.url == "/search/?site=clocks.example"
    assert [(group.label, group.posts, group.total) for group in before.people] == [
        ("Ada Bell", posts[:1:-1], 7),
        ("Grace Winter", [grace], 1),
    ]


def test_what_came_by_way_of_the_same_page_is_named(owner: User) -> None:
    by_way = linked("by-way", "https://a.example/", via_url="https://friend.example/links/")
    itself = linked("itself", "https://friend.example/links", -1)
    linked("other", "https://b.example/", via_url="https://friend.example/other")
    group = found(owner, via="https://friend.example/links").via
    assert group is not None
    assert (group.posts, group.total) == ([by_way, itself], 2)


def test_it_costs_the_same_however_much_there_is(owner: User, django_assert_max_num_queries) -> None:
    make_archive(30)
    authors = ["Ada Bell", *(f"Person {number}" for number in range(7))]
    archives.current()
    with django_assert_max_num_queries(11):
        before = earlier(owner, [PAGE, "https://clocks.example/other"], authors, "https://friend.example/links", "")
    assert before.site is not None
    assert before.via is not None
    assert len(before.people) == 8


def test_posts_near_a_page_are_found_by_its_words_and_its_keywords() -> None:
    for number in range(12):
        linked(
            f"other-{number}",
            f"https://else.example/{number}",
            -number,
            title=f"Of words{number}",
            body=f"More{number}.",
        )
    tides = linked("tides", "https://a.example/", title="The barometer", body="Of a lighthouse.")
    tagged = linked("tagged", "https://b.example/", title="Else", body="Else.", tags=["sextants"])
    known = linked("known", PAGE, title="Barometer", body="Lighthouse.")
    page = Page(PAGE, title="A barometer", text="In a lighthouse.", keywords=["Sextants", "unheard"])
    assert related(page, {known.pk}) == [tides, tagged]
    assert related(Page(PAGE), ()) == []


@pytest.mark.parametrize("title", ["Tides", "a ] b [c](x)", "*stars* and `code`", "<script>x</script>", "back\\slash"])
def test_any_title_becomes_the_words_of_a_link(title: str) -> None:
    html = render(markdown_link(title, "/2024/Dec/22/x/"), doc_id="x").html
    assert html.count("<a ") == 1
    assert "<script" not in html
    assert "<em>" not in html
