"""Posts with fixed values for tests: `make_post(kind="note", **over)` saves one through `linklog.publishing`."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from linklog import publishing
from linklog.posts.models import KINDS, Post, Series

NOON = dt.datetime(2024, 12, 22, 12, 0, tzinfo=dt.UTC)

FIELDS: dict[str, dict[str, Any]] = {
    "entry": {"title": "Why tide tables are poetry", "body": "The first paragraph.\n\nThe second one."},
    "blogmark": {
        "title": "A field guide to tide clocks",
        "body": "Brass, mostly.",
        "link_url": "https://clocks.example/tides",
        "via_url": "https://friend.example/links",
        "via_title": "A friend",
    },
    "quotation": {
        "body": "Time and tide wait for none.",
        "link_url": "https://book.example/p/1",
        "context": "Proverbs",
    },
    "note": {"body": "Low water at six."},
}


def make_post(
    kind: str = "blogmark",
    *,
    tags: Sequence[str] = ("tides", "clocks"),
    people: Sequence[str] | None = None,
    **over: Any,
) -> Post:
    """A public post of `kind`, published at noon of 22 December 2024 unless told otherwise."""
    fields = {"is_draft": False, "published": NOON, **FIELDS[kind], **over}
    credited = ["Ada Bell"] if people is None and kind == "quotation" else people or []
    return publishing.save(KINDS[kind](**fields), tags=tags, people=credited)


def make_archive(count: int, series: Series | None = None) -> list[Post]:
    """`count` public posts of every kind in turn, a day apart, with tags, credits, vias and links among them."""
    posts: list[Post] = []
    for number in range(count):
        kind = list(KINDS)[number % len(KINDS)]
        over: dict[str, Any] = {
            "published": NOON - dt.timedelta(hours=7 * number),
            "slug": f"post-{number}",
            "series": series,
        }
        if posts:
            over["body"] = f"As I said [before]({posts[-1].get_absolute_url()})."
        people = ["Ada Bell", f"Person {number % 7}"]
        posts.append(make_post(kind, tags=["tides", f"tag-{number % 5}", f"rare-{number}"], people=people, **over))
    return posts
