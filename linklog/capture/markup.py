"""Somebody's page as it came, parsed once within bounds: elements, meta tags, and the data in its scripts, which run nowhere."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from linklog.core import links
from linklog.core.html import shallow_part
from linklog.core.xml import strip_illegal

MAX_CHARACTERS = 2_000_000  # of a page are looked at at all
HEAD = 524_288  # characters without scripts, in which a page says what it is
DEEPEST = 1_000  # elements within each other
MAX_SCRIPTS = 200
_HUGE_TAG = re.compile(
    r"<[^<>]{20000,}"
)  # an image within the page, or so many attributes that to compare them takes seconds
# No pattern may cross another `<`, or a page of nothing but `<script` would take time by its square
_OPENING = re.compile(r"<(script|style|svg|template)\b([^<>]{0,4000})>", re.IGNORECASE)
# Signs that turn the direction of all that follows, https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Markup:
    """A page of the web. Nothing of it is clean: what is taken out goes through `line` or `links.harmless`."""

    def __init__(self, html: str, url: str) -> None:
        self.url = url
        bare, self.scripts = _parted(strip_illegal(html[:MAX_CHARACTERS]))
        self.bare = shallow_part(_HUGE_TAG.sub(" ", bare), DEEPEST)
        self.tree = LexborHTMLParser(self.bare[:HEAD])
        self._metas: dict[str, list[str]] = defaultdict(list)
        for node in self.tree.css("meta[content]"):
            for name in ("name", "property", "itemprop"):
                if key := node.attributes.get(name):
                    self._metas[key.strip().lower()].append(node.attributes.get("content") or "")

    def metas(self, *names: str) -> list[str]:
        """What the meta tags of these names say, the first name's first."""
        return [content for name in names for content in self._metas.get(name, ()) if content.strip()]

    def values(self, selector: str, attribute: str) -> list[str]:
        """The values of an attribute where `selector` meets, in the page's order."""
        return [value for node in self.tree.css(selector) if (value := node.attributes.get(attribute))]

    def texts(self, selector: str) -> list[str]:
        """The words within each element that `selector` meets."""
        return [text for node in self.tree.css(selector) if (text := node.text(separator=" ").strip())]

    def json(self, sign: str) -> Iterator[Any]:
        """The data of each script whose opening tag or beginning holds `sign`, where it is JSON."""
        for attributes, content in self.scripts:
            if sign in attributes:
                yield from as_json(content)

    def absolute(self, url: str) -> str:
        """`url` of this page as a whole address of the web; "" where it is none."""
        try:
            whole = links.harmless(urljoin(self.url, url.strip()))
        except ValueError:
            return ""
        return whole if links.is_web_url(whole) and len(whole) <= links.MAX_URL_LENGTH else ""


def line(text: object, most: int = 500) -> str:
    """One line of plain text, at most so many characters: no control characters, nothing that turns the direction of writing."""
    return " ".join(_TURNING.sub("", strip_illegal(str(text)[: most * 10])).split())[:most].strip()


def as_json(text: str) -> Iterator[Any]:
    """The value that `text` begins with, if it is JSON: none, or one. What follows it is not looked at."""
    try:
        yield json.JSONDecoder(strict=False).raw_decode(text.strip())[0]
    except (ValueError, RecursionError):
        return


def _parted(html: str) -> tuple[str, list[tuple[str, str]]]:
    """`html` without scripts, styles and drawings, and (attributes, content) of its scripts."""
    lowered, kept, scripts, position = html.lower(), [], [], 0
    if len(lowered) != len(html):  # a few letters grow when they are lowered, such as İ
        lowered = html
    while opening := _OPENING.search(html, position):
        name = opening[1].lower()
        end = lowered.find(f"</{name}", opening.end())
        if name == "script" and len(scripts) < MAX_SCRIPTS:
            scripts.append((opening[2], html[opening.end() : end if end >= 0 else None]))
        kept.append(html[position : opening.start()])
        position = html.find(">", end) + 1 if end >= 0 else len(html)
        if position <= 0:
            position = len(html)
    return "".join([*kept, html[position:]]), scripts
