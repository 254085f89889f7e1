"""Atom (RFC 4287, and its draft 0.3 of old feeds) to ImportedPost."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import urljoin

from linklog.core import html, links
from linklog.core.xml import BrokenXml, Element, inner_markup, iter_elements, local_name, namespace
from linklog.importers.contract import (
    Credited,
    ImportedPost,
    ImportProblem,
    attempted,
    broken_off,
    folded,
    other_language,
    web_url,
)
from linklog.importers.dates import parse_date
from linklog.importers.infer import Hints, infer

ATOM = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "")
_XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass
class Feed:
    """What the feed says of itself before its entries."""

    base: str = ""
    url: str = ""
    language: str = ""
    is_linklog: bool = False
    hosts: set[str] = field(default_factory=set)


def read(file: BinaryIO) -> Iterator[ImportedPost | ImportProblem]:
    """Every entry, in the order of the file."""
    feed, position = Feed(), 0
    try:
        for event, element in iter_elements(file, {"feed"}):
            if event == "start":
                feed.base = element.get(f"{_XML}base", "")
                feed.language = other_language(element.get(f"{_XML}lang"))
            elif local_name(element) != "entry":
                _read_about(feed, element)
            else:
                position += 1
                yield attempted(_entry, element, position, feed)
    except BrokenXml as error:
        yield broken_off(position + 1, f"line {error.line}", str(error))


def _read_about(feed: Feed, element: Element) -> None:
    name = local_name(element)
    if name == "link" and element.get("rel", "alternate") in ("alternate", "self"):
        url = web_url(_join(feed.base, element.get("href", "")))
        feed.hosts |= {links.site(url)} - {""}
        if element.get("rel", "alternate") == "alternate":
            feed.url = url
    elif name == "generator":
        feed.is_linklog = folded(element.text) == "Linklog"


def _entry(entry: Element, position: int, feed: Feed) -> ImportedPost:
    linked = _links(entry, _join(feed.base or feed.url, entry.get(f"{_XML}base", "")))
    permalink, related = _permalink_and_related(linked, feed)
    base = _join(feed.base, entry.get(f"{_XML}base", "")) or permalink or feed.url
    item = ImportedPost(
        position,
        source_id=folded(_text(entry, "id")),
        source_url=permalink,
        title=_title(entry),
        published=parse_date(_text(entry, "published", "issued", "created")),
        updated=parse_date(_text(entry, "updated", "modified")),
        language=entry.get(f"{_XML}lang") or feed.language,
        site_host=next(iter(feed.hosts & {links.site(permalink)}), links.site(feed.url)),
    )
    for via in linked.get("via", [])[:1]:
        item.via_url, item.via_title = via.url, via.title
    for category in _children(entry, "category"):
        if term := folded(category.get("term")) or folded(category.text):
            item.tags.append((term, folded(category.get("label"))))
    item.body, item.body_format = _content(entry, base)
    people = [_person(person) for person in _children(entry, "contributor")]
    hosts = feed.hosts | {links.site(permalink)} - {""}
    infer(
        item,
        Hints(
            related=related,
            own_hosts=hosts,
            contributors=[person for person in people if person.name],
            is_linklog=feed.is_linklog,
        ),
    )
    return item


@dataclass
class Link:
    url: str
    title: str


def _links(entry: Element, base: str) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = {}
    for element in _children(entry, "link"):
        url = web_url(_join(base, element.get("href", "")))
        if url and element.get("type", "text/html") in ("text/html", "application/xhtml+xml", "text/plain"):
            found.setdefault(element.get("rel", "alternate"), []).append(Link(url, folded(element.get("title"))))
    return found


def _permalink_and_related(linked: dict[str, list[Link]], feed: Feed) -> tuple[str, str]:
    """Link blogs differ in which of the two `alternate` is: the one at home is the permalink."""
    permalink = next((link.url for link in linked.get("alternate", [])), "")
    related = [link.url for link in linked.get("related", [])]
    if len(related) != 1 or not permalink:
        return permalink, ""
    if links.site(related[0]) in feed.hosts and links.site(permalink) not in feed.hosts:
        return related[0], permalink
    is_elsewhere = links.site(related[0]) not in feed.hosts or feed.is_linklog
    return permalink, related[0] if is_elsewhere else ""


def _title(entry: Element) -> str:
    title = next(iter(_children(entry, "title")), None)
    if title is None:
        return ""
    if title.get("type") == "xhtml" or len(title):
        return folded(html.to_text(inner_markup(title)))
    is_html = title.get("type") in ("html", "text/html") or title.get("mode") == "escaped"
    return folded(html.to_text(title.text or "") if is_html else title.text)


def _content(entry: Element, base: str) -> tuple[str, str]:
    """The full text, else the summary; cleaned."""
    for name in ("content", "summary"):
        for element in _children(entry, name):
            if element.get("src") and not (element.text or "").strip():
                continue
            base = _join(base, element.get(f"{_XML}base", "")) or base
            kind = element.get("type", "text")
            if kind == "xhtml" or len(element):
                source = inner_markup(element)
            elif kind in ("html", "text/html") or element.get("mode") == "escaped":
                source = element.text or ""
            elif kind.startswith("text"):
                source = html.text_to_html(element.text or "")
            else:
                continue
            if source.strip():
                return html.clean_untrusted(source, base), "html"
    return "", "html"


def _person(element: Element) -> Credited:
    return Credited(folded(_text(element, "name")), web_url(_text(element, "uri", "url")))


def _children(element: Element, *names: str) -> list[Element]:
    return [child for child in element if local_name(child) in names and namespace(child) in ATOM]


def _text(element: Element, *names: str) -> str:
    """The text of the first of `names` that is there."""
    for name in names:
        for child in _children(element, name):
            if child.text and child.text.strip():
                return str(child.text).strip()
    return ""


def _join(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip()) if base or url else ""
    except ValueError:
        return ""
