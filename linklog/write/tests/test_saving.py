"""Saving while one writes: nothing is lost, nothing is overwritten, and readers see none of it."""

import pytest

from linklog import publishing
from linklog.accounts.models import Role, User
from linklog.posts.models import Person, Post, Revision, Tag, WorkingCopy
from linklog.posts.models.post import new_code
from linklog.site.models import Site
from linklog.write import fields as editor_fields
from linklog.write import saving
from tests.builders import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return User.objects.create_superuser("mira", "", "low-water-at-six", name="Mira")


def typed(**over: str) -> editor_fields.Fields:
    return editor_fields.known({"kind": "blogmark", **over})


def test_the_first_save_of_a_new_post_makes_it_once_even_when_its_answer_was_lost(owner: User) -> None:
    code = new_code()
    first = saving.save(code, typed(title="Tide"), saving.NEW, owner)
    with pytest.raises(saving.Conflict) as lost:  # sent again by a window that heard no answer
        saving.save(code, typed(title="Tide"), saving.NEW, owner)
    assert lost.value.state.token == first.token
    assert Post.objects.get().code == code
    assert Post.objects.get().author == owner


def test_a_save_upon_an_older_state_is_a_conflict_that_brings_the_newer(owner: User) -> None:
    code = new_code()
    token = saving.save(code, typed(body="one"), saving.NEW, owner).token
    saving.save(code, typed(body="two"), token, owner)
    with pytest.raises(saving.Conflict) as conflict:
        saving.save(code, typed(body="three"), token, owner)
    assert conflict.value.state.fields["body"] == "two"
    assert Post.objects.get().body == "two"


def test_what_is_written_over_a_public_post_is_not_shown_until_it_is_saved(owner: User) -> None:
    post = make_post("note", body="As it was.")
    version = Site.load().version
    state = saving.state_of(saving.find(post.code))
    state = saving.save(post.code, state.fields | {"body": "As it will be."}, state.token, owner)
    assert state.has_working_copy
    post.refresh_from_db()
    assert post.body == "As it was."
    assert Site.load().version == version
    again = saving.state_of(saving.find(post.code))
    assert (again.fields["body"], again.token) == ("As it will be.", state.token)
    publishing.save(post)
    assert not WorkingCopy.objects.exists()


def test_a_draft_being_written_is_no_news_to_readers(owner: User) -> None:
    make_post()
    version = Site.load().version
    saving.save(new_code(), typed(title="Tide", tag_names="tides"), saving.NEW, owner)
    assert Site.load().version == version


def test_half_typed_names_leave_no_tags_and_people_behind(owner: User) -> None:
    make_post("note", tags=["tides"])
    code, token = new_code(), saving.NEW
    for names, people in (("ti", "A"), ("tides, clo", "Ada B"), ("tides, clocks", "Ada Bell")):
        token = saving.save(code, typed(tag_names=names, person_names=people), token, owner).token
    assert set(Tag.objects.values_list("name", flat=True)) == {"tides", "clocks"}
    assert set(Person.objects.values_list("name", flat=True)) == {"Ada Bell"}


def test_the_slug_follows_the_title_until_the_author_gives_one(owner: User) -> None:
    code = new_code()
    token = saving.save(code, typed(kind="entry", title="Ti"), saving.NEW, owner).token
    state = saving.save(code, typed(kind="entry", title="Tide tables"), token, owner)
    assert (state.fields["slug"], state.post.slug) == ("", "tide-tables")
    state = saving.save(code, typed(kind="entry", title="Tide tables", slug="tides"), state.token, owner)
    assert state.fields["slug"] == "tides"


def test_history_keeps_the_last_of_the_states_saved_in_a_few_minutes(owner: User, time_machine) -> None:
    time_machine.move_to("2026-03-01 12:01:00+00:00", tick=False)
    code, token = new_code(), saving.NEW
    for body in ("o", "on", "one"):
        token = saving.save(code, typed(body=body), token, owner).token
    time_machine.move_to("2026-03-01 12:11:00+00:00", tick=False)
    token = saving.save(code, typed(body="one two"), token, owner).token
    assert [revision.data["body"] for revision in Revision.objects.all()] == ["one two", "one"]


def test_a_draft_becomes_another_kind_with_its_words(owner: User) -> None:
    code = new_code()
    token = saving.save(code, typed(title="Tide", body="Words."), saving.NEW, owner).token
    saving.save(code, typed(kind="quotation", title="Tide", body="Words.", person_names="Ada Bell"), token, owner)
    post = Post.objects.get()
    assert (post.kind, post.kind_name, post.body) == ("quotation", "quotation", "Words.")


def test_a_contributor_writes_drafts_of_their_own_and_nothing_else() -> None:
    contributor = User.objects.create_user("nils", "", "low-water-at-six", role=Role.CONTRIBUTOR)
    saving.save(new_code(), typed(title="Mine"), saving.NEW, contributor)
    post = make_post("note")
    with pytest.raises(PermissionError):
        saving.save(post.code, typed(body="Theirs"), "1", contributor)


@pytest.mark.parametrize("kind", ["entry", "blogmark", "quotation", "note"])
def test_fields_put_back_unchanged_change_nothing(kind: str) -> None:
    post = make_post(kind, is_draft=True, people=["Ada Bell", "Nils; Holm"[:4]])
    before = saving.find(post.code)
    fields = editor_fields.of(before)
    editor_fields.put(post, fields)
    assert editor_fields.tag_names(fields) == [tag.name for tag in before.tag_list]
    assert editor_fields.person_names(fields) == [person.name for person in before.credited]
    assert post.published == before.published
    assert editor_fields.of(saving.find(post.code)) == fields


@pytest.mark.parametrize(
    "nonsense", ["yesterday", "2024-13-01T00:00", "9999-12-31T23:59", "0001-01-01T00:00", "\x00", "²"]
)
def test_a_date_or_number_that_makes_no_sense_yet_loses_nothing(owner: User, nonsense: str) -> None:
    code = new_code()
    fields = typed(body="Words.", published=nonsense, follow_up=nonsense, series_position=nonsense)
    assert saving.save(code, fields, saving.NEW, owner).post.body == "Words."
