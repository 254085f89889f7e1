"""JSON Feed 1.1 with the `_linklog` extension (docs/import-export.md): everything of a site, in bytes that depend on nothing else."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models import F

from linklog.exporters.site_contents import site_contents
from linklog.posts.jsonfeed_item import EXTENSION_VERSION, item
from linklog.posts.models import Post
from linklog.posts.querysets import PostQuerySet
from linklog.site.models import Site

VERSION = "https://jsonfeed.org/version/1.1"
BATCH = 200


def write(posts: PostQuerySet, file: BinaryIO, is_private: bool = False) -> int:
    """Write `posts`, oldest first, with what they and the site's pages need; labels that no post uses only if `is_private`.

    Returns how many posts were written. Reads in batches, each by itself: writers of the database never wait for it.
    """
    head = json.dumps(_about(posts, is_private), ensure_ascii=False, indent=1)
    file.write(head.removesuffix("\n}").encode() + b',\n "items": [')
    count = 0
    for post in _in_batches(posts):
        text = json.dumps(item(post), ensure_ascii=False, indent=1).replace("\n", "\n  ")
        file.write((",\n  " if count else "\n  ").encode() + text.encode())
        count += 1
    file.write(b"\n ]\n}\n" if count else b"]\n}\n")
    return count


def _about(posts: PostQuerySet, is_private: bool) -> dict[str, Any]:
    site = Site.load()
    fields = {
        "version": VERSION,
        "title": site.display_title,
        "home_page_url": f"{settings.LINKLOG_URL}/",
        "description": site.display_tagline,
        "language": settings.LANGUAGE_CODE,
        "authors": [{"name": site.display_author}],
        "_linklog": {"version": EXTENSION_VERSION, **site_contents(posts, site, is_private)},
    }
    return {name: value for name, value in fields.items() if value}


def _in_batches(posts: PostQuerySet) -> Iterator[Post]:
    ordered = posts.order_by(F("published").asc(nulls_last=True), "code")
    keys = list(ordered.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        yield from ordered.filter(pk__in=keys[start : start + BATCH]).with_parts()
