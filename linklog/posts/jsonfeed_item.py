"""A post as an item of JSON Feed 1.1 with the `_linklog` extension (docs/import-export.md): for the public feeds and the export."""

import datetime as dt
from typing import Any
from urllib.parse import urljoin

from linklog.posts.feed_html import feed_html
from linklog.posts.models import Post

EXTENSION_VERSION = 1


def item(post: Post) -> dict[str, Any]:
    """Everything of `post` that readers and another Linklog need, in a fixed order. Load it `with_parts()`."""
    fields: dict[str, Any] = {
        "id": post.feed_id,
        "url": post.absolute_url,
        "external_url": post.link_url,
        "title": post.title,
        "content_html": feed_html(post),
        "image": _absolute(post),
        "date_published": _stamp(post.published),
        "date_modified": _stamp(post.updated),
        "authors": [{"name": post.author.get_full_name()}] if post.author else [],
        "tags": [tag.slug for tag in post.tag_list],
        "language": post.language,
    }
    always = ("id", "url", "content_html", "authors", "tags")
    kept = {name: value for name, value in fields.items() if value or name in always}
    return kept | {"_linklog": extension(post)}


def extension(post: Post) -> dict[str, Any]:
    """What JSON Feed has no member for; `body` is the source that `content_html` was made from."""
    via = {"url": post.via_url, "title": post.via_title} if post.via_url or post.via_title else None
    series = post.series
    fields: dict[str, Any] = {
        "version": EXTENSION_VERSION,
        "kind": post.kind,
        "code": post.code,
        "slug": post.slug,
        "draft": post.is_draft,
        "created": _stamp(post.created),
        "body_format": post.body_format,
        "body": post.body,
        "via": via,
        "context": post.context,
        "credits": [
            {
                name: value
                for name, value in (("name", person.name), ("url", person.url), ("slug", person.slug))
                if value
            }
            for person in post.credited
        ],
        "series": {"slug": series.slug, "title": series.name, "position": post.series_position} if series else None,
        "card_image": post.card_image,
    }
    return {name: value for name, value in fields.items() if value or name == "body"}


def _absolute(post: Post) -> str:
    """The card image's whole address; "" where there is none."""
    try:
        return urljoin(post.absolute_url, post.card_image) if post.card_image else ""
    except ValueError:  # such as an unclosed [ of an IPv6 address
        return ""


def _stamp(moment: dt.datetime | None) -> str:
    """RFC 3339 in UTC."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds") if moment else ""
