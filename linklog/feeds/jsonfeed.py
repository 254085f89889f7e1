"""JSON Feed 1.1: https://www.jsonfeed.org/version/1.1/. An item is written as in the export, our `_linklog` extension with it."""

import json
from collections.abc import Sequence
from typing import Any

from linklog.core.xml import strip_illegal
from linklog.feeds.channel import Channel, each
from linklog.posts import jsonfeed_item
from linklog.posts.models import Post

CONTENT_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def write(channel: Channel, posts: Sequence[Post]) -> bytes:
    feed = {
        "version": VERSION,
        "title": channel.title,
        "home_page_url": channel.page_url,
        "feed_url": channel.self_url,
        "description": channel.subtitle,
        "next_url": channel.next_url,
        "icon": channel.logo_url,
        "authors": [{"name": channel.author, "url": channel.site_url}],
        "language": channel.language,
        "items": list(each(posts, _item)),
    }
    feed = {name: value for name, value in feed.items() if value != ""}
    return json.dumps(clean(feed), ensure_ascii=False, indent=1).encode()


def _item(post: Post) -> dict[str, Any]:
    """The item of the export. Without an author of its own the feed's is meant, which an empty list would deny."""
    item: dict[str, Any] = clean(jsonfeed_item.item(post))
    if not any(author["name"].strip() for author in item["authors"]):
        del item["authors"]
    return item


def clean(value: Any) -> Any:
    """`value` with no character that other formats could not carry: lone surrogates are not even UTF-8."""
    if isinstance(value, str):
        return strip_illegal(value)
    if isinstance(value, dict):
        return {name: clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [clean(inner) for inner in value]
    return value
