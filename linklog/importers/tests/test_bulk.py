"""Importing again and again: the same posts once, edits here kept, addresses held."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from linklog import publishing
from linklog.importers.tests.feeds import HOME, atom, atom_entry, counts, imported, json_feed, json_item, rss
from linklog.pages.models import Redirect
from linklog.posts.models import Post, Reference, Revision, Tag
from linklog.site.models import Site

pytestmark = pytest.mark.django_db


def get(**which: Any) -> Post:
    return Post.objects.with_parts().get(**which)


def test_importing_twice_changes_nothing_at_all() -> None:
    feed = json_feed(json_item(1), json_item(2, tags=["tides", "clocks"]), json_item(3))
    assert counts(imported(feed)) == (3, 0, 0, 0)
    before, version = list(Post.objects.order_by("pk").values()), Site.load().version
    assert counts(imported(feed)) == (0, 0, 3, 0)
    assert list(Post.objects.order_by("pk").values()) == before
    assert Site.load().version == version
    assert not Revision.objects.exists()


def test_what_changed_at_the_source_is_updated_in_place_with_its_history() -> None:
    imported(json_feed(json_item(1)))
    old = get()
    changed = json_item(
        1, title="Spring tides", tags=["springs"], date_modified="2025-01-01T00:00:00Z", url=f"{HOME}/2025/Jan/1/x/"
    )
    assert counts(imported(json_feed(changed))) == (0, 1, 0, 0)
    new = get()
    assert (new.pk, new.code, new.feed_id, new.get_absolute_url()) == (
        old.pk,
        old.code,
        old.feed_id,
        old.get_absolute_url(),
    )
    assert (new.title, [tag.slug for tag in new.tag_list], new.revision) == ("Spring tides", ["springs"], 2)
    assert [revision.data["title"] for revision in Revision.objects.order_by("number")] == ["Post 1", "Spring tides"]
    assert counts(imported(json_feed(changed))) == (0, 0, 1, 0)


def test_a_post_edited_here_is_kept_and_told() -> None:
    imported(json_feed(json_item(1), json_item(2)))
    post = get(slug="post-1")
    post.body = "My own words."
    publishing.save(post)
    tagged = get(slug="post-2")
    publishing.save(tagged, tags=["mine"])
    changed = [json_item(1, title="Other"), json_item(2, title="Other")]
    for feed in (json_feed(json_item(1), json_item(2)), json_feed(*changed)):
        summary = imported(feed)
        assert counts(summary) == (0, 0, 0, 2)
        assert {one["reason"] for one in summary["skipped"]} == {
            "edited here since it was imported; kept as it is here"
        }
    assert get(slug="post-1").body == "My own words."
    assert [tag.slug for tag in get(slug="post-2").tag_list] == ["mine"]


def test_one_post_met_through_two_feeds_is_one_post() -> None:
    first = atom(atom_entry("<p>Low.</p>", fragment="#atom-tag"))
    second = atom(
        atom_entry("<p>Low.</p>", fragment="#atom-everything"), atom_entry("<p>High.</p>", path="/2024/Dec/23/high/")
    )
    assert counts(imported(first)) == (1, 0, 0, 0)
    assert counts(imported(second)) == (1, 0, 1, 0)
    assert counts(imported(rss(f"<item><guid>{HOME}/2024/Dec/22/low-water/</guid><title>Low water</title>"
                               "<pubDate>Sun, 22 Dec 2024 10:00:00 GMT</pubDate><description>&lt;p&gt;Low.&lt;/p&gt;</description></item>"
                               ))) == (0, 0, 1, 0)  # fmt: skip


def test_another_feed_updates_a_post_only_with_a_later_state() -> None:
    imported(
        json_feed(
            json_item(
                1, id=f"{HOME}/2024/Dec/22/low-water/#1", date_published="2024-12-22T10:00:00Z", title="Low water"
            )
        )
    )
    entry = atom_entry("<p>Another rendition.</p>")
    assert counts(imported(atom(entry))) == (0, 0, 1, 0)
    later = entry.replace("<updated>2024-12-22", "<updated>2024-12-23")
    assert counts(imported(atom(later))) == (0, 1, 0, 0)
    assert get().body == "<p>Another rendition.</p>"


CLAIMS = (
    json_item(
        1, id=f"{HOME}/2024/Dec/1/maps/#b1", url=f"{HOME}/2024/Dec/1/maps/", date_published="2024-12-01T08:00:00Z"
    ),
    json_item(
        1,
        id=f"{HOME}/2024/Dec/1/maps/",
        url=f"{HOME}/2024/Dec/1/maps/",
        date_published="2024-12-01T12:00:00Z",
        title="Maps",
    ),
)


@pytest.mark.parametrize("order", [CLAIMS, CLAIMS[::-1]])
def test_two_posts_that_claim_one_address_both_survive_in_any_order(order: tuple[dict[str, Any], ...]) -> None:
    summary = imported(json_feed(*order))
    assert counts(summary) == (2, 0, 0, 0)
    assert summary["renamed"] == [{"from": "/2024/Dec/1/maps/", "to": "/2024/Dec/1/maps-2/"}]
    assert {post.slug for post in Post.objects.all()} == {"maps", "maps-2"}
    for again in (CLAIMS, CLAIMS[::-1], CLAIMS[:1], CLAIMS[1:]):
        assert counts(imported(json_feed(*again))) == (0, 0, len(again), 0)
    other = [item | {"id": f"{HOME}/2024/Dec/1/maps/#other-{number}"} for number, item in enumerate(CLAIMS)]
    assert counts(imported(json_feed(*other))) == (0, 0, 2, 0)


def test_two_posts_with_the_very_same_id_both_survive_if_their_dates_differ() -> None:
    one, two = (json_item(1, date_published=f"2024-12-01T0{hour}:00:00Z", title=f"At {hour}") for hour in (8, 9))
    for feed in (json_feed(one, two), json_feed(two, one), json_feed(two)):
        summary = imported(feed)
        assert (summary["skipped"], Post.objects.count()) == ([], 2)
    assert {post.title for post in Post.objects.all()} == {"At 8", "At 9"}


def test_an_item_that_is_in_the_file_twice_is_imported_once() -> None:
    summary = imported(json_feed(json_item(1), json_item(1), json_item(1, title="Other")))
    assert counts(summary) == (1, 0, 1, 1)
    assert "repeats" in summary["skipped"][0]["reason"]
    assert get().title == "Post 1"


def test_entries_of_one_page_that_differ_in_the_fragment_are_each_a_post() -> None:
    items = [
        json_item(
            1,
            id=f"{HOME}/2003/05/08#i{n}",
            url=f"{HOME}/2003/05/08#i{n}",
            title=f"Item {n}",
            date_published="2003-05-08",
        )
        for n in range(3)
    ]
    assert counts(imported(json_feed(*items))) == (3, 0, 0, 0)
    assert counts(imported(json_feed(*items))) == (0, 0, 3, 0)


def test_a_post_written_here_is_met_again_through_its_own_feed() -> None:
    post = publishing.save(
        Post.kinds["note"](body="Low.", is_draft=False, published=dt.datetime(2024, 12, 1, tzinfo=dt.UTC)),
        tags=["tides"],
    )
    item = json_item(
        1, id=post.feed_id, url=post.absolute_url, title=None, date_published="2024-12-01T00:00:00Z",
        _linklog={"kind": "note", "body": "Low.", "body_format": "markdown"},
    )  # fmt: skip
    assert counts(imported(json_feed(item))) == (0, 0, 1, 0)
    summary = imported(json_feed(item | {"tags": []}))
    assert counts(summary) == (0, 0, 0, 1)
    assert "written here" in summary["skipped"][0]["reason"]


def test_drafts_keep_their_dates_and_are_published_only_when_asked() -> None:
    feed = json_feed(json_item(1), json_item(2, _linklog={"kind": "note", "draft": True}))
    imported(feed, "--draft")
    assert {(post.is_draft, str(post.day)) for post in Post.objects.all()} == {
        (True, "2024-12-01"),
        (True, "2024-12-02"),
    }
    assert counts(imported(feed)) == (0, 0, 2, 0)
    assert not Post.objects.published().exists()
    assert counts(imported(feed, "--publish")) == (0, 2, 0, 0)
    assert [post.get_absolute_url() for post in Post.objects.published().order_by("day")] == [
        "/2024/Dec/1/post-1/",
        "/2024/Dec/2/post-2/",
    ]
    assert counts(imported(feed, "--draft")) == (0, 0, 2, 0)
    assert Post.objects.published().count() == 2


def test_a_draft_of_the_source_stays_one_and_needs_no_date() -> None:
    item = json_item(1, date_published=None, url=None, _linklog={"kind": "blogmark", "draft": True}, title=None)
    assert counts(imported(json_feed(item))) == (1, 0, 0, 0)
    assert get().is_draft
    assert get().kind == "blogmark"
    assert counts(imported(json_feed(item))) == (0, 0, 1, 0)


def test_a_dry_run_writes_nothing_and_tells_just_what_a_run_would_do() -> None:
    imported(json_feed(json_item(1)))
    feed = json_feed(
        json_item(1, title="New"), *CLAIMS, json_item(4), 5, _linklog={"tags": [{"slug": "x", "name": "X"}]}
    )
    before = (
        list(Post.objects.values()),
        list(Tag.objects.values()),
        list(Site.objects.values()),
        Revision.objects.count(),
    )
    told = imported(feed, "--dry-run")
    assert before == (
        list(Post.objects.values()),
        list(Tag.objects.values()),
        list(Site.objects.values()),
        Revision.objects.count(),
    )
    assert imported(feed) == told
    assert counts(told) == (3, 1, 0, 1)


def test_only_as_many_items_as_asked_for() -> None:
    feed = json_feed(*(json_item(number) for number in range(1, 6)))
    assert counts(imported(feed, "--limit", "2")) == (2, 0, 0, 0)
    assert counts(imported(feed, "--limit", "3")) == (1, 0, 2, 0)


def test_an_address_of_another_shape_is_redirected_and_a_redirect_of_ones_own_is_kept() -> None:
    Redirect.objects.create(old_path="/b.html", target="/about/")
    imported(json_feed(json_item(1, url=f"{HOME}/a.html"), json_item(2, url=f"{HOME}/b.html"), home_page_url=HOME))
    assert dict(Redirect.objects.values_list("old_path", "target")) == {
        "/a.html": "/2024/Dec/1/post-1/",
        "/b.html": "/about/",
    }


def test_a_path_of_another_site_is_not_redirected() -> None:
    imported(json_feed(json_item(1, url="https://elsewhere.example/a.html"), home_page_url=HOME))
    assert not Redirect.objects.exists()


def test_links_between_imported_posts_become_references() -> None:
    imported(
        json_feed(json_item(1), json_item(2, content_html=f'<p><a href="{HOME}/2024/Dec/1/post-1/">before</a></p>'))
    )
    assert [reference.target for reference in Reference.objects.all()] == ["2024/Dec/1/post-1"]


def test_thirty_posts_cost_as_many_reads_as_ten() -> None:
    def feed(first: int, count: int) -> str:
        return json_feed(
            *(json_item(n % 28 + 1, id=f"urn:x:{n}", tags=["tides", f"t{n % 3}"]) for n in range(first, first + count))
        )

    imported(feed(0, 3))
    costs = []
    for first, count in ((100, 10), (1000, 30)):
        with CaptureQueriesContext(connection) as queries:
            imported(feed(first, count))
        costs.append([query["sql"][:60] for query in queries if query["sql"].startswith("SELECT")])
    assert len(costs[0]) == len(costs[1])


def test_what_the_database_refuses_is_left_out_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = publishing.add_imported

    def refusing(batch: Any, met: Any) -> Any:
        if any(item.post.title == "Post 2" for item in batch):
            raise IntegrityError("not this one\nDETAIL: x")
        return real(batch, met)

    monkeypatch.setattr(publishing, "add_imported", refusing)
    summary = imported(json_feed(*(json_item(number) for number in range(1, 6))))
    assert counts(summary) == (4, 0, 0, 1)
    assert summary["skipped"][0]["reason"] == "the database refuses it: not this one"
