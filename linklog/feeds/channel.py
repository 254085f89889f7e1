"""What a feed says of itself, whatever the format, and the values that all formats write in the same way."""

import datetime as dt
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TypeVar
from urllib.parse import quote

from django.conf import settings

from linklog.core import links
from linklog.core.xml import strip_illegal
from linklog.posts.models import Post
from linklog.posts.models.post import own_feed_id

T = TypeVar("T")
logger = logging.getLogger(__name__)

_ID_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")
_SCHEME_AND_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(//(\[[0-9A-Fa-f:.]+\])?[^/?#\[\]]*)?")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Channel:
    """A page of a feed without its entries: texts of one line, absolute addresses, "" where there is none.

    Only `subtitle`, `next_url` and `logo_url` may be "".
    """

    id: str
    title: str
    subtitle: str
    page_url: str
    self_url: str
    first_url: str
    next_url: str
    site_url: str
    logo_url: str
    author: str
    language: str
    updated: dt.datetime


def each(posts: Iterable[Post], write: Callable[[Post], T]) -> Iterator[T]:
    """`write` of every post. One that cannot be written is logged and left out: it must not take the others with it."""
    for post in posts:
        try:
            yield write(post)
        except Exception:
            logger.exception("Post %s is left out of a feed", post.pk)


def stamp(moment: dt.datetime | None) -> str:
    """RFC 3339 in UTC, such as 2024-12-22T10:00:00+00:00."""
    assert moment is not None  # the table holds no public post without its dates
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def stamp_822(moment: dt.datetime | None) -> str:
    """RFC 822 as RSS has it, such as Sun, 22 Dec 2024 10:00:00 +0000."""
    assert moment is not None
    return format_datetime(moment.astimezone(dt.UTC))


def web_url(url: str) -> str:
    """`url` as RFC 3986 has it; "" for what is no web address."""
    url = links.mend(strip_illegal(url))
    return _iri(url) if links.is_web_url(url) else ""


def _iri(url: str) -> str:
    """A mended `url` with brackets and further #s encoded where they may not stand."""
    parts = _SCHEME_AND_HOST.match(url)
    start = parts[0] if parts else ""
    path, mark, fragment = url[len(start) :].replace("[", "%5B").replace("]", "%5D").partition("#")
    return start + path + mark + fragment.replace("#", "%23")


def entry_id(post: Post) -> str:
    """The post's id as the IRI that Atom wants. An imported id that is none becomes one, always the same."""
    feed_id = links.mend(strip_illegal(post.feed_id))
    is_iri = links.is_web_url(feed_id) if feed_id.startswith(("http:", "https:")) else _ID_SCHEME.match(feed_id)
    return _iri(feed_id) if is_iri else own_feed_id(f"id/{quote(feed_id, safe='%')}" if feed_id else post.code)


def line(text: str) -> str:
    """`text` on one line, with nothing in it that XML forbids."""
    return " ".join(strip_illegal(text).split())


def title_of(post: Post) -> str:
    """The title, or what stands for it."""
    return line(post.display_title) or line(post.untitled())


def author_of(post: Post, channel: Channel) -> str:
    return (line(post.author.get_full_name()) if post.author else "") or channel.author


def language_of(post: Post, channel: Channel) -> str:
    """The post's language where it is another than the feed's, and is one; else ""."""
    is_other = post.language.lower() != channel.language.lower()
    return post.language if is_other and _LANGUAGE.fullmatch(post.language) else ""


def absolute(path: str) -> str:
    return settings.LINKLOG_URL + path
