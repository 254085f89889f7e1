"""An entry's HTML as a reader sees it: blocks one below the other, and at their end lines such as "Via …" and "Tags: …"."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborNode

from linklog.core import html

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "details",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "audio",
        "video",
        "iframe",
    ]
)
MAX_WRAPPERS = 10
_WRAPPERS = ("div", "section", "article", "main")
_SPACE_ONLY = re.compile(r"[\s\u00a0\u200b\ufeff]*")
_LABEL = re.compile(r"(?<!\w)(?=(?:tags?|tagged|filed under)\s*:)", re.IGNORECASE)
_TAGS_ONLY = re.compile(r"(?:tags|tagged|filed under) ?:?", re.IGNORECASE)
_BETWEEN = " \t\n.,;|·•–—-)]"
EMPHASIS = ("em", "i", "strong", "b", "q", "sup", "sub")
_SMALL_LINE = re.compile(r"\s*[(\[]?(?:via\b|tags?\s*:)", re.IGNORECASE)


@dataclass
class Part:
    """A run of text or a link within a line; `nodes` is what has to go from the tree with it, `emphasis` what it stands in,
    `kept` the words before it in the same piece of text, which stay."""

    text: str
    href: str = ""
    nodes: list[LexborNode] = field(default_factory=list)
    emphasis: tuple[str, ...] = ()
    kept: str = ""


Line = list[Part]


def normalised(source: str) -> LexborNode:
    """A body whose children are blocks only: one wrapping element taken off, text between blocks made paragraphs, empty
    paragraphs dropped (feeds close them twice)."""
    body = html.parse(source)
    for _level in range(MAX_WRAPPERS):
        only = _only_child(body)
        if only is None or only.tag not in _WRAPPERS:
            break
        body = html.parse(html.inner_html(only))
    pieces, run = [], ""
    for node in body.iter(include_text=True):
        if is_block(node):
            pieces += [_paragraph(run), "" if _is_empty_paragraph(node) else node.html or ""]
            run = ""
        else:
            run += node.html or ""
    pieces.append(_paragraph(run))
    return html.parse("\n".join(piece for piece in pieces if piece))


def is_block(node: LexborNode) -> bool:
    return node.tag in _BLOCKS or (not node.is_text_node and has_blocks(node))


def has_blocks(node: LexborNode) -> bool:
    return any(child.tag in _BLOCKS for child in node.traverse(include_text=False) if child.mem_id != node.mem_id)


def blocks(body: LexborNode) -> list[LexborNode]:
    return list(body.iter())


def first(body: LexborNode) -> LexborNode | None:
    return next(iter(blocks(body)), None)


def last(body: LexborNode) -> LexborNode | None:
    return next(reversed(blocks(body)), None)


def text_of(node: LexborNode) -> str:
    return " ".join(node.text(separator="").split())


def lines(block: LexborNode) -> list[Line]:
    """What `block` holds, line by line. A line that is more than text and links has a Part without text for the rest."""
    found: list[Line] = [[]]
    for part in _parts(block):
        if part is None:
            found.append([])
            continue
        pieces = [part.text] if part.href else _LABEL.split(part.text)
        if len(pieces) > 1 and found[-1] and not pieces[0].strip(_BETWEEN):
            found.append([Part("".join(pieces[1:]), nodes=part.nodes)])
        elif len(pieces) > 1 and pieces[0].strip():
            found[-1].append(replace(part, text="".join(pieces[:-1])))
            found.append([Part(pieces[-1], nodes=part.nodes, kept="".join(pieces[:-1]).rstrip())])
        else:
            found[-1].append(part)
    return [line for line in found if any(part.text.strip() or part.href or not part.nodes for part in line)]


def remove(line: Line) -> None:
    """Take `line` out of its block, with the line break before it and wrappers that it leaves empty."""
    for part in line:
        if part.kept:
            part.nodes[0].replace_with(part.kept)
    for node in (node for part in line if not part.kept for node in part.nodes):
        above = node.parent
        _remove_with_break(node)
        while above is not None and above.tag not in ("body", "html") and not _holds_anything(above):
            empty, above = above, above.parent
            _remove_with_break(empty)


def _remove_with_break(node: LexborNode) -> None:
    before = node.prev
    while before is not None and before.is_text_node and not (before.text() or "").strip():
        before = before.prev
    if before is not None and before.tag == "br":
        before.remove()
    node.remove()


def take_trailing_lines(body: LexborNode, is_taken: Callable[[Line], bool]) -> None:
    """Offer the last line to `is_taken`, and the one before it for as long as lines are taken; these leave the tree."""
    while (block := last(body)) is not None:
        found = lines(block)
        if not found and not block.css("img,audio,video,hr,iframe") and not text_of(block):
            block.remove()
            continue
        if not found or not is_taken(found[-1]):
            return
        if len(found) == 1:
            block.remove()
        else:
            remove(found[-1])


def join_tag_list(body: LexborNode) -> None:
    """Make of a last list of nothing but links, below a block such as "Tags:", one line with it."""
    last_two = blocks(body)[-2:]
    if len(last_two) < 2 or last_two[1].tag not in ("ul", "ol") or not _TAGS_ONLY.fullmatch(text_of(last_two[0])):
        return
    label, listed = last_two
    anchors = [item.css_first("a[href]") for item in listed.iter()]
    named = [anchor for anchor in anchors if anchor is not None and text_of(anchor)]
    if len(named) != len(anchors) or "".join(map(text_of, listed.iter())) != "".join(map(text_of, named)):
        return
    line = html.parse(f"<p>Tags: {', '.join(anchor.html or '' for anchor in named)}</p>")
    if (made := first(line)) is not None:
        label.remove()
        listed.replace_with(made)


def joined(nodes: list[LexborNode]) -> str:
    return "\n".join((node.html or "").strip() for node in nodes)


def _parts(node: LexborNode) -> Iterator[Part | None]:
    """Text and links in their order; None where a new line begins."""
    for child in node.iter(include_text=True):
        if child.is_text_node:
            yield Part(child.text(), nodes=[child])
        elif child.tag == "br":
            yield None
        elif child.tag == "a" and child.attributes.get("href") and not child.css("img,audio,video,p,div"):
            yield Part(child.text(), child.attributes["href"] or "", [child])
        elif child.tag in ("img", "audio", "video", "hr", "iframe", "table", "pre", "ul", "ol", "blockquote", "code"):
            yield from (None, Part(""), None) if child.tag not in ("img", "code") else (Part("", nodes=[]),)
        elif child.tag in _BLOCKS or (
            child.tag == "small" and _SMALL_LINE.match(child.text()) and child.css_first("a")
        ):
            yield None
            yield from _parts(child)
            yield None
        else:
            within = (child.tag,) if child.tag in EMPHASIS else ()
            yield from (part and replace(part, emphasis=within + part.emphasis) for part in _parts(child))


def _only_child(body: LexborNode) -> LexborNode | None:
    children = [node for node in body.iter(include_text=True) if not (node.is_text_node and not node.text().strip())]
    return children[0] if len(children) == 1 and not children[0].is_text_node else None


def _paragraph(run: str) -> str:
    return "" if _SPACE_ONLY.fullmatch(run) else f"<p>{run.strip()}</p>"


def _is_empty_paragraph(node: LexborNode) -> bool:
    return node.tag == "p" and not _holds_anything(node)


def _holds_anything(node: LexborNode) -> bool:
    return bool(node.text().strip("\u00a0 \t\r\n")) or node.css_first("img,audio,video,iframe,hr,source,td") is not None
