"""Publishing tells which images nobody described or looked at, and publishes all the same."""

from typing import Any

import pytest
from django.test import Client

from linklog.accounts.models import Role, User
from linklog.images import uses
from linklog.posts.models import Post
from linklog.posts.models.post import new_code
from linklog.write import fields as editor_fields

pytestmark = pytest.mark.django_db


def published(body: str) -> tuple[str, Post]:
    client = Client()
    client.force_login(User.objects.create_user("ed", password="low-water-at-six", role=Role.EDITOR))
    code = new_code()
    fields: dict[str, Any] = dict.fromkeys(editor_fields.NAMES, "") | {
        "kind": "note",
        "body": body,
        "action": "publish",
    }
    page = client.post(f"/write/post/{code}/", fields | {"token": ""}, follow=True).content.decode()
    return page, Post.objects.get(code=code)


def test_images_that_nobody_looked_at_are_named_after_publishing() -> None:
    uses.note_draft("/media/b.png", "A clock")
    page, post = published("![](/media/a.png) ![A clock](/media/b.png) ![The pier](/media/c.png)")
    assert post.is_public
    assert "2 images have no alt text that you looked at:" in page
    assert f'<a href="/write/images/alt/?post={post.code}">a.png, b.png</a>' in page


def test_nothing_is_said_where_every_image_is_described() -> None:
    page, post = published("![The pier](/media/c.png)")
    assert post.is_public
    assert "alt text that you looked at" not in page
