"""What the list of images beside the text asks: how each is described as the text stands, and what its author says of it."""

import pytest
from django.test import Client
from django.urls import reverse

from linklog.accounts.models import Role, User
from linklog.images.models import MediaFile, MediaUse, Rendition
from linklog.images.uses import note_draft
from linklog.posts.models.post import new_code
from tests.builders import make_post

pytestmark = pytest.mark.django_db

MAIN, SMALL = "/media/ab/cd.jpg", "/media/ab/small.jpg"


@pytest.fixture
def author() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("mira", "", "low-water-at-six", name="Mira"))
    return client


def ask(client: Client, body: str, code: str = "", **more: str) -> list[tuple[str, str]]:
    response = client.post(reverse("write:images", args=[code or new_code()]), {"kind": "note", "body": body, **more})
    assert response.status_code == 200, response.content
    return [(image["src"], image["state"]) for image in response.json()["images"]]


def test_the_state_of_each_image_is_that_of_the_text_that_is_sent(author: Client) -> None:
    note_draft("/static/b.png", "A clock")
    body = "![A tide gauge](/static/a.png) ![A clock](/static/b.png) ![](/static/c.png) `![x](/static/d.png)` ![y](/static/e.mp3)"
    found = ask(author, body)
    assert found == [("/static/a.png", "reviewed"), ("/static/b.png", "drafted"), ("/static/c.png", "none")]
    assert not MediaUse.objects.exists()


def test_what_an_author_says_of_an_image_stays_while_its_alt_text_does(author: Client) -> None:
    note_draft("/static/b.png", "A clock")
    post = make_post("note", is_draft=True, published=None, body="![A clock](/static/b.png) ![](/static/c.png)")
    ask(author, post.body, post.code, src="/static/b.png", state="reviewed")
    ask(author, post.body, post.code, src="/static/c.png", state="decorative")
    assert ask(author, post.body, post.code) == [("/static/b.png", "reviewed"), ("/static/c.png", "decorative")]
    assert ask(author, "![A dial](/static/c.png)", post.code) == [("/static/c.png", "reviewed")]
    ask(author, post.body, post.code, src="/static/c.png", state="none")
    assert dict(ask(author, post.body, post.code))["/static/c.png"] == "none"


def test_a_thumbnail_is_the_smallest_rendition_that_fills_it_and_its_name_that_of_the_library(author: Client) -> None:
    media = MediaFile.objects.create(digest="d", name="pier.jpg", state=MediaFile.State.READY, is_complete=True)
    for path, role, width in ((MAIN, "main", 1600), (SMALL, "variant", 400), ("/media/ab/t.jpg", "variant", 40)):
        Rendition.objects.create(
            media=media,
            role=role,
            path=path.removeprefix("/media/"),
            media_type="image/jpeg",
            width=width,
            height=9,
            bytes=9,
        )
    response = author.post(reverse("write:images", args=[new_code()]), {"kind": "note", "body": f"![A clock]({MAIN})"})
    assert response.json()["images"][0]["thumbnail"] == SMALL
    assert response.json()["images"][0]["name"] == "pier.jpg"
    contributor = Client()
    contributor.force_login(User.objects.create_user("ada", password="low-water-at-six", role=Role.CONTRIBUTOR))
    sent = {"kind": "note", "body": f"![A clock]({MAIN})"}
    assert contributor.post(reverse("write:images", args=[new_code()]), sent).json()["images"][0]["name"] == ""


def test_an_author_says_nothing_of_the_images_of_others(author: Client) -> None:
    post = make_post("note", is_draft=True, published=None, body="![](/static/c.png)")
    other = Client()
    other.force_login(User.objects.create_user("ada", password="low-water-at-six", role=Role.CONTRIBUTOR))
    sent = {"kind": "note", "body": post.body, "src": "/static/c.png", "state": "decorative"}
    assert other.post(reverse("write:images", args=[post.code]), sent).status_code == 404
    assert not MediaUse.objects.filter(state=MediaUse.Alt.DECORATIVE).exists()


@pytest.mark.parametrize(("model", "is_offered"), [("", False), ("some-model", True)])
def test_drafts_are_offered_where_there_is_a_model(author: Client, settings, model: str, is_offered: bool) -> None:
    settings.LINKLOG_MODEL, settings.LINKLOG_TASK_MODELS = model, {}
    page = author.get(reverse("write:new", args=["note"])).content.decode()
    assert ("data-drafts=" in page) is is_offered
