"""JSON Feed 1.0 and 1.1 to ImportedPost, with the `_linklog` extension (docs/import-export.md)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from linklog.core import html, links
from linklog.importers.contract import (
    UNTITLED_LENGTH,
    Credited,
    ImportedPost,
    ImportProblem,
    InSeries,
    NoItem,
    SiteContents,
    SourceError,
    attempted,
    broken_off,
    other_language,
    web_url,
)
from linklog.importers.dates import parse_date
from linklog.importers.infer import Hints, infer
from linklog.importers.jsonstream import BrokenJson, NotJson, members
from linklog.posts.models import KINDS, Post

_NOT_A_FEED = "The file is not a JSON Feed: it holds no object with a list of items."


def read(file: BinaryIO) -> Iterator[ImportedPost | ImportProblem]:
    """Every item, in the order of the file."""
    start = file.tell()
    about = _about(file)
    file.seek(start)
    position = 0
    try:
        for key, value in members(file, "items"):
            if key == "items":
                position += 1
                yield attempted(_item, value, position, about)
    except BrokenJson as error:
        yield broken_off(position + 1, f"item {position + 1}", str(error))


def read_contents(file: BinaryIO) -> SiteContents:
    """What the file says beside its items."""
    about = _about(file)
    extension = _dict(about.get("_linklog"))
    return SiteContents(
        **{name: _dicts(extension.get(name)) for name in ("tags", "people", "series", "pages", "redirects")},
        site=_dict(extension.get("site")),
        home_url=web_url(about.get("home_page_url")),
    )


def _about(file: BinaryIO) -> dict[str, Any]:
    """The members of the feed but for its items. Raises SourceError for what is no JSON Feed."""
    about: dict[str, Any] = {}
    is_whole = True
    try:
        for key, value in members(file, "items", skip_array=True):
            about[key] = value
    except NotJson:
        raise SourceError(_NOT_A_FEED) from None
    except BrokenJson:
        is_whole = False
    version = about.get("version")
    if not (isinstance(version, str) and "jsonfeed.org" in version) and not (is_whole and "items" in about):
        raise SourceError(_NOT_A_FEED)
    return about


def _item(value: Any, position: int, about: dict[str, Any]) -> ImportedPost:
    if not isinstance(value, dict):
        raise NoItem("it is not an object")
    own = _dict(value.get("_linklog"))
    kind = _str(own.get("kind"))
    url = web_url(value.get("url"))
    item = ImportedPost(
        position,
        source_id=_id(value.get("id")),
        source_url=url,
        kind=kind if kind in KINDS else "",
        title=_str(value.get("title")),
        link_url=web_url(value.get("external_url")),
        context=_str(own.get("context")),
        published=parse_date(value.get("date_published")),
        updated=parse_date(value.get("date_modified")),
        created=parse_date(own.get("created")),
        tags=[(tag, "") for tag in _list(value.get("tags")) if isinstance(tag, str)],
        slug=_str(own.get("slug")),
        code=_str(own.get("code")),
        language=_str(value.get("language")) or other_language(about.get("language")),
        card_image=_str(own.get("card_image")) or web_url(value.get("image")),
        is_draft=own.get("draft") is True,
        site_host=links.site(web_url(about.get("home_page_url"))),
    )
    _read_via(item, own.get("via"))
    for credited in _dicts(own.get("credits")):
        item.credits.append(
            Credited(_str(credited.get("name")), web_url(credited.get("url")), _str(credited.get("slug")))
        )
    if series := _dict(own.get("series")):
        position_in = series.get("position")
        place = position_in if isinstance(position_in, int) and not isinstance(position_in, bool) else None
        item.series = InSeries(_str(series.get("slug")), _str(series.get("title")), place)
        if not (item.series.slug or item.series.title):
            item.series = None
    if kind and isinstance(told := value.get("authors"), list):
        names = [name for author in _dicts(told) if (name := _str(author.get("name")))]
        item.author = names[0] if names else None if told else ""
    _read_body(item, value, own, url)
    return item


def _read_via(item: ImportedPost, via: Any) -> None:
    if isinstance(via, str):
        via = {"url": via}
    item.via_url, item.via_title = web_url(_dict(via).get("url")), _str(_dict(via).get("title"))


def _read_body(item: ImportedPost, value: dict[str, Any], own: dict[str, Any], url: str) -> None:
    """The source if it is told; else the HTML, cleaned; else the text, which is Markdown only where that is said."""
    told = own.get("body_format")
    body_format = told if told in Post.BodyFormat.values else ""
    content_html, content_text = _str(value.get("content_html")), _str(value.get("content_text"))
    if isinstance(own.get("body"), str):
        item.body, item.body_format, item.is_uncleaned = own["body"], body_format or "text", True
    elif content_html and (body_format in ("", "html") or not content_text):
        item.body, item.body_format = html.clean_untrusted(content_html, url), "html"
        item.context = html.clean_untrusted(item.context) if item.context else ""
        if not item.kind:
            infer(item, Hints(related=item.link_url, own_hosts={links.site(url)} - {""}, is_link=bool(item.link_url)))
    else:
        item.body, item.body_format = (
            content_text or _str(value.get("summary")),
            "markdown" if body_format == "markdown" else "text",
        )
    if not item.kind:
        is_short = len(item.body) <= UNTITLED_LENGTH and not item.title.strip()
        item.kind = "blogmark" if item.link_url else "note" if is_short else "entry"


def _id(value: Any) -> str:
    """Numbers are taken for text, as the specification asks."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int | Decimal) else ""


def _str(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in _list(value) if isinstance(one, dict)]
