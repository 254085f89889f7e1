"""What posts show, kept at every write, and the state of each alt text."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linklog import publishing
from linklog.images import uses
from linklog.images.models import MediaUse
from linklog.images.tests.rows import Role, make_image, make_rendition, path_of, reference
from linklog.posts.imported import Incoming
from linklog.posts.models import Note, Post
from tests.builders import make_post

pytestmark = pytest.mark.django_db

SRC = f"/media/{path_of('ab')}"
Alt = MediaUse.Alt


def saved(post: Post, body: str) -> dict[str, str]:
    """The states after `post` was saved with this text."""
    post.body = body
    publishing.save(post)
    return uses.states(post)


def test_a_post_uses_what_its_text_and_its_card_show() -> None:
    media = make_image()
    body = (
        f"{reference(alt='A clock')}\n\n![](https://b.example/c.png)\n\n![Waves](/media/d.mp4)\n\n`![](/media/e.png)`"
    )
    post = make_post("note", body=body, card_image="/media/card.png")
    rows = MediaUse.objects.filter(post=post).values_list("src", "media", "is_image", "alt", "state")
    assert list(rows) == [
        (SRC, media.pk, True, "A clock", "reviewed"),
        ("https://b.example/c.png", None, True, "", "none"),
        ("/media/d.mp4", None, False, "Waves", ""),
        ("/media/card.png", None, True, "", ""),
    ]


def test_uses_follow_every_write() -> None:
    make_image()
    draft = publishing.save_draft(Note(body="Words", is_draft=True))
    assert uses.states(draft) == {}
    draft.body = reference()
    publishing.save_draft(draft)
    assert uses.states(draft) == {SRC: "none"}
    assert saved(draft, "![](/media/other.png)") == {"/media/other.png": "none"}
    assert saved(draft, "Words") == {}
    imported = Note(body=reference(), import_ref="1")
    imported.prepare()
    publishing.add_imported([Incoming(imported, "1", "a note")], set())
    assert MediaUse.objects.filter(src=SRC).count() == 1
    publishing.delete(Post.objects.get(import_ref="1"))
    assert not MediaUse.objects.exists()


def test_of_an_image_shown_twice_the_place_that_is_described_less_counts() -> None:
    post = make_post("note", body=f"{reference(alt='A clock')} {reference()} {reference(alt='Another')}")
    assert [(use.src, use.state, use.alt) for use in post.media_uses.all()] == [(SRC, "none", "")]


def test_alt_text_that_a_model_wrote_is_drafted_until_it_is_changed_or_confirmed() -> None:
    post = make_post("note", body=reference())
    uses.note_draft(SRC, "A  clock\nwith one hand")
    assert uses.states(post) == {SRC: "drafted"}  # there is a draft, and it is in no text
    drafted = reference(alt="A clock with one hand")
    assert saved(post, drafted) == {SRC: "drafted"}
    assert saved(post, reference(alt="A brass clock with one hand")) == {SRC: "reviewed"}
    assert saved(post, drafted) == {SRC: "drafted"}
    uses.confirm(post.media_uses.get())
    assert saved(post, f"{drafted} and words") == {SRC: "reviewed"}
    assert saved(make_post("note", body="Another"), drafted) == {SRC: "drafted"}  # each use is looked at by itself


def test_decorative_is_what_the_author_says_while_there_is_no_alt_text() -> None:
    post = make_post("note", body=reference())
    uses.set_decorative(post.media_uses.get())
    assert uses.unreviewed(post) == []
    uses.note_draft(SRC, "A clock")
    assert saved(post, f"{reference()} and words") == {SRC: "decorative"}
    assert saved(post, reference(alt="A brass clock")) == {SRC: "reviewed"}
    assert saved(post, reference()) == {SRC: "drafted"}


def test_a_use_has_the_name_that_the_source_has_for_it(settings: Any) -> None:
    media = make_image()
    make_rendition(media, Role.FORMER, path_of("ef"), None)
    absolute = f"{settings.LINKLOG_URL}{SRC}"
    assert list(uses.states(make_post("note", body=f"![](/media/{path_of('ef')})"))) == [f"/media/{path_of('ef')}"]
    assert list(uses.states(make_post("note", body=f"![]({absolute})"))) == [absolute]
    settings.LINKLOG_MEDIA, settings.LINKLOG_MEDIA_URL = "s3://media", "https://cdn.example"
    media.renditions.update(is_remote=True)
    post = make_post("note", body=reference())
    assert "https://cdn.example/" in post.body_html
    assert list(uses.states(post)) == [SRC]
    assert {use.media for use in MediaUse.objects.all()} == {media}


def test_what_is_not_saved_yet_is_looked_at_without_being_stored() -> None:
    post = Note(body=reference())
    post.prepare()
    assert [(use.src, use.state) for use in uses.present(post)] == [(SRC, "none")]
    assert not MediaUse.objects.exists()


def queries_of_saving(post: Post) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        publishing.save(post)
    return [query["sql"] for query in queries if "images_" in query["sql"]]


def test_saving_a_post_without_media_asks_nothing_about_media() -> None:
    assert queries_of_saving(make_post("note", body="Words")) == []


def test_saving_costs_the_same_few_queries_however_many_images_there_are() -> None:
    costs = []
    for number in (1, 12):
        names = [f"{number:02}{letter}" for letter in "abcdefghijkl"[:number]]
        for name in names:
            make_image(name)
        post = make_post("note", body=" ".join(reference(name) for name in names))
        costs.append(len(queries_of_saving(post)))
    assert costs[0] == costs[1] <= 4


def test_addresses_of_any_length_and_sign_are_kept() -> None:
    post = make_post(
        "note",
        body=f"<img src='https://b.example/{'å' * 3_000}'> <img src='https://b.example/\u2028 a'>",
        body_format="html",
    )
    assert post.media_uses.count() == 2
    assert saved(post, f"{post.body} words")
