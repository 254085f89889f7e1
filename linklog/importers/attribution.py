"""The line "— Name, context" below a quotation: who said it, where, and what follows the name as inline HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape

from selectolax.lexbor import LexborNode

from linklog.core import html
from linklog.importers import blocks
from linklog.importers.contract import web_url

MAX_NAME = 120
BREAK = "<br>"
_DASH = re.compile(r"\s*(?:[—–―‒]|--+|-(?=\s))\s*")
_NO_LINE = frozenset(
    ["audio", "video", "hr", "iframe", "table", "pre", "ul", "ol", "dl", "blockquote", "details"]
    + [f"h{level}" for level in range(1, 7)]
)
_WRAPPERS = frozenset(["p", "div", "small", "span", "cite", "footer", "figcaption", "address", "section", "aside"])


@dataclass
class Attribution:
    """`name` may be of several people; `link` is that of the name, `context_link` the first in what follows it on the line."""

    name: str
    link: str = ""
    context_link: str = ""
    context: str = ""


@dataclass
class _Run:
    """A piece of a line as text and as inline HTML; `emphasis` is what it stands in."""

    text: str
    html: str
    href: str = ""
    is_text: bool = False
    emphasis: tuple[str, ...] = ()

    @property
    def is_break(self) -> bool:
        return self.html == BREAK

    def markup(self) -> str:
        inner = self.html
        for tag in reversed(self.emphasis if inner.strip() and not self.is_break else ()):
            inner = f"<{tag}>{inner}</{tag}>"
        return inner


def read(block: LexborNode, after: list[LexborNode]) -> Attribution | None:
    """What `block` says, if it names who said something: it begins with a dash, or is a <cite> and nothing else. The
    paragraphs `after` it belong to its context. None where that would leave out any of the text.
    """
    line = _line(block)
    following = [_line(node) for node in after]
    if line is None or any(run is None for run in following):
        return None
    first = next((run for run in line if run.text.strip()), None)
    if first is None or not (_DASH.match("".join(run.text for run in line).lstrip()[:20]) or _is_cite(block)):
        return None
    first.text = first.text.lstrip()
    dash = _DASH.match(first.text)
    first.text = first.text[dash.end() :] if dash else first.text
    first.html = first.html if first.href or not first.is_text else escape(first.text, quote=False)
    named = next((run for run in line if run.text.strip()), None)
    if named is None:
        return None
    rest = [run for run in line if run is not named]
    name, link = named.text, web_url(named.href)
    if not named.href:
        name, comma, said = named.text.partition(",")
        place = next(index for index, run in enumerate(line) if run is named)
        said_after = [replace(named, text=said, html=escape(said, quote=False))] if comma else []
        rest = [*line[:place], *said_after, *line[place + 1 :]]
    name = " ".join(name.split()).rstrip(",:")
    if not 0 < len(name) <= MAX_NAME:
        return None
    context_link = next((url for run in rest if (url := web_url(run.href))), "")
    for more in following:
        rest += [_Run("\n", BREAK), *(more or [])]
    return Attribution(name, link, context_link, _context(rest))


def _context(runs: list[_Run]) -> str:
    """`runs` on one line, without the comma or the line break that parts them from the name."""
    begin, end = 0, len(runs)
    while begin < end:
        first = runs[begin]
        if first.is_text:
            first.text = first.text.lstrip(" \t\r\n\xa0,")
            first.html = escape(first.text, quote=False)
        if first.html.strip() and not first.is_break:
            break
        begin += 1
    while end > begin and (runs[end - 1].is_break or not runs[end - 1].html.strip()):
        end -= 1
    line = " ".join("".join(run.markup() for run in runs[begin:end]).split())
    return re.sub(r" ?<br>(?: |<br>)*", BREAK, line)


def _line(block: LexborNode) -> list[_Run] | None:
    """The runs of `block`; None where it holds more than text, links, images and line breaks."""
    if block.tag not in _WRAPPERS or any(node.tag in _NO_LINE for node in block.traverse()):
        return None
    return list(_runs(block))


def _runs(node: LexborNode) -> Iterator[_Run]:
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if child.is_text_node:
            yield _Run(child.text(), escape(child.text(), quote=False), is_text=True)
        elif tag == "br":
            yield _Run("\n", BREAK)
        elif tag == "a" and child.attributes.get("href"):
            href = web_url(child.attributes["href"])
            inner = html.inner_html(child).strip("\n")
            yield _Run(child.text(), f'<a href="{escape(href)}">{inner}</a>' if href else inner, href)
        elif blocks.is_block(child) and tag in _WRAPPERS:
            yield _Run("\n", BREAK)
            yield from _runs(child)
            yield _Run("\n", BREAK)
        elif tag in blocks.EMPHASIS or tag in _WRAPPERS:
            within = (tag,) if tag in blocks.EMPHASIS else ()
            yield from (replace(run, emphasis=within + run.emphasis) for run in _runs(child))
        elif tag not in ("a", "_comment", "-comment"):
            yield _Run(child.text(), child.html or "")
        else:
            yield from _runs(child)


def _is_cite(block: LexborNode) -> bool:
    cite = block.css_first("cite")
    return cite is not None and blocks.text_of(cite) == blocks.text_of(block)
