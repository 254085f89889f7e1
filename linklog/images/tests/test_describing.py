"""Alt text written on the page of images that have none."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linklog import publishing
from linklog.accounts.models import Role, User
from linklog.images import uses
from linklog.images.models import MediaUse
from linklog.images.tests.rows import make_image, path_of, reference
from linklog.posts.models import Post
from tests.builders import make_post

pytestmark = pytest.mark.django_db

PAGE = "/write/images/alt/"
SRC = f"/media/{path_of('ab')}"


def author(role: Role = Role.EDITOR) -> Client:
    user = User.objects.create_user(role.value, password="low-water-at-six", role=role)
    client = Client()
    client.force_login(user)
    return client


def said(client: Client, post: Post, alt: str = "", src: str = SRC, **fields: str) -> str:
    answer = client.post(PAGE, {"of": post.code, "src": src, "alt": alt, **fields})
    assert answer.status_code == 302
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_it_comes_into_the_source_of_the_post_with_its_history() -> None:
    make_image()
    post = make_post("note", body=f"Words {reference(title='T')} words")
    assert "A clock [brass]" in said(author(), post, "  A clock\n[brass] ")
    post.refresh_from_db()
    assert post.body == f'Words ![A clock \\[brass\\]]({SRC} "T") words'
    assert 'alt="A clock [brass]"' in post.body_html
    assert post.revisions.count() == 2
    assert uses.states(post) == {SRC: "reviewed"}


def test_a_draft_stands_in_the_field_and_is_reviewed_by_saving_it() -> None:
    make_image()
    uses.note_draft(SRC, "A brass clock")
    client, post = author(), make_post("note", body=reference(alt="A brass clock"))
    bare = make_post("note", body=reference())
    page = client.get(PAGE).content.decode()
    assert page.count(">A brass clock</textarea>") == 2
    for one in (post, bare):
        said(client, one, "A brass clock")
        assert uses.states(one) == {SRC: "reviewed"}
    assert "Every image is described." in client.get(PAGE).content.decode()


def test_an_image_may_be_decorative() -> None:
    make_image()
    post = make_post("note", body=reference(alt="IMG_2034"))
    said(author(), post, action="decorative")
    post.refresh_from_db()
    assert 'alt=""' in post.body_html
    assert uses.states(post) == {SRC: "decorative"}


def test_what_cannot_be_done_is_said_and_changes_nothing() -> None:
    client, post = author(), make_post("note", body="<p><img src=/media/a.png></p>", body_format="html")
    written_over = make_post("note", body=reference())
    publishing.keep_working_copy(written_over, {"body": "anew"})
    before = list(Post.objects.order_by("pk").values())
    assert "Write what it shows" in said(client, post, " ", "/media/a.png")
    assert "does not show" in said(client, post, "A clock", "/media/b.png")
    assert "writing over" in said(client, written_over, "A clock")
    assert "not yours" in said(client, Post(code="none"), "A clock")
    assert list(Post.objects.order_by("pk").values()) == before


def test_a_contributor_describes_drafts_of_their_own_alone() -> None:
    client = author(Role.CONTRIBUTOR)
    own = make_post("note", body=reference(), is_draft=True, published=None, author=User.objects.get())
    other = make_post("note", body=reference(), title="Public")
    page = client.get(PAGE).content.decode()
    assert own.code in page
    assert other.code not in page
    assert client.get(f"{PAGE}?post={other.code}").status_code == 404
    assert "not yours" in said(client, other, "A clock")
    said(client, own, "A clock")
    assert uses.states(own) == {SRC: "reviewed"}


def test_the_words_around_an_image_are_shown() -> None:
    make_image()
    make_post("note", body=f"Seen at the *pier*.\n\n{reference()}\n\n![x](/media/a.mp4) It was six.")
    page = " ".join(author().get(PAGE).content.decode().split())
    assert "Seen at the pier. <mark>image</mark> It was six." in page


def test_pages_go_on_with_older_posts_at_the_same_cost() -> None:
    client, costs = author(), []
    for number in (4, 12):
        Post.objects.all().delete()
        for one in range(number):
            make_post("note", body=f"![](/media/{one}.png) ![](/media/x{one}.png)", slug=f"n{one}")
        with CaptureQueriesContext(connection) as queries:
            page = client.get(PAGE)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 14
    assert page.content.decode().count('name="src"') == 20
    assert client.get(f"{PAGE}{page.context['next_query']}").content.decode().count('name="src"') == 4
    assert MediaUse.objects.wanting().count() == 24


def test_a_draft_is_offered_where_there_is_a_model(settings: Any) -> None:
    make_image()
    make_post("note", body=reference())
    client = author()
    assert b"alt-drafter" not in client.get(PAGE).content
    settings.LINKLOG_MODEL = "a-model"
    assert b"alt-drafter" in client.get(PAGE).content
