"""What every importer yields, and how it says that something could not be read. Nothing here touches the database."""

import datetime as dt
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings

from linklog.core import links

logger = logging.getLogger(__name__)
T = TypeVar("T")
F = TypeVar("F")

UNTITLED_LENGTH = 500  # a text without a title up to this many characters is a note, a longer one an entry
MAX_BODY = 5_000_000


class SourceError(Exception):
    """The source as a whole cannot be imported; the message is one sentence for the person who asked."""


class NoItem(ValueError):
    """What stands where an item should is none; the message says why. Nothing went wrong here."""


@dataclass
class ImportedPost:
    """A post as a source tells it, in the source's own order. Times are aware; "" and None mean that nothing was said."""

    position: int
    source_id: str = ""
    source_url: str = ""
    kind: str = ""
    title: str = ""
    body: str = ""
    body_format: str = "html"
    link_url: str = ""
    via_url: str = ""
    via_title: str = ""
    context: str = ""
    published: dt.datetime | None = None
    updated: dt.datetime | None = None
    created: dt.datetime | None = None
    tags: list[tuple[str, str]] = field(default_factory=list)  # (what the source calls it, its name if another)
    credits: list["Credited"] = field(default_factory=list)
    series: "InSeries | None" = None
    slug: str = ""
    code: str = ""
    language: str = ""
    card_image: str = ""
    is_draft: bool = False
    author: str | None = None  # None: not said; "": said to have none
    is_uncleaned: bool = False  # body and context are as their author wrote them
    site_host: str = ""  # where the source is at home: only paths there are redirected

    @property
    def label(self) -> str:
        """What a report calls it."""
        return f"{self.position}: {self.source_url or self.title or self.source_id or self.link_url or self.kind or 'item'}"[
            :300
        ]


@dataclass
class Credited:
    """Someone credited; `slug` only where the source is a Linklog."""

    name: str
    url: str = ""
    slug: str = ""


@dataclass
class InSeries:
    slug: str
    title: str = ""
    position: int | None = None


@dataclass
class ImportProblem:
    """An item that cannot be imported, or the place where the file breaks off."""

    position: int
    item: str
    reason: str
    ends_file: bool = False

    @property
    def label(self) -> str:
        return f"{self.position}: {self.item}"[:300]


@dataclass
class SiteContents:
    """What a Linklog export says beside its posts; every part is as it stands in the file. `home_url` is where it is from."""

    tags: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    series: list[dict[str, Any]] = field(default_factory=list)
    pages: list[dict[str, Any]] = field(default_factory=list)
    redirects: list[dict[str, Any]] = field(default_factory=list)
    site: dict[str, Any] = field(default_factory=dict)
    home_url: str = ""


def other_language(code: object) -> str:
    """The language of a whole feed where it is another than this site's, else ""."""
    if not isinstance(code, str) or not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", code) or len(code) > 20:
        return ""
    return "" if code.lower().split("-")[0] == settings.LANGUAGE_CODE.lower().split("-")[0] else code


def web_url(value: object) -> str:
    """`value` mended, if it is an address that may be linked; "" for javascript: and whatever else is none."""
    url = links.mend(value) if isinstance(value, str) else ""
    return url if links.is_web_url(url) else ""


def folded(text: object) -> str:
    """`text` on one line; "" for what is no text."""
    return " ".join(text.split()) if isinstance(text, str) else ""


def broken_off(position: int, place: str, message: str) -> ImportProblem:
    return ImportProblem(position, place, f"the file breaks off at {place}: {message}", ends_file=True)


def attempted(
    make: Callable[[T, int, F], ImportedPost], value: T, position: int, feed: F
) -> ImportedPost | ImportProblem:
    """What `make` makes of an item; a problem, and a line in the log, where it fails: no item may stop the rest."""
    try:
        return make(value, position, feed)
    except NoItem as error:
        return ImportProblem(position, "item", str(error))
    except Exception as error:
        logger.warning("Item %s of an import cannot be read", position, exc_info=True)
        return ImportProblem(position, "item", f"it cannot be read: {error or type(error).__name__}"[:300])
