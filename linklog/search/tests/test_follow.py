"""The index follows every write, within its transaction; the memory of each process follows the index."""

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from linklog import publishing
from linklog.core.vendor_sql import integers
from linklog.importers.tests.feeds import imported, json_feed, json_item
from linklog.ops.tests.sites import PROGRAM, OwnSite, new_site
from linklog.posts.models import Note, Person, Post, Series, Tag
from linklog.search import archive as archives
from linklog.search import index
from linklog.search.archive import FOLLOW_AT_MOST, Archive
from linklog.search.engine import search
from linklog.search.models import Change, Document, Facts, KnownWord, LinkedSite, Posting
from linklog.search.request import Request
from linklog.search.tests.varied import FAR, VOCABULARY
from linklog.search.tests.whole import assert_whole, found, state
from linklog.site.models import Site
from tests.builders import NOON, make_archive, make_post

__all__ = ["new_site"]
pytestmark = pytest.mark.django_db
TABLES = (Document, Facts, Posting, KnownWord, LinkedSite, Change)


def test_a_new_post_is_found_by_every_text_it_has() -> None:
    series = Series.objects.create(name="Serial")
    post = make_post("quotation", title="Headline", body="Bodily", context="Contextual", via_title="Viaduct",
                     link_url="https://www.linked.example/pathway", via_url="https://via.example/", tags=["Tagged"],
                     people=["Person Credited"], series=series)  # fmt: skip
    for word in (
        "headline",
        "bodily",
        "contextual",
        "linked",
        "pathway",
        "viaduct",
        "tagged",
        "credited",
        '"person credited"',
        "serial",
    ):
        assert found(word) == {post.pk}, word
    for text in ("tag:tagged", "type:quotation", "credit:person-credited", "site:linked.example", "series:serial", "year:2024",
                 "month:12", "from:2024-12-22 to:2024-12-22", "has:via"):  # fmt: skip
        assert found(text) == {post.pk}, text
    assert_whole()


def test_an_edit_is_found_by_its_new_words_and_not_by_its_old_ones() -> None:
    post, other = make_post("note", body="Spring tide"), make_post("note", body="Neap tide", slug="other")
    archives.current()
    post.body = "> Ebb\n\n`code`"
    publishing.save(post, tags=["Renewed"], people=["New Person"])
    assert (found("spring"), found("tide"), found("ebb")) == (set(), {other.pk}, {post.pk})
    assert found("has:quote has:code tag:renewed author:new-person") == {post.pk}
    assert found("tag:tides") == {other.pk}
    assert_whole()


def test_publishing_and_unpublishing_show_and_hide() -> None:
    post = make_post("note", body="Spring tide", is_draft=True, published=None)
    assert found("spring") == set()
    assert found("spring is:draft", is_author=True) == {post.pk}
    publishing.publish(post)
    assert found("spring") == {post.pk}
    publishing.unpublish(post)
    assert found("spring") == set()
    assert_whole()


def test_a_scheduled_post_appears_when_its_time_comes_without_any_write() -> None:
    soon = timezone.now().replace(microsecond=0) + dt.timedelta(hours=1)
    posts = [make_post("note", body="Spring tide", published=soon + dt.timedelta(hours=hours)) for hours in (0, 0, 2)]
    assert found("spring") == set()
    generation = archives.current().generation
    with time_machine.travel(soon - dt.timedelta(seconds=1), tick=False):
        assert found("spring") == set()
        assert archives.current().generation == generation
    with time_machine.travel(soon, tick=False):
        assert found("spring") == {post.pk for post in posts[:2]}
        assert archives.current().generation > generation
        assert_whole()
    with time_machine.travel(soon + dt.timedelta(hours=2), tick=False):
        assert found("spring") == {post.pk for post in posts}


def test_a_post_that_is_scheduled_anew_comes_at_its_new_time() -> None:
    soon = timezone.now().replace(microsecond=0) + dt.timedelta(hours=1)
    post, dropped = (make_post("note", body=f"Spring tide {slug}", published=soon, slug=slug) for slug in "ab")
    archives.current()
    publishing.publish(post, soon + dt.timedelta(hours=5))
    publishing.unpublish(dropped)
    archives.current()
    with time_machine.travel(soon + dt.timedelta(hours=1), tick=False):
        assert found("spring") == set()
    with time_machine.travel(soon + dt.timedelta(hours=6), tick=False):
        assert found("spring") == {post.pk}
        assert_whole()


def test_a_deleted_post_is_forgotten() -> None:
    post, other = make_post("note", body="Spring tide"), make_post("note", body="Neap tide", slug="other")
    archives.current()
    publishing.delete(post)
    assert (found("tide"), found("spring"), found("tag:tides"), found("-spring")) == (
        {other.pk},
        set(),
        {other.pk},
        {other.pk},
    )
    assert archives.current().counts("tag", archives.keys_of(archives.current().public)).max() == 1
    assert_whole()


def test_a_beginning_longer_than_the_stem_finds_the_word() -> None:
    post = make_post("note", body="Programming with relays")
    assert [found(q) for q in ("progra*", "programm*", "programmi*", "programming*", "programminx*")] == [
        {post.pk}
    ] * 4 + [set()]


@pytest.mark.parametrize(("model", "field"), [(Tag, "tag"), (Person, "credit"), (Series, "series")])
def test_a_renamed_label_is_found_by_its_new_name(model: type[Tag | Person | Series], field: str) -> None:
    series = Series.objects.create(name="Oldname")
    post = make_post("note", tags=["Oldname"] if model is Tag else [], people=["Oldname"] if model is Person else [],
                     series=series if model is Series else None)  # fmt: skip
    assert found("oldname") == {post.pk}
    label = model.objects.get(name="Oldname")
    label.name = "Newname"
    publishing.save_label(label)
    assert (found("oldname"), found("newname"), found(f"{field}:oldname")) == (set(), {post.pk}, {post.pk})
    label.slug = "newname"
    publishing.save_label(label)
    assert (found("", **{field: "oldname"}), found("", **{field: "newname"})) == (set(), {post.pk})
    assert search(Request()).facets[field] == [("newname", 1)]
    label.slug = "newest"
    publishing.save_label(label)
    assert search(Request()).facets[field] == [("newest", 1)]
    assert_whole()
    publishing.delete_label(label)
    assert (found("newname"), found("", **{field: "newest"}), found("low")) == (set(), set(), {post.pk})
    assert_whole()


def test_an_import_is_found_and_so_is_its_next_version() -> None:
    old = json_feed(json_item(1, content_html="<p>Spring tide</p>", tags=["Before"]), json_item(2))
    new = json_feed(json_item(1, content_html="<p>Neap tide</p>", tags=["After"]), json_item(2))
    imported(old)
    [first] = found("spring")
    assert found("tag:before") == {first}
    imported(old)
    imported(new)
    assert (found("spring"), found("neap"), found("tag:before"), found("tag:after")) == (set(), {first}, set(), {first})
    assert_whole()


def test_a_dry_run_of_an_import_leaves_no_trace() -> None:
    make_post("note")
    before = traces()
    imported(json_feed(json_item(1, content_html="<p>Qwertz</p>", tags=["Dry"])), "--dry-run")
    assert traces() == before
    assert found("qwertz") == set()


def test_rendering_anew_is_followed() -> None:
    post = make_post("note", body="Spring *tide*")
    Post.objects.filter(pk=post.pk).update(body="Neap *tide*")
    assert found("spring") == {post.pk}
    publishing.rerender(Post.objects.all())
    assert (found("spring"), found("neap")) == (set(), {post.pk})
    assert_whole()


def traces() -> dict[str, list[Any]]:
    """Every row of the index."""
    return {model.__name__: [[bytes(value) if isinstance(value, memoryview) else value for value in row]
            for row in model._default_manager.order_by("pk").values_list()] for model in TABLES}  # fmt: skip


class Undone(Exception):
    """Ends a transaction."""


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written within comes to nothing."""
    with suppress(Undone), transaction.atomic():
        yield
        raise Undone


WRITES: dict[str, Callable[[Post], object]] = {
    "save": lambda post: make_post("note", body="Qwertz", slug="new", tags=["New"], link_url="https://new.example/"),
    "edit": lambda post: publishing.save(_with_body(post, "Qwertz"), tags=["New"]),
    "unpublish": publishing.unpublish,
    "delete": publishing.delete,
    "rename": lambda post: publishing.save_label(Tag(pk=Tag.objects.get(slug="tides").pk, name="Qwertz", slug="tides")),
    "delete a tag": lambda post: publishing.delete_label(Tag.objects.get(slug="tides")),
    "import": lambda post: imported(json_feed(json_item(1, content_html="<p>Qwertz</p>", tags=["New"]))),
}


def _with_body(post: Post, body: str) -> Post:
    post.body = body
    return post


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_write_that_is_taken_back_leaves_no_trace(write: Callable[[Post], object]) -> None:
    post = make_post("note", body="Spring tide")
    before = traces()
    with taken_back():
        write(post)
        assert traces() != before
    assert traces() == before
    assert found("spring tag:tides") == {post.pk}
    assert_whole()


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_write_that_fails_at_its_very_end_leaves_no_trace(
    write: Callable[[Post], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last thing that each write does is to count up the site's version: the index came before, in the same transaction."""

    def fail() -> None:
        assert traces() != before
        raise Undone

    post = make_post("note", body="Spring tide")
    before = traces()
    monkeypatch.setattr(Site, "touch", fail)
    with pytest.raises(Undone):
        write(post)
    assert traces() == before
    assert found("spring") == {post.pk}


def test_a_reader_keeps_the_archive_it_has_while_others_write() -> None:
    post = make_post("note", body="Spring tide")
    held = archives.current()
    before = state(held)
    publishing.unpublish(post)
    make_post("note", body="Neap tide", slug="other", tags=["New"])
    after = archives.current()
    assert state(held) == before != state(after)
    assert after.generation > held.generation
    assert archives.current() is after


def test_more_posts_than_there_is_room_for_are_followed() -> None:
    last = Note(pk=archives.current().size + 50_000, body="Spring tide", is_draft=False)
    last.save(force_insert=True)
    publishing.save(last, tags=["far"])
    assert found("spring tag:far") == {last.pk}
    assert_whole()


def test_posts_that_come_while_everything_is_read_are_followed_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    make_archive(3)
    come: list[Post] = []

    def slowly(*arguments: Any) -> Any:
        if not come:
            come.extend(make_post("note", body="Spring tide", slug=f"come-{number}") for number in range(3))
        return integers(*arguments)

    monkeypatch.setattr(archives, "_SPARE", 0)
    monkeypatch.setattr(archives, "integers", slowly)
    Archive().followed()
    assert come
    assert found("spring") == {post.pk for post in come}
    assert_whole()


def test_who_is_far_behind_reads_everything_anew() -> None:
    posts = make_archive(4)
    behind = archives.current()
    for _time in range(FOLLOW_AT_MOST // len(posts) + 1):
        index.update(post.pk for post in posts)
    new = make_post("note", body="Spring tide")
    assert Change.objects.filter(pk__gt=behind.seen[0]).count() > FOLLOW_AT_MOST
    assert state(behind.followed()) == state(Archive().followed())
    assert new.pk in behind.followed().public


def test_who_is_as_far_behind_as_may_be_follows() -> None:
    posts = make_archive(4)
    behind = archives.current()
    for _time in range(FOLLOW_AT_MOST // len(posts)):
        index.update(post.pk for post in posts)
    publishing.unpublish(posts[0])
    Change.objects.filter(pk=Change.objects.filter(pk__gt=behind.seen[0]).order_by("pk").first().pk).delete()
    assert posts[0].pk not in behind.followed().public
    assert state(behind.followed()) == state(Archive().followed())


def test_old_changes_go_and_who_saw_only_them_reads_everything_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "KEPT_CHANGES", 5)
    make_archive(3)
    behind = archives.current()
    for _time in range(3):
        index.update(Post.objects.values_list("pk", flat=True))
    publishing.unpublish(Post.objects.newest_first().first())
    assert Change.objects.count() == 5
    assert not Change.objects.filter(pk=behind.seen[0]).exists()
    assert state(behind.followed()) == state(Archive().followed())


def test_memory_follows_a_database_that_was_put_back() -> None:
    post = make_post("note", body="Spring tide")
    make_post("note", body="Neap tide", slug="other")
    Post.objects.filter(pk=post.pk).update(is_draft=True)  # another history of the same posts, with changes of its own
    ahead = archives.current()
    Facts.objects.filter(pk=post.pk).update(flags=1)
    publishing.replaced()
    assert post.pk in ahead.public
    assert post.pk not in ahead.followed().public
    assert state(ahead.followed()) == state(Archive().followed())


def test_an_archive_without_posts_finds_nothing() -> None:
    assert found("") == found("a -b") == found("-a") == found("year:2024") == found('"a b"') == found("a*") == set()
    assert_whole()


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_holds_no_phrases() -> None:
    make_post("note", body="Spring tide")
    call_command("flush", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM search_match")
        assert cursor.fetchone() == (0,)
    post = make_post("note", body="Neap tide")
    assert (found('"spring tide"'), found('"neap tide"')) == (set(), {post.pk})
    assert_whole()


READER = """
from linklog.search import archive as archives
from linklog.search.tests.whole import found, state
import json
for line in sys.stdin:
    same = state(archives.current()) == state(archives.Archive().followed())
    print(json.dumps([sorted(found(line.strip())), same]), flush=True)
"""
WRITER = """
from linklog import publishing
from linklog.posts.models import Note, Post
from linklog.search.archive import FOLLOW_AT_MOST
from linklog.search.models import Change
new = publishing.save(Note(body='Spring tide', is_draft=False), tags=['tides'])
"""


class Reader:
    """A process that searches, and keeps what it knows from one search to the next."""

    def __init__(self, site: OwnSite) -> None:
        command = [sys.executable, "-c", PROGRAM + READER]
        self.process = subprocess.Popen(
            command, env=site.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def finds(self, q: str) -> list[int]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{q}\n")
        self.process.stdin.flush()
        keys, is_as_read_anew = json.loads(self.process.stdout.readline())
        assert is_as_read_anew
        return keys

    def stop(self) -> None:
        self.process.communicate(timeout=60)


@pytest.mark.django_db(transaction=True)
def test_a_write_of_another_process_is_seen_at_the_next_search(new_site: Callable[..., OwnSite]) -> None:
    site = new_site()
    site.linklog("migrate", "-v0")
    reader = Reader(site)
    try:
        assert reader.finds("spring") == []
        site.python(WRITER)
        assert len(reader.finds("spring tag:tides")) == 1
        site.python(WRITER + "publishing.unpublish(new); publishing.delete(Post.objects.order_by('pk').first())")
        assert reader.finds("spring") == []
        assert reader.finds("tides") == []
        site.python(WRITER + "Change.objects.bulk_create([Change(post=new.pk) for _ in range(FOLLOW_AT_MOST + 1)])")
        assert len(reader.finds("spring")) == 1
    finally:
        reader.stop()


# Any sequence of writes ------------------------------------------------------------------------------------------------


class Author:
    """Writes one thing after another, chosen by a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.number = 0
        self.series = [Series.objects.create(name=f"Series {number}") for number in range(3)]

    def text(self) -> str:
        return " ".join(self.random.choices(VOCABULARY, k=self.random.randint(3, 25)))

    def post(self) -> Post:
        posts = list(Post.objects.order_by("pk"))
        return self.random.choice(posts) if posts else self.add()

    def names(self, stem: str) -> list[str]:
        return [f"{stem} {self.random.randrange(8)}" for _ in range(self.random.randrange(4))]

    def add(self) -> Post:
        self.number += 1
        later = [FAR, timezone.now() + dt.timedelta(days=1)]
        published = self.random.choice([NOON, NOON - dt.timedelta(days=400 * self.random.randrange(8)), *later])
        return make_post(
            self.random.choice(["entry", "blogmark", "quotation", "note"]), body=self.text(), published=published,
            slug=f"post-{self.number}", is_draft=self.random.random() < 0.25, tags=self.names("tag"), people=self.names("person"),
            link_url=f"https://site-{self.random.randrange(6)}.example/x", series=self.random.choice([None, *self.series]),
        )  # fmt: skip

    def edit(self) -> None:
        post = self.post()
        post.body, post.via_title = self.text() + self.random.choice(["", "\n\n> said", "\n\n`code`"]), self.text()
        publishing.save(
            post,
            tags=self.random.choice([None, self.names("tag")]),
            people=self.random.choice([None, self.names("person")]),
        )

    def publish(self) -> None:
        when = self.random.choice([None, NOON, FAR, timezone.now() + dt.timedelta(hours=self.random.randrange(1, 90))])
        post = self.post()
        if all(getattr(post, name) for name in post.required):
            publishing.publish(post, when)

    def unpublish(self) -> None:
        publishing.unpublish(self.post())

    def delete(self) -> None:
        publishing.delete(self.post())

    def rename(self) -> None:
        label = self.random.choice([*Tag.objects.all(), *Person.objects.all(), *Series.objects.all()])
        label.name = f"{label.name} {self.text()}"[:100]
        publishing.save_label(label)

    def delete_label(self) -> None:
        labels = [*Tag.objects.all(), *Person.objects.all()]
        if labels:
            publishing.delete_label(self.random.choice(labels))

    def bring_in(self) -> None:
        items = [
            json_item(number, content_html=f"<p>{self.text()}</p>", tags=self.names("tag")) for number in range(1, 4)
        ]
        imported(json_feed(*items))

    def take_back(self) -> None:
        with taken_back():
            self.random.choice([self.add, self.edit, self.delete, self.rename])()

    def write(self) -> None:
        often = [self.add] * 5 + [self.edit] * 4 + [self.publish, self.unpublish] * 3 + [self.delete] * 2
        self.random.choice([*often, self.rename, self.delete_label, self.bring_in, self.take_back])()


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_sequence_of_writes_the_index_says_what_the_posts_say(seed: int) -> None:
    with time_machine.travel(NOON + dt.timedelta(days=9), tick=False) as clock:
        author = Author(seed)
        for number in range(100):
            author.write()
            if number % 3 == 0:
                archives.current()
            if number % 7 == 0:
                clock.shift(dt.timedelta(hours=author.random.randrange(40)))
            if number % 10 == 9:
                assert_whole()
                assert found("") == {post.pk for post in Post.objects.published()}
    assert Note.objects.exists()
