"""What follows from a write."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from linklog import publishing
from linklog.pages.models import Page, Redirect
from linklog.posts.models import (
    KINDS,
    Entry,
    Note,
    Person,
    Post,
    PostTag,
    Quotation,
    Reference,
    Revision,
    Series,
    Tag,
    WorkingCopy,
)
from linklog.posts.surroundings import surroundings
from linklog.site.models import Site
from tests.builders import NOON, make_post

pytestmark = pytest.mark.django_db

LATER = dt.datetime(2025, 6, 1, 9, 30, 15, 250_000, tzinfo=dt.UTC)


def redirects() -> dict[str, str]:
    return dict(Redirect.objects.values_list("old_path", "target"))


# Dates and states ------------------------------------------------------------------------------------------------------


def test_publishing_a_draft_dates_it_now() -> None:
    draft = make_post("note", is_draft=True, published=None)
    with time_machine.travel(LATER, tick=False):
        publishing.publish(draft)
    assert draft.is_public
    assert draft.published == draft.updated == LATER.replace(microsecond=0)
    assert draft.day == LATER.date()


def test_publishing_at_a_time_to_come_schedules() -> None:
    with time_machine.travel(LATER, tick=False):
        post = publishing.publish(make_post("note", is_draft=True, published=None), LATER + dt.timedelta(days=2))
        assert post.is_scheduled
        assert not Post.objects.published().exists()
    with time_machine.travel(LATER + dt.timedelta(days=2), tick=False):
        assert Post.objects.published().get() == post
        assert post.updated == post.published


def test_a_post_taken_back_keeps_its_date_and_address() -> None:
    post = make_post("note")
    address = post.address
    publishing.unpublish(post)
    assert not post.is_public
    assert (post.published, post.address) == (NOON, address)
    publishing.publish(post)
    assert (post.published, post.updated, post.address) == (NOON, NOON, address)
    assert redirects() == {}


def test_only_a_real_edit_of_a_public_post_is_an_update() -> None:
    post = make_post("entry")
    with time_machine.travel(LATER, tick=False):
        publishing.save(post, tags=["other"], people=["Someone"])
        post.slug, post.card_image = "other", "/media/x.png"
        publishing.save(post)
        assert post.updated == NOON
        post.body += " More."
        publishing.save(post)
        assert post.updated == LATER.replace(microsecond=0)


def test_what_was_being_written_over_a_post_stays_in_its_history_when_someone_else_saves() -> None:
    post = make_post("note", body="As it was.")
    publishing.keep_working_copy(post, {"kind": "note", "body": "Not saved yet."})
    publishing.unpublish(Post.objects.get())
    assert not WorkingCopy.objects.exists()
    written = Revision.objects.get(data__body="Not saved yet.")
    assert (written.number, written.is_autosave) == (2, True)
    assert publishing.publish(Post.objects.get()).updated == NOON  # for readers never saw it


def test_what_was_being_written_is_kept_once_when_it_is_what_is_saved() -> None:
    post = make_post("note", body="As it was.")
    publishing.keep_working_copy(post, {"kind": "note", "body": "As it will be."})
    post.body = "As it will be."
    assert publishing.save(post).revision == 2
    assert Revision.objects.count() == 2


def test_a_working_copy_after_one_that_was_dropped_is_no_successor_of_it() -> None:
    post = make_post("note")
    dropped = publishing.keep_working_copy(post, {"body": "One."}).number
    publishing.drop_working_copy(post)
    assert publishing.keep_working_copy(post, {"body": "Two."}).number != dropped


@pytest.mark.parametrize("field", ["title", "body", "link_url", "via_url", "via_title", "context", "language"])
def test_each_thing_that_readers_see_counts_as_an_edit(field: str) -> None:
    post = make_post("quotation", title="T")
    setattr(
        post,
        field,
        {"link_url": "https://new.example/", "via_url": "https://new.example/", "language": "sv"}.get(field, "New"),
    )
    with time_machine.travel(LATER, tick=False):
        assert publishing.save(post).updated == LATER.replace(microsecond=0)


def test_editing_what_no_reader_saw_is_no_update() -> None:
    draft = make_post("note", is_draft=True)
    draft.body = "Other words."
    with time_machine.travel(LATER, tick=False):
        publishing.save(draft)
        publishing.publish(draft)
    assert draft.updated == draft.published == NOON


def test_what_was_changed_while_it_was_a_draft_again_is_an_update() -> None:
    post = make_post("note")
    publishing.unpublish(post)
    post.body = "Other words."
    publishing.save(post)
    with time_machine.travel(LATER, tick=False):
        publishing.publish(post)
    assert (post.published, post.updated) == (NOON, LATER.replace(microsecond=0))


def test_updated_is_never_before_published() -> None:
    post = make_post("note")
    post.published = NOON + dt.timedelta(days=30)
    publishing.save(post)
    assert post.updated == post.published


def test_a_change_of_the_time_alone_keeps_day_slug_and_address() -> None:
    post = make_post("note")
    address = post.address
    post.published = NOON + dt.timedelta(hours=3)
    publishing.save(post)
    assert post.address == address
    assert redirects() == {}


def test_a_change_of_the_date_moves_the_post() -> None:
    post = make_post("note", slug="a")
    post.published = NOON + dt.timedelta(days=1)
    publishing.save(post)
    assert post.address == "2024/Dec/23/a"
    assert redirects() == {"/2024/Dec/22/a/": "/2024/Dec/23/a/"}


def test_an_imported_day_is_kept_when_the_zone_would_give_another() -> None:
    post = make_post("note", day=dt.date(2024, 12, 21))
    post.body = "Other."
    assert publishing.save(post).day == dt.date(2024, 12, 21)


# Addresses -------------------------------------------------------------------------------------------------------------


def move(post: Post, slug: str) -> None:
    post.slug = slug
    publishing.save(post)


def test_an_old_address_leads_to_the_new_one_however_often_it_changes(client) -> None:
    post = make_post("note", slug="a")
    move(post, "b")
    move(post, "c")
    assert redirects() == {"/2024/Dec/22/a/": "/2024/Dec/22/c/", "/2024/Dec/22/b/": "/2024/Dec/22/c/"}
    move(post, "a")
    assert redirects() == {"/2024/Dec/22/b/": "/2024/Dec/22/a/", "/2024/Dec/22/c/": "/2024/Dec/22/a/"}
    assert client.get("/2024/Dec/22/a/").status_code == 200
    for old in "bc":
        assert client.get(f"/2024/Dec/22/{old}/").headers["Location"] == "/2024/Dec/22/a/"


@pytest.mark.parametrize("slug", ["é", "a=b;c", "a b", "x%y", "日本語" * 60])
def test_old_addresses_lead_on_whatever_signs_they_hold(client, slug: str) -> None:
    post = make_post("note", slug=slug)
    old = post.get_absolute_url()
    assert client.get(old).status_code == 200
    move(post, "plain")
    assert client.get(old).headers["Location"] == "/2024/Dec/22/plain/"
    move(post, slug)
    assert client.get(old).status_code == 200
    assert client.get("/2024/Dec/22/plain/", follow=True).redirect_chain[-1][1] == 301


def test_an_address_nobody_saw_leaves_no_redirect() -> None:
    draft = make_post("note", is_draft=True, slug="a")
    move(draft, "b")
    scheduled = make_post("note", published=timezone.now() + dt.timedelta(days=1), slug="c")
    move(scheduled, "d")
    assert redirects() == {}


def test_an_address_changed_while_a_draft_again_leads_on() -> None:
    post = make_post("note", slug="a")
    publishing.unpublish(post)
    move(post, "b")
    publishing.publish(post)
    assert redirects() == {"/2024/Dec/22/a/": "/2024/Dec/22/b/"}


def test_two_posts_of_a_day_with_one_slug_are_numbered() -> None:
    assert [make_post("note", slug="a").slug for _ in range(3)] == ["a", "a-2", "a-3"]
    assert make_post("note", slug="a", published=NOON + dt.timedelta(days=1)).slug == "a"
    assert make_post("note", slug="a", is_draft=True).slug == "a-4"


def test_a_numbered_slug_keeps_to_200_characters() -> None:
    slugs = [make_post("note", slug="x" * 200).slug for _ in range(11)]
    assert slugs[1] == "x" * 198 + "-2"
    assert slugs[10] == "x" * 197 + "-11"
    assert len(set(slugs)) == 11


def test_saving_again_does_not_number_again() -> None:
    post = make_post("note", slug="a")
    make_post("note", slug="a")
    assert publishing.save(post).slug == "a"


# References ------------------------------------------------------------------------------------------------------------


def targets() -> list[str]:
    return list(Reference.objects.order_by("pk").values_list("target", flat=True))


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("/2024/Dec/1/x/", "2024/Dec/1/x"),
        ("/2024/Dec/01/x/", "2024/Dec/1/x"),
        ("/2024/dec/1/x", "2024/Dec/1/x"),
        ("/2024/Dec/1/x.md", "2024/Dec/1/x"),
        ("/2024/Dec/1/x/?a=b#c", "2024/Dec/1/x"),
        ("/2024/Dec/1/%C3%A9/", "2024/Dec/1/é"),
        ("http://localhost:8000/2024/Dec/1/x/", "2024/Dec/1/x"),
        ("//localhost:8000/2024/Dec/1/x/", "2024/Dec/1/x"),
    ],
)
def test_a_link_to_a_post_here_is_a_reference(url: str, target: str) -> None:
    make_post("note", body=f"As [said]({url}), and [again]({url}).")
    assert targets() == [target]


@pytest.mark.parametrize(
    "url", ["https://other.example/2024/Dec/1/x/", "/2024/Dec/1/", "/tags/x/", "mailto:a@b.example", "http://[::1", "/2024/Foobar/1/x/"]
)  # fmt: skip
def test_other_links_are_no_references(url: str) -> None:
    make_post("note", body=f"[x](<{url}>)")
    assert targets() == []


def test_references_follow_a_post_that_moves() -> None:
    post = make_post("note", slug="a")
    one = make_post("note", body="[x](/2024/Dec/22/a/)", slug="one")
    both = make_post("note", body="[x](/2024/Dec/22/a/) [y](/2024/Dec/22/b/)", slug="both")
    move(post, "b")
    assert set(surroundings(post).backlinks) == {one, both}


def test_an_edit_replaces_references_and_a_post_does_not_refer_to_itself() -> None:
    post = make_post("note", body="[x](/2024/Dec/1/x/) [self](/2024/Dec/22/a/)", slug="a")
    assert targets() == ["2024/Dec/1/x"]
    post.body = "[y](/2024/Dec/1/y/)"
    publishing.save(post)
    assert targets() == ["2024/Dec/1/y"]


def test_drafts_that_refer_do_not_crowd_out_public_posts() -> None:
    post = make_post("note", slug="a")
    shown = make_post("note", body="[x](/2024/Dec/22/a/)", slug="shown")
    for number in range(25):
        make_post("note", body="[x](/2024/Dec/22/a/)", slug=f"hidden-{number}", is_draft=True)
    assert surroundings(post).backlinks == [shown]


# Revisions -------------------------------------------------------------------------------------------------------------


def test_every_state_is_kept_once(admin_user) -> None:
    post = make_post("entry", title="One", tags=["b", "a"], people=["Ada Bell"])
    post.title = "Two"
    publishing.save(post, by=admin_user)
    revisions = list(post.revisions.order_by("number"))
    assert [revision.data["title"] for revision in revisions] == ["One", "Two"]
    assert [revision.saved_by for revision in revisions] == [None, admin_user]
    assert revisions[0].data["tags"] == ["b", "a"]
    assert revisions[0].data["credits"] == ["Ada Bell"]
    assert post.revision == 2


def test_the_first_edit_of_an_imported_post_keeps_the_state_before_it(admin_user) -> None:
    post = make_post("note", body="As it came.")
    Revision.objects.all().delete()
    post.body = "As I have it."
    publishing.save(post, by=admin_user)
    before, after = post.revisions.order_by("number")
    assert (before.data["body"], before.saved_by) == ("As it came.", None)
    assert (after.data["body"], after.saved_by) == ("As I have it.", admin_user)


def test_a_deleted_post_leaves_nothing_but_its_labels() -> None:
    post = make_post("quotation", body="[x](/2024/Dec/1/x/)")
    publishing.delete(post)
    for model in (Post, Revision, Reference, PostTag):
        assert not model.objects.exists()
    assert Tag.objects.count() == 2
    assert Person.objects.count() == 1


# Tags and credits ------------------------------------------------------------------------------------------------------


def test_tags_stay_in_the_order_given() -> None:
    post = make_post("note", tags=["zebra", "apple", "C++", "Zebra", "  ", "\x00", "日本語"])
    assert [(tag.name, tag.slug) for tag in Post.objects.with_parts().get().tag_list] == [
        ("zebra", "zebra"),
        ("apple", "apple"),
        ("C++", "c-plus-plus"),
        ("日本語", "ribenyu"),
    ]
    publishing.save(post, tags=["apple", "zebra"])
    assert [tag.slug for tag in post.tag_list] == ["apple", "zebra"]
    publishing.save(post)
    assert [tag.slug for tag in Post.objects.get().tag_list] == ["apple", "zebra"]


def test_people_are_found_by_name_and_made_if_unknown() -> None:
    post = make_post("note", people=["Bo Ek", " Ada  Bell ", "Bo Ek", "", "\x0b"])
    assert [person.name for person in post.credited] == ["Bo Ek", "Ada Bell"]
    make_post("note", people=["Ada Bell", "ADA BELL"])
    assert list(Person.objects.order_by("pk").values_list("slug", flat=True)) == ["bo-ek", "ada-bell", "ada-bell-2"]


def test_names_may_be_anything() -> None:
    odd = ["\ud800", "a\ud800b", "x" * 500, "'; DROP TABLE posts_post; --", "<b>", "!!!", "\u202eevil"]
    post = make_post("quotation", tags=odd, people=odd)
    assert len(post.tag_list) == len(post.credited) == len(odd) - 1
    assert all(len(label.name) <= 200 for label in [*post.tag_list, *post.credited])


@pytest.mark.parametrize("kind", KINDS)
def test_texts_may_be_anything(kind: str, client) -> None:
    odd = "\x00\x0b\ud800\ufffe]]>&<\"'\u202e\U0001f600 {{ 7*7 }} {% now %} x"
    texts = dict.fromkeys(("title", "body", "context", "via_title", "language"), odd)
    post = make_post(kind, tags=[odd], people=[odd], slug=odd, **texts)
    page = client.get(post.get_absolute_url())
    assert page.status_code == 200
    assert "{{ 7*7 }}" in page.content.decode()


# The site's stamp ------------------------------------------------------------------------------------------------------


def test_every_write_tells_every_page() -> None:
    post = make_post("note", tags=["a"], series=Series.objects.create(name="S"))
    page = Page(title="About", slug="about")
    writes = [
        lambda: publishing.save(post),
        lambda: publishing.unpublish(post),
        lambda: publishing.publish(post),
        lambda: publishing.save_label(post.tag_list[0]),
        lambda: publishing.save_label(page),
        lambda: publishing.delete_label(page),
        lambda: publishing.delete_label(post.series),
        lambda: publishing.delete_label(Tag.objects.get()),
        lambda: publishing.delete(post),
    ]
    for write in writes:
        before = Site.load().version
        write()
        assert Site.load().version == before + 1


def test_a_deleted_label_leaves_its_posts() -> None:
    post = make_post("quotation", series=Series.objects.create(name="S"))
    for label in (post.series, *post.tag_list, *post.credited):
        publishing.delete_label(label)
    stored = Post.objects.get()
    assert (stored.series, stored.tag_list, stored.credited) == (None, [], [])
    assert stored.updated == NOON


def test_a_failed_save_changes_nothing() -> None:
    post = make_post("entry", tags=["a"])
    post.title, post.body = "", "other"
    with pytest.raises(Exception, match="post_entry_complete"):
        publishing.save(post, tags=["b"])


def test_rendering_again_changes_only_html() -> None:
    one, other = make_post("note", slug="one"), make_post("entry", slug="other")
    Post.objects.filter(pk=one.pk).update(body_html="<p>old rules</p>", render_version=0)
    assert publishing.rerender(Post.objects.order_by("pk")) == 1
    stored = Post.objects.get(pk=one.pk)
    assert stored.body_html == one.body_html
    assert stored.render_version == one.render_version
    assert (stored.updated, stored.revision) == (NOON, 1)
    assert publishing.rerender(Post.objects.all()) == 0
    assert isinstance(Post.objects.get(pk=other.pk), Entry)


def test_kinds_are_saved_through_their_classes() -> None:
    assert publishing.save(Note(body="x")).kind == "note"
    assert publishing.save(Quotation(body="x"), people=["Ada Bell"]).slug == "ada-bell"


def test_new_labels_show_on_a_post_that_was_loaded_with_its_old_ones() -> None:
    make_post("quotation", tags=["old"], people=["Ada Bell"])
    post = publishing.save(Post.objects.with_parts().get(), tags=["new"], people=["Bo Ek"])
    assert [tag.slug for tag in post.tag_list] == ["new"]
    assert post.display_title == "Quoting Bo Ek"


# Drafts being written, and what is scheduled ------------------------------------------------------------------------------


def test_only_a_draft_is_saved_while_it_is_written() -> None:
    post = make_post("note")
    post.is_draft = True
    with pytest.raises(ValueError, match="draft"):
        publishing.save_draft(post)
    with pytest.raises(ValueError, match="draft"):
        publishing.save_draft(make_post("note", slug="another"))


def test_a_label_that_others_use_or_somebody_described_stays_when_a_draft_drops_it() -> None:
    make_post("note", tags=["tides"])
    described = Tag.objects.create(name="clocks", description="All about them.")
    draft = make_post("blogmark", is_draft=True, published=None, tags=["tides", "clocks", "typo"])
    publishing.save_draft(draft, tags=[])
    assert set(Tag.objects.all()) == {Tag.objects.get(slug="tides"), described}


def test_a_scheduled_post_goes_out_once(time_machine, django_assert_num_queries) -> None:
    time_machine.move_to("2026-03-01 12:00:00+00:00", tick=False)
    when = dt.datetime(2026, 3, 1, 13, tzinfo=dt.UTC)
    post = make_post("note", published=when)
    make_post("note", is_draft=True, published=when, slug="a-draft")
    assert publishing.publish_due() == []
    version = Site.load().version
    time_machine.move_to(when)
    assert publishing.publish_due() == [post.pk]
    assert Site.load().version == version + 1
    with django_assert_num_queries(1):
        assert publishing.publish_due() == []


def test_what_readers_see_keeps_its_kind() -> None:
    with pytest.raises(ValueError, match="kind"):
        make_post("note").as_kind("quotation")
