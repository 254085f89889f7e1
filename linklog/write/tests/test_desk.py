"""What the front page says of posts, and the writes it proposes."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linklog import publishing
from linklog.accounts.models import Role, User
from linklog.posts.models import Note, Person, Post, Revision, Tag, WorkingCopy
from linklog.write import desk
from linklog.write.saving import state_of
from tests.builders import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("mira", role=Role.OWNER)


@pytest.fixture
def contributor() -> User:
    return User.objects.create_user("guest", role=Role.CONTRIBUTOR)


def test_an_editor_sees_everybodys_drafts_and_a_contributor_their_own(owner: User, contributor: User) -> None:
    mine = make_post("note", is_draft=True, author=owner)
    theirs = make_post("note", is_draft=True, author=contributor)
    nobodys = make_post("note", is_draft=True)
    assert {post.pk for post in desk.desk_of(owner, 10).drafts} == {mine.pk, theirs.pk, nobodys.pk}
    assert [post.pk for post in desk.desk_of(contributor, 10).drafts] == [theirs.pk]


def test_a_contributor_is_shown_nothing_that_only_who_publishes_can_do(contributor: User) -> None:
    for number in range(3):
        post = make_post("blogmark", people=["Ada Bell"], slug=f"p{number}", body="![](/media/a.jpg)")
    publishing.keep_working_copy(post, {"title": "New"})
    found = desk.desk_of(contributor, 10)
    assert (found.copies, found.people, found.undescribed, found.published) == ([], [], [], [])


def test_the_draft_saved_last_comes_first(owner: User) -> None:
    first, second = (make_post("note", is_draft=True, slug=slug) for slug in ("a", "b"))
    publishing.save_draft(Note.objects.get(pk=first.pk), by=owner)
    assert [post.pk for post in desk.desk_of(owner, 10).drafts] == [first.pk, second.pk]
    assert len(desk.desk_of(owner, 1).drafts) == 1


def test_what_is_to_be_looked_at_within_a_week_is_told_the_overdue_first(owner: User) -> None:
    today = timezone.localdate()
    for days in (3, -2, 7, 8):
        make_post("note", slug=f"in{days}", follow_up=today + dt.timedelta(days=days))
    assert [post.slug for post in desk.desk_of(owner, 10).follow_ups] == ["in-2", "in3", "in7"]
    post = Post.objects.get(slug="in-2")
    publishing.followed_up(post)
    assert [post.slug for post in desk.desk_of(owner, 10).follow_ups] == ["in3", "in7"]
    assert Post.objects.get(slug="in-2").revision == post.revision


def test_who_is_credited_three_times_and_has_no_tag_is_told() -> None:
    for number in range(3):
        make_post("blogmark", people=["Ada Bell", "Grace Lund"], slug=f"p{number}")
    make_post("blogmark", people=["Ida Once"], slug="once")
    Tag.objects.create(name="Grace Lund")
    assert [(person.name, person.times) for person in desk.people_without_a_tag()] == [("Ada Bell", 3)]


def test_the_tag_of_a_person_is_put_on_every_post_that_credits_them_and_kept_in_history(owner: User) -> None:
    posts = [make_post("blogmark", people=["Ada Bell"], slug=f"p{number}") for number in range(3)]
    other = make_post("note", slug="other")
    tag = publishing.tag_person(Person.objects.get(), by=owner)
    assert (tag.name, tag.slug) == ("Ada Bell", "ada-bell")
    for post in posts:
        found = Post.objects.with_parts().get(pk=post.pk)
        assert [tag.slug for tag in found.tag_list] == ["tides", "clocks", "ada-bell"]
        assert found.revision == post.revision + 1
        newest = found.revisions.first()
        assert newest is not None
        assert (newest.data["tags"], newest.saved_by) == (["tides", "clocks", "ada-bell"], owner)
        assert found.updated == post.updated
    assert Post.objects.get(pk=other.pk).revision == 1
    assert desk.people_without_a_tag() == []
    publishing.tag_person(Person.objects.get(), by=owner)
    assert Post.objects.get(pk=posts[0].pk).revision == posts[0].revision + 1


def test_what_is_being_written_over_a_post_stays_and_carries_the_persons_tag(owner: User) -> None:
    post = make_post("blogmark", people=["Ada Bell"])
    fields = state_of(Post.objects.with_parts().get(pk=post.pk)).fields
    publishing.keep_working_copy(post, fields | {"body": "New words"}, by=owner)
    publishing.tag_person(Person.objects.get(), by=owner)
    copy = WorkingCopy.objects.get()
    assert (copy.data["body"], copy.data["tag_names"]) == ("New words", "tides, clocks, Ada Bell")


def test_images_that_nobody_described_are_told() -> None:
    bare = make_post(
        "note", slug="bare", body="![](/media/a.jpg)\n\n![IMG_2034](/media/IMG_2034.jpg)\n\n![A clock](/media/c.jpg)"
    )
    make_post("note", slug="fine", body="![A clock](/media/c.jpg)")
    make_post("note", slug="draft", body="![](/media/d.jpg)", is_draft=True)
    assert [(one.pk, one.images) for one in desk.undescribed()] == [(bare.pk, 2)]


def test_a_tag_for_somebody_costs_the_same_queries_for_however_many_posts(owner: User) -> None:
    costs = []
    for number, name in ((3, "Ada Bell"), (9, "Grace Winter")):
        for one in range(number):
            make_post("note", people=[name], tags=["tides"], slug=f"{number}-{one}")
        with CaptureQueriesContext(connection) as queries:
            publishing.tag_person(Person.objects.get(name=name), by=owner)
        costs.append(len(queries))
        assert Tag.objects.get(name=name).posts.count() == number
        assert Revision.objects.filter(saved_by=owner, number=2, post__people__name=name).count() == number
    assert costs[0] == costs[1]
