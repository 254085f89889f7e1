"""Posts for the tests of feeds: of fixed values, saved as the site saves them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from linklog import publishing
from linklog.posts.models import KINDS, Post
from linklog.readers import counting

START = dt.datetime(2024, 12, 22, 10, 15, 30, tzinfo=dt.UTC)
MakePost = Callable[..., Post]


@pytest.fixture
def make_post(db: None) -> MakePost:
    """A public blogmark, or what is asked for; each one made stands an hour before the one made before it."""
    made: list[Post] = []

    def make(kind: str = "blogmark", tags: tuple[str, ...] = (), people: tuple[str, ...] = (), **values: Any) -> Post:
        number = len(made) + 1
        given = {"title": f"Post {number}", "body": f"Words of post {number}.", "is_draft": False, **values}
        given.setdefault("published", START - dt.timedelta(hours=number))
        if kind == "blogmark":
            given.setdefault("link_url", f"https://example.org/page-{number}")
        post = publishing.save(KINDS[kind](**given), tags=tags, people=people)
        made.append(post)
        return post

    return make


@pytest.fixture(autouse=True)
def _forget_what_readers_told() -> None:
    counting._gathering.take()
