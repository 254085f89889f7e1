"""Is this a valid feed? The rules of RFC 4287, RSS 2.0 and JSON Feed 1.1 that a program can check, each broken one as a sentence."""

import json
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(//(\[[0-9A-Fa-f:.]+\]|[^/?#\[\]]*)(:\d+)?)?([^#\[\]\s<>\"{}|\\^`]*)(#[^#\[\]\s<>\"{}|\\^`]*)?"
)
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_ONCE = ("title", "id", "updated")
_AT_MOST_ONCE = ("subtitle", "generator", "icon", "logo", "rights", "published", "content", "summary", "source")


def atom_problems(body: bytes) -> list[str]:
    """RFC 4287 section 4, and RFC 5005 section 3 for the links of pages."""
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
    return list(_atom(root))


def _atom(feed: Any) -> Iterator[str]:
    if feed.tag != f"{ATOM}feed":
        yield f"the root is {feed.tag}"
    yield from _common(feed, "feed")
    rels = [link.get("rel") for link in feed.findall(f"{ATOM}link")]
    for rel in ("self", "alternate", "first", "next"):
        if rels.count(rel) > 1 or (rel == "self" and rel not in rels):
            yield f"the feed has {rels.count(rel)} links of rel {rel}"
    entries = feed.findall(f"{ATOM}entry")
    if not feed.findall(f"{ATOM}author") and any(not entry.findall(f"{ATOM}author") for entry in entries):
        yield "an entry has no author, nor has the feed"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) < len(ids):
        yield "two entries share an id"
    for entry in entries:
        where = f"entry {entry.findtext(f'{ATOM}id')}"
        yield from _common(entry, where)
        links = [link.get("rel") for link in entry.findall(f"{ATOM}link")]
        if links.count("alternate") != 1:
            yield f"{where} has {links.count('alternate')} alternate links"
        content = entry.find(f"{ATOM}content")
        if content is None or content.get("type") != "html" or len(content):
            yield f"{where} has no HTML content"


def _common(element: Any, where: str) -> Iterator[str]:
    """What holds for a feed and for an entry alike: persons, dates, links, categories, language."""
    for name in _ONCE:
        if len(element.findall(ATOM + name)) != 1:
            yield f"{where} has {len(element.findall(ATOM + name))} {name}"
    for name in _AT_MOST_ONCE:
        if len(element.findall(ATOM + name)) > 1:
            yield f"{where} has more than one {name}"
    for name in ("updated", "published"):
        for stamp in element.findall(ATOM + name):
            if not _RFC3339.fullmatch(stamp.text or ""):
                yield f"{where}: {name} is {stamp.text}"
    if not _URI.fullmatch(element.findtext(f"{ATOM}id") or ""):
        yield f"{where}: the id is no IRI"
    for link in element.findall(f"{ATOM}link"):
        if not _URI.fullmatch(link.get("href") or ""):
            yield f"{where}: a link to {link.get('href')}"
    for person in (*element.findall(f"{ATOM}author"), *element.findall(f"{ATOM}contributor")):
        if not (person.findtext(f"{ATOM}name") or "").strip() or len(person.findall(f"{ATOM}name")) > 1:
            yield f"{where}: a person without a name"
        if any(not _URI.fullmatch(uri.text or "") for uri in person.findall(f"{ATOM}uri")):
            yield f"{where}: a person's uri is none"
    for category in element.findall(f"{ATOM}category"):
        if not category.get("term"):
            yield f"{where}: a category without a term"
    if element.get(LANG) is not None and not _LANGUAGE.fullmatch(element.get(LANG)):
        yield f"{where}: the language is {element.get(LANG)}"
    if (generator := element.find(f"{ATOM}generator")) is not None and not generator.text:
        yield f"{where}: the generator is empty"


def rss_problems(body: bytes) -> list[str]:
    """https://www.rssboard.org/rss-specification, with the profile's recommendation of atom:link."""
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
    return list(_rss(root))


def _rss(rss: Any) -> Iterator[str]:
    if rss.tag != "rss" or rss.get("version") != "2.0" or len(rss.findall("channel")) != 1:
        yield "not one channel of RSS 2.0"
    channel = rss.find("channel")
    for name in ("title", "link", "description"):
        if len(channel.findall(name)) != 1 or not channel.findtext(name):
            yield f"the channel has no {name}"
    if [link.get("rel") for link in channel.findall(f"{ATOM}link")].count("self") != 1:
        yield "no link to itself"
    guids = [item.findtext("guid") for item in channel.findall("item")]
    if len(set(guids)) < len(guids) or not all(guids):
        yield "two items share a guid, or one has none"
    for item in channel.findall("item"):
        if not (item.findtext("title") or item.findtext("description")):
            yield "an item without title and description"
        if not _URI.fullmatch(item.findtext("link") or ""):
            yield f"an item's link is {item.findtext('link')}"
    for stamp in (*channel.iter("pubDate"), *channel.iter("lastBuildDate")):
        parsedate_to_datetime(stamp.text)


def json_problems(body: bytes) -> list[str]:
    """https://www.jsonfeed.org/version/1.1/"""
    return list(_json(json.loads(body.decode("utf-8", "strict"))))


def _json(feed: dict[str, Any]) -> Iterator[str]:
    if feed.get("version") != "https://jsonfeed.org/version/1.1" or not isinstance(feed.get("title"), str):
        yield "no version or title"
    for name in ("home_page_url", "feed_url", "next_url", "icon"):
        if name in feed and not _URI.fullmatch(feed[name]):
            yield f"{name} is {feed[name]}"
    ids = [item.get("id") for item in feed["items"]]
    if len(set(ids)) < len(ids) or not all(isinstance(one, str) and one for one in ids):
        yield "two items share an id, or one has none"
    for item in feed["items"]:
        where = f"item {item.get('id')}"
        if not isinstance(item.get("content_html", item.get("content_text")), str):
            yield f"{where} has no content"
        for name in ("url", "external_url", "image"):
            if name in item and not isinstance(item[name], str):
                yield f"{where}: {name} is no string"
        for name in ("date_published", "date_modified"):
            if name in item and not _RFC3339.fullmatch(item[name]):
                yield f"{where}: {name} is {item[name]}"
        if not all(isinstance(tag, str) for tag in item.get("tags", [])):
            yield f"{where}: a tag is no string"
        if any(not (author.get("name") or author.get("url")) for author in item.get("authors", [])):
            yield f"{where}: an author without name and address"
        if any(name.startswith("_") and not isinstance(value, dict) for name, value in item.items()):
            yield f"{where}: an extension is no object"
