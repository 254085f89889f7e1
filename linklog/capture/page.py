"""What a page of the web says of itself: title, authors, site, dates, text.

Each fact has its sources in order of trust: what the page says to machines about its own content first, what it shows last. The main
text, and an opinion on the author where the page names none, come from trafilatura.
"""

import datetime as dt
import re
import threading
from dataclasses import asdict, dataclass, field
from email.utils import parsedate_to_datetime
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from linklog.capture import bylines
from linklog.capture.linked_data import LinkedData
from linklog.capture.markup import Markup, line
from linklog.core import links
from linklog.core.html import to_text
from linklog.core.xml import strip_illegal

MAX_TEXT = 50_000  # characters
MAX_KEYWORDS = 20
MAX_READABLE = 150_000  # characters of HTML in which the main text is looked for, since that takes time by their square
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z]{4})?(?:[-_]([A-Za-z]{2}))?(?![A-Za-z])")
_DATE = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})")
_SAME_PLACE = re.compile(r"^(?:(?:www|m|mobile|amp)\.)+|(?<=\.)(?:m|mobile|amp)\.")


@dataclass
class Page:
    """Texts of one line, but for `text` and the transcript; addresses are whole ones of the web; what is not known is empty."""

    url: str  # where it was found in the end, or the address that it calls its own
    title: str = ""
    authors: list[str] = field(default_factory=list)
    site: str = ""
    published: str = ""  # ISO 8601 date
    language: str = ""  # such as sv or pt-br
    description: str = ""
    image: str = ""
    feed: str = ""
    keywords: list[str] = field(default_factory=list)  # the site's own tags
    text: str = ""
    transcript: list[tuple[int, str]] = field(default_factory=list)  # (second, words)
    pinned: str = ""  # a file or folder of a repository, at the commit its branch points to now
    notes: list[str] = field(default_factory=list)  # what could not be found out, in sentences

    def as_facts(self) -> dict[str, Any]:
        return asdict(self)


def read(markup: Markup) -> Page:
    """What `markup` says. Never fails: what it does not say is empty."""
    data = LinkedData(markup)
    text, byline = _readable(markup)
    return Page(
        url=own_address(markup),
        title=_title(markup, data),
        authors=_authors(markup, data) or bylines.people([byline]),
        site=_site(markup, data),
        published=_published(markup, data),
        language=_language(markup, data),
        description=_first(markup.metas("description", "og:description", "twitter:description") or data.texts("description"), 1000),
        image=_address(markup, [*markup.metas("og:image:secure_url", "og:image", "twitter:image"), *data.texts("image")]),
        keywords=_keywords(markup, data),
        feed=_address(markup, markup.values("link[rel~=alternate][type*=atom], link[rel~=alternate][type*=rss]", "href")
            or markup.values("link[rel~=alternate][type='application/feed+json']", "href")),
        text=text,
    )  # fmt: skip


def own_address(markup: Markup) -> str:
    """The address that a page calls its own, where that can be believed: on the same host, and not the site's front page instead."""
    found = links.without_tracking(markup.url)
    for said in [*markup.values("link[rel~=canonical]", "href"), *markup.metas("og:url")]:
        own = links.without_tracking(markup.absolute(said))
        if own and _is_same_place(own, found):
            return own
    return found


def _is_same_place(own: str, found: str) -> bool:
    try:
        one, other = urlsplit(own), urlsplit(found)
        hosts = {(_SAME_PLACE.sub("", parts.hostname or ""), parts.port) for parts in (one, other)}
    except ValueError:
        return False
    is_downgrade = one.scheme == "http" and other.scheme == "https"
    is_front_page = one.path in ("", "/") and not one.query and (other.path not in ("", "/") or bool(other.query))
    return len(hosts) == 1 and not is_downgrade and not is_front_page


def _title(markup: Markup, data: LinkedData) -> str:
    said = [
        *data.texts("headline"), *markup.metas("og:title", "citation_title", "twitter:title", "dc.title"),
        *data.texts("name"), *markup.texts("h1.p-name, h2.p-name, .entry-title"),
    ]  # fmt: skip
    shown = [*markup.texts("title"), *markup.texts("h1")]
    title = _first([*said, *shown])
    site = _site(markup, data)
    for separator in (" | ", " - ", " – ", " — ", " · ", " :: "):
        if title.casefold().endswith(f"{separator}{site}".casefold()) and site:
            return title[: -len(separator + site)].strip()
    return title


def _authors(markup: Markup, data: LinkedData) -> list[str]:
    """Of the first source that names people; else an organisation, else a handle."""
    persons, organisations = data.authors()
    elements = (
        ".h-entry .p-author .p-name",
        ".h-entry .p-author",
        "[rel~=author]",
        "[itemprop=author] [itemprop=name]",
        "[itemprop=author]",
    )
    sources = [
        lambda: bylines.people(persons),
        lambda: bylines.inverted(markup.metas("citation_author")),
        lambda: bylines.people(markup.texts(elements[0]) or markup.texts(elements[1])),
        lambda: bylines.people(markup.metas("parsely-author", "author")),
        lambda: bylines.inverted(markup.metas("dc.creator", "dcterms.creator", "dc.contributor")),
        lambda: bylines.people(markup.metas("article:author", "byl", "sailthru.author")),
        *(lambda selector=selector: bylines.people(markup.texts(selector)) for selector in elements[2:]),
        lambda: bylines.people(markup.values("link[itemprop=name]", "content")),
        lambda: bylines.people(markup.texts(".byline, .author-name")),
        lambda: [name for name in bylines.people(organisations) if name.casefold() != _site(markup, data).casefold()],
        lambda: bylines.handles(markup.metas("twitter:creator")),
    ]
    return next((names for source in sources if (names := source())), [])


def _site(markup: Markup, data: LinkedData) -> str:
    websites = [name for node in data.of_type("WebSite") for name in data.texts("name", of=node)]
    named = markup.metas("og:site_name", "citation_journal_title") or data.texts("publisher") or websites
    return _first([*named, *markup.metas("application-name")], 200) or links.site(markup.url)


def _published(markup: Markup, data: LinkedData) -> str:
    said = [
        *data.texts("datePublished", "uploadDate"),
        *markup.metas("article:published_time", "og:published_time", "citation_publication_date", "citation_date"),
        *markup.values(".h-entry .dt-published", "datetime"),
        *markup.metas(
            "parsely-pub-date", "dc.date", "dc.date.issued", "dcterms.issued", "datepublished", "date", "pubdate"
        ),
        *markup.values("time[itemprop=datePublished], time[pubdate]", "datetime"),
    ]
    return next((date for text in said if (date := _date(text))), "")


def _language(markup: Markup, data: LinkedData) -> str:
    said = [
        *markup.values("html", "lang"),
        *data.texts("inLanguage"),
        *markup.metas("og:locale", "language", "dc.language"),
    ]
    for text in said:
        if match := _LANGUAGE.match(text.strip()):
            return "-".join(part.lower() for part in match.groups() if part)
    return ""


def _keywords(markup: Markup, data: LinkedData) -> list[str]:
    said = [
        part for text in [*data.texts("keywords"), *markup.metas("keywords")] for part in re.split("[,;]", text[:2000])
    ]
    words = (line(text, 60) for text in [*markup.metas("article:tag"), *said])
    return list(dict.fromkeys(word for word in words if word))[:MAX_KEYWORDS]


def _first(texts: list[str], most: int = 500) -> str:
    return next((one for text in texts if (one := line(text, most))), "")


def _address(markup: Markup, urls: list[str]) -> str:
    return next((url for one in urls if (url := markup.absolute(one))), "")


def _date(text: str) -> str:
    """An ISO 8601 date, with or without its signs, or one as in mail; "" for anything else."""
    try:
        if match := _DATE.match(text.strip()):
            return dt.date(*map(int, match.groups())).isoformat()
        return parsedate_to_datetime(text[:100]).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def get_ready() -> None:
    """Import in a thread what reading a page takes: for who is about to ask for one."""
    threading.Thread(target=import_module, args=["trafilatura"], daemon=True).start()


def _readable(markup: Markup) -> tuple[str, str]:
    """The main text, and what trafilatura takes for the authors. A date it rather guesses than leaves out, so it is not asked."""
    import trafilatura  # slow to import, and most processes never read a page: see get_ready()
    from trafilatura.settings import Document

    html = markup.bare[:MAX_READABLE]
    try:
        found = trafilatura.bare_extraction(html, url=markup.url, with_metadata=True, include_comments=False, fast=True)
        says: dict[str, Any] = found.as_dict() if isinstance(found, Document) else {}
    except Exception:  # whatever a stranger's page does to it, the author writes on
        says = {}
    text = strip_illegal(says.get("text") or "") or to_text(html)
    return text[:MAX_TEXT], says.get("author") or ""
