"""RSS 2.0 (and 0.9x without document type, and 1.0) to ImportedPost."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
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

_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_ATOM = "http://www.w3.org/2005/Atom"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_TAG = re.compile(r"<[a-zA-Z/!]|&(?:[a-zA-Z]+|#\d+);")
_DATES = ("pubDate", "published", "date", "issued", "created")
_CHANGES = ("updated", "modified")
_COUNTED_LINKS = ("feedproxy.google.com", "feeds.feedburner.com", "rss.feedsportal.com", "feedsportal.com")


@dataclass
class Channel:
    """What the channel says of itself before its items."""

    url: str = ""
    base: str = ""
    language: str = ""
    is_linklog: bool = False

    @property
    def host(self) -> str:
        return links.site(self.url)


def read(file: BinaryIO) -> Iterator[ImportedPost | ImportProblem]:
    """Every item, in the order of the file."""
    channel, position = Channel(), 0
    try:
        for event, element in iter_elements(file, {"rss", "RDF", "channel"}):
            name = local_name(element)
            if event == "start":
                channel.base = element.get(f"{_XML}base") or channel.base
            elif name == "item":
                position += 1
                yield attempted(_item, element, position, channel)
            elif name == "link" and namespace(element) != _ATOM:
                channel.url = web_url(element.text) or channel.url
            elif name == "language":
                channel.language = other_language(folded(element.text))
            elif name == "generator":
                channel.is_linklog = folded(element.text).startswith("Linklog")
    except BrokenXml as error:
        yield broken_off(position + 1, f"line {error.line}", str(error))


def _item(element: Element, position: int, channel: Channel) -> ImportedPost:
    guid, permalink, related = _addresses(element, channel)
    item = ImportedPost(
        position,
        source_id=guid or permalink,
        source_url=permalink,
        title=_plain(_text(element, "title")),
        published=_first_date(element, _DATES),
        updated=_first_date(element, _CHANGES),
        language=channel.language,
        site_host=channel.host,
    )
    source = next((child for child in _children(element, "source") if namespace(child) == namespace(element)), None)
    if source is not None:
        item.via_url, item.via_title = web_url(source.get("url")), folded(source.text)
    for via in _children(element, "link"):
        if namespace(via) == _ATOM and via.get("rel") == "via":
            item.via_url, item.via_title = web_url(via.get("href")), folded(via.get("title"))
        elif namespace(via) == _ATOM and via.get("rel") == "related":
            related = related or web_url(via.get("href"))
    for category in _children(element, "category", "subject"):
        if term := _plain(category.text or ""):
            item.tags.append((term, ""))
    item.body = html.clean_untrusted(_content(element), channel.base or permalink or channel.url)
    people = [Credited(_plain(person.text or "")) for person in _children(element, "contributor")]
    hosts = {channel.host, links.site(permalink)} - {""}
    infer(
        item,
        Hints(
            related=related,
            own_hosts=hosts,
            contributors=[person for person in people if person.name],
            is_linklog=channel.is_linklog,
        ),
    )
    return item


def _addresses(element: Element, channel: Channel) -> tuple[str, str, str]:
    """(id, permalink, page linked). A link that leads elsewhere while the guid, or the comments, are at home is the page linked."""
    guid_element = next(iter(_children(element, "guid")), None)
    guid = folded(guid_element.text) if guid_element is not None else ""
    is_permalink = guid_element is not None and guid_element.get("isPermaLink", "true").strip().lower() != "false"
    about = element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about", "")
    link = web_url(_joined(channel.base or channel.url, _text(element, "link")))
    original = web_url(_text(element, "origLink"))
    named = web_url(guid) if is_permalink or links.site(web_url(guid)) == channel.host else ""
    if original or links.site(link) in _COUNTED_LINKS:
        link = original or named or link
    permalink = link or named
    comments = web_url(_text(element, "comments"))
    if link and channel.host and links.site(link) != channel.host:
        for home in (named, comments):
            if home and links.site(home) == channel.host:
                return guid or home, home, link
    return guid or folded(about), permalink, ""


def _content(element: Element) -> str:
    """The full text as HTML, else the description."""
    for child in [*_children(element, "encoded"), *_children(element, "content", "description", "summary")]:
        if local_name(child) == "encoded" and namespace(child) != _CONTENT:
            continue
        source = inner_markup(child) if len(child) else child.text or ""
        if source.strip():
            return source if _TAG.search(source) else html.text_to_html(source)
    return ""


def _plain(text: str) -> str:
    """Titles and names: programs disagree on whether to escape them once or twice."""
    text = folded(text)
    return folded(unescape(text)) if re.search(r"&(?:[a-zA-Z]+|#\w+);", text) else text


def _first_date(element: Element, names: tuple[str, ...]) -> dt.datetime | None:
    for name in names:
        for child in _children(element, name):
            if moment := parse_date(child.text):
                return moment
    return None


def _children(element: Element, *names: str) -> list[Element]:
    return [child for child in element if local_name(child) in names]


def _text(element: Element, name: str) -> str:
    """The text of the first child of this name in RSS's own namespace; media and podcasts have titles and links of theirs."""
    for child in _children(element, name):
        if child.text and child.text.strip() and (namespace(child) == namespace(element) or name == "origLink"):
            return str(child.text).strip()
    return ""


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip()) if url else ""
    except ValueError:
        return ""
