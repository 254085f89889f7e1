"""What the address of a post elsewhere says: its day and slug if it is of our shape; else a slug to use, and a path to redirect."""

import datetime as dt
import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path, iri_to_uri

from linklog.core.slugs import slugify
from linklog.pages.models import MAX_PATH_LENGTH
from linklog.posts.models.post import MONTHS

MAX_SLUG = 200
_PERMALINK = re.compile(r"^/(\d{4})/([A-Za-z]{3})/(\d{1,2})/([^/]+)/?$")
_MONTHS = {name.lower(): number for number, name in enumerate(MONTHS) if name}
_DAY = re.compile(r"(?:^|/)((?:1\d|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|$)")
_UNSPEAKING = {
    "index",
    "default",
    "post",
    "posts",
    "item",
    "entry",
    "archive",
    "archives",
    "article",
    "story",
    "view",
    "blog",
}
_LETTERS = 3
_MAY_BE_FREE = (
    "pages:page",
    "posts:permalink",
)  # any path of their shape leads there; without a page or post it finds nothing
# Nothing that would end the slug, and no character that an address cannot hold
_UNSAFE = re.compile(r"[/\\\x00-\x1f\x7f]")


def own_address(url: str) -> tuple[dt.date, str] | None:
    """The day and the slug, byte for byte, of `https://anywhere/2024/Dec/22/slug/`; None for any other shape."""
    match = _PERMALINK.match(_path(url))
    if match is None or match[4] in (".", ".."):
        return None
    try:
        day = dt.date(int(match[1]), _MONTHS[match[2].lower()], int(match[3]))
    except (KeyError, ValueError):
        return None
    return (day, _decoded(match[4])) if day.year >= 1000 else None


def dated(url: str) -> dt.date | None:
    """The day in a path such as /2024/12/22/ or /2024-12-22/, or in one of our shape."""
    if own := own_address(url):
        return own[0]
    match = _DAY.search(_path(url))
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def speaking_slug(url: str) -> str:
    """A slug from the last part of the path; "" where that says nothing, such as /archives/000123.html."""
    name = PurePosixPath(unquote(_path(url))).name
    slug = slugify(re.sub(r"\.[A-Za-z]{2,5}$", "", name))
    is_speaking = slug not in _UNSPEAKING and len(re.findall("[a-z]", slug)) >= _LETTERS
    return slug if is_speaking else ""


def redirect_path(url: str) -> str:
    """The path of `url`, with its query, as a request for it will come; "" where this site has a page of its own there."""
    path = _path(url)
    if path in ("", "/") or not path.startswith("/") or path.startswith("//") or path.endswith("*"):
        return ""
    plain = unquote(path)
    try:
        if resolve(plain).view_name not in _MAY_BE_FREE:
            return ""
    except Resolver404:
        pass
    query = urlsplit(url).query
    whole = escape_uri_path(plain) + (f"?{iri_to_uri(query)}" if query else "")
    return whole if len(whole) <= MAX_PATH_LENGTH else ""


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _decoded(slug: str) -> str:
    """`slug` with its percent-encoding undone, unless that yields a slash, a control character or no text at all."""
    try:
        plain = unquote(slug, errors="strict")
    except UnicodeDecodeError:
        return slug
    return slug if _UNSAFE.search(plain) or plain in ("", ".", "..") else plain
