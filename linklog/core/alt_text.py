"""Alt text written into the source of a text, Markdown or HTML, in which nothing else changes. Pure.

Which signs are an image only a parser can tell: each place that looks like one gets a mark of its own, the marked text is
parsed once, and where a mark comes out in an image of the address asked for, its place was one.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape, unescape

from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from linklog.core import html, markdown

_ELEMENT = r"<img\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>"
_CANDIDATE = re.compile(rf"!\[|(?={_ELEMENT})<img", re.IGNORECASE)
_ELEMENT_HERE = re.compile(_ELEMENT, re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\s([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ALT = re.compile(r"""\salt(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?(?=[\s/>])""", re.IGNORECASE)
_SHORT_REFERENCE = re.compile(r"!\[((?:[^\[\]\\]|\\.)+)\](?:\[\])?(?![\[(])", re.DOTALL)
# What would be markup, or end the brackets or the cell of a table. A backslash stands before it, and within words none is needed
_MARKUP = re.compile(r"[\\`*\[\]<|~]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")


def with_alt(body: str, body_format: str, src: str, alt: str) -> str:
    """`body` with this alt text for the image at `src`: everywhere it lacks one, and where it lacks none, everywhere."""
    places = _in_markdown(body) if body_format == "markdown" else _in_html(body) if body_format == "html" else []
    places = [place for place in places if place.src == src]
    bare = [place for place in places if not html.describes(place.alt, src)]
    for place in reversed(bare or places):
        body = body[: place.start] + place.written(" ".join(alt.split())) + body[place.end :]
    return body


def escape_alt(alt: str) -> str:
    """A text as it stands between the brackets of an image in Markdown."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(alt.split()))


@dataclass(frozen=True)
class _Place:
    """An image in a source: `start` to `end` is an element of HTML, or what stands between the brackets in Markdown."""

    start: int
    end: int
    src: str
    alt: str
    element: str = ""
    suffix: str = ""  # what names the reference where the alt text did

    def written(self, alt: str) -> str:
        if not self.element:
            return escape_alt(alt) + self.suffix
        attribute = f' alt="{escape(alt)}"'
        if _ALT.search(self.element):
            return _ALT.sub(lambda match: attribute, self.element, count=1)
        return self.element[:4] + attribute + self.element[4:]


def _in_html(body: str) -> list[_Place]:
    nonce = secrets.token_hex(6)
    starts = [match.start() for match in _CANDIDATE.finditer(body) if match[0] != "!["]
    marked = _joined(body, [(start + 4, f" {_mark(nonce, start)} ") for start in starts])
    real = _of_images(marked, nonce)
    return [_of_element(body, start) for start in starts if _mark(nonce, start) in real]


def _of_element(body: str, start: int) -> _Place:
    found = _ELEMENT_HERE.match(body, start)
    assert found is not None  # or it had not been a candidate
    values = {match[1].lower(): match[2] or match[3] or match[4] or "" for match in _ATTRIBUTE.finditer(found[0])}
    src, alt = (unescape(values.get(name, "")) for name in ("src", "alt"))
    return _Place(start, found.end(), src.strip(), " ".join(alt.split()), found[0])


def _in_markdown(body: str) -> list[_Place]:
    nonce, references = secrets.token_hex(6), markdown.parsed(body)[1]
    candidates, labels, insertions = list(_CANDIDATE.finditer(body)), {}, []
    for match in candidates:
        start, mark = match.start(), _mark(nonce, match.start())
        short = _SHORT_REFERENCE.match(body, start)
        if short and normalizeReference(short[1]) in references:
            labels[start] = short[1]
            insertions.append((match.end(), f"{mark}]["))
        else:
            insertions.append((match.end(), mark if match[0] == "![" else f" {mark} "))
    if not candidates:
        return []
    images, elements = _bearing(markdown.parsed(_joined(body, insertions))[0], nonce)
    places = []
    for match in candidates:
        start, mark = match.start(), _mark(nonce, match.start())
        if mark in images:
            places += _between_brackets(body, match.end(), images[mark], mark, labels.get(start, ""))
        elif mark in elements:
            places.append(_of_element(body, start))
    return places


def _mark(nonce: str, start: int) -> str:
    return f"m{nonce}n{start}n"


def _joined(body: str, insertions: Iterable[tuple[int, str]]) -> str:
    parts, last = [], 0
    for at, text in insertions:
        parts += [body[last:at], text]
        last = at
    return "".join([*parts, body[last:]])


def _bearing(tokens: Iterable[Token], nonce: str) -> tuple[dict[str, Token], set[str]]:
    """The images of Markdown that bear a mark, and the marks that images of HTML bear."""
    mark = re.compile(rf"m{nonce}n\d+n")
    images: dict[str, Token] = {}
    elements: set[str] = set()
    for token in tokens:
        if token.type == "image" and (match := mark.match(token.content)):
            images[match[0]] = token
        elif token.type in ("html_block", "html_inline"):
            elements |= _of_images(token.content, nonce)
    return images, elements


def _of_images(source: str, nonce: str) -> set[str]:
    """The names of attributes, marks among them, that images in this HTML have."""
    images = html.parse(source).css("img") if nonce in source else []
    return {name for image in images for name in image.attributes}


def _between_brackets(body: str, start: int, image: Token, mark: str, label: str) -> list[_Place]:
    """The place of the alt text. Its lines may stand behind the signs of a quotation or a list, which the parser took away."""
    source = label or image.content.removeprefix(mark)
    lines = (re.escape(line) for line in source.split("\n"))
    match = re.compile(r"[ \t]*\n[ \t>]*".join(lines)).match(body, start)
    if match is None:
        return []
    src = str(image.attrs["src"])
    if not label:
        return [_Place(start, match.end(), src, markdown.plain(image).removeprefix(mark))]
    end = match.end() + (2 if body.startswith("][]", match.end()) else 0)
    return [_Place(start, end, src, label, suffix=f"][{label}")]
