"""The live preview is the public page of what is in the editor; it saves nothing and runs nothing."""

import re

import pytest
from django.test import Client

from linklog.accounts.models import User
from linklog.posts.models import KINDS, Person, Post, Series, Tag
from linklog.posts.models.post import new_code
from linklog.write import fields as editor_fields
from linklog.write import saving
from tests.builders import make_post

pytestmark = pytest.mark.django_db

BODY = "Brass, *mostly*.\n\n## Hands\n\n> Time & tide\n\n![A dial](https://clocks.example/dial.jpg)\n\n```python\nx = 1\n```\n"


@pytest.fixture
def author(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("mira", "", "low-water-at-six", name="Mira"))
    return client


def article(html: str) -> str:
    found = re.search(r"<article.*</article>", html, re.DOTALL)
    assert found
    return found[0]


@pytest.mark.parametrize("kind", KINDS)
def test_it_shows_the_very_article_that_publishing_makes(author: Client, kind: str, time_machine) -> None:
    time_machine.move_to("2026-03-01 12:00:00+00:00", tick=False)
    Tag.objects.create(name="C plus plus", slug="c-plus-plus")
    Person.objects.create(name="Ada Bell", slug="ada")
    Series.objects.create(name="Tides")
    fields = editor_fields.known(
        {
            "kind": kind,
            "title": "Tide clocks & <b>more</b>",
            "link_url": "https://clocks.example/a b",
            "body": BODY,
            "via_url": "https://friend.example/",
            "context": "*Proverbs*",
            "tag_names": "C++, tides, tides, C plus plus, 日本語",
            "person_names": "Ada Bell; Nils Holm; Ada Bell",
            "series": "tides",
            "language": "sv",
        }
    )
    code = new_code()
    previewed = author.post(f"/write/post/{code}/preview/", fields).content.decode()
    author.post(f"/write/post/{code}/", {**fields, "token": "0", "action": "publish"})
    public = author.get(Post.objects.get(code=code).get_absolute_url()).content.decode()
    assert article(previewed) == article(public)


def test_a_change_of_a_public_post_is_shown_as_its_page_will_be(author: Client, time_machine) -> None:
    post = make_post("entry", tags=["tides"])
    time_machine.move_to("2026-03-01 12:00:00+00:00", tick=False)
    found = saving.find(post.code)
    assert found is not None
    state = saving.state_of(found)
    fields = state.fields | {"body": "Changed.", "kind": "note", "slug": "poems", "published": "2024-11-20T08:00"}
    previewed = author.post(f"/write/post/{post.code}/preview/", fields).content.decode()
    author.post(f"/write/post/{post.code}/", {**fields, "token": state.token, "action": "save"})
    post.refresh_from_db()
    assert article(previewed) == article(author.get(post.get_absolute_url()).content.decode())


def test_it_saves_nothing(author: Client) -> None:
    fields = editor_fields.known({"kind": "note", "body": "x", "tag_names": "new", "person_names": "New One"})
    assert author.post(f"/write/post/{new_code()}/preview/", fields).status_code == 200
    assert not Post.objects.exists()
    assert not Tag.objects.exists()
    assert not Person.objects.exists()


def test_it_holds_nothing_that_runs_or_loads_a_frame(author: Client) -> None:
    body = '<script>__x()</script><iframe src="https://www.youtube.com/embed/a"></iframe><img src=x onerror="__x()">'
    fields = editor_fields.known({"kind": "note", "body": body, "title": "</title><script>__x()</script>"})
    response = author.post(f"/write/post/{new_code()}/preview/", fields)
    page = response.content.decode()
    assert not re.search(r"<script|<iframe|<[^>]*\sonerror", page)
    assert 'href="https://www.youtube.com/embed/a"' in page
    policy = response.headers["Content-Security-Policy"]
    assert "sandbox allow-same-origin" in policy
    assert "script-src 'none'" in policy


def test_only_it_may_be_framed_and_only_by_the_site_itself(author: Client) -> None:
    response = author.post(f"/write/post/{new_code()}/preview/", editor_fields.known({"kind": "note"}))
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    editor = author.get("/write/new/note/")
    assert "frame-ancestors 'none'" in editor.headers["Content-Security-Policy"]
    assert editor.headers["X-Frame-Options"] == "DENY"
