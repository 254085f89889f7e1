"""How a commentary stands to the page that it is about: what it quotes, which details of it it names, what it says itself."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from linklog.core import html, words

LEAST_QUOTE = 4  # words in a row; fewer are met by chance
TOP = 400  # characters of a page, more or less, that are read by whoever only looks at it
_QUOTED = re.compile(r"[“„«\"]([^“”„«»\"]{12,2000})[”“»\"]")
_LEFT_OUT = re.compile(r"\[?(?:…|\.\.\.)\]?")
# A capital that begins no sentence, or a number
_NAME = re.compile(r"(?<![.!?:…] )(?<!^)\b[^\W\d_a-z][\w’'-]{2,}|\b\d[\d.,:]*\d\b")


def spoken(text: str) -> str:
    """The words of `text` with blanks around, so that a run of them can be looked for."""
    return f" {' '.join(words.folded(text))} "


def stands_in(quote: str, page: str) -> bool:
    """Whether every part of `quote` stands in a text that is `spoken`, with at least a few words in a row."""
    parts = [part for text in _LEFT_OUT.split(quote) if (part := spoken(text)).strip()]
    is_long = any(len(part.split()) >= LEAST_QUOTE for part in parts)
    return is_long and all(part in page for part in parts)


def quotes(body_html: str) -> list[str]:
    body = html.parse(body_html)
    return [node.text(separator=" ") for node in body.css("blockquote, q")] + _QUOTED.findall(own_text(body_html))


def own_text(body_html: str) -> str:
    """What the author says: all but block quotes."""
    body = html.parse(body_html)
    for node in body.css("blockquote"):
        node.decompose()
    return html.to_text(html.inner_html(body))


def detail(body_html: str, page: Mapping[str, Any], known: Sequence[str]) -> str:
    """A name, a number or a few words in a row of the commentary that stand in the page, but not at its top; "" for none.

    `page` are the facts of the page; what stands in the texts `known` is no detail.
    """
    own, text = own_text(body_html), str(page.get("text", ""))
    top = " ".join([*known, *(str(page.get(name, "")) for name in ("title", "description", "site"))])
    end = _end_of_top(text)
    near, far = spoken(f"{top} {text[:end]}"), spoken(text[end:])
    names = (match.group() for match in _NAME.finditer(own) if not match.group()[0].islower())
    return next(
        (one for one in [*names, *_runs(own)] if (said := spoken(one)).strip() and said in far and said not in near), ""
    )


def _end_of_top(text: str) -> int:
    """Where the first paragraph ends, if it is one of some length."""
    end = text.find("\n", TOP // 2)
    return end if 0 < end < 2 * TOP else TOP


def _runs(text: str) -> list[str]:
    """A few words in a row, where they are not the shortest ones."""
    said = words.folded(text)
    runs = [" ".join(said[start : start + LEAST_QUOTE]) for start in range(len(said) - LEAST_QUOTE + 1)]
    return [run for run in runs if len(run) > 5 * LEAST_QUOTE]


def content_words(text: str) -> list[str]:
    """The words that carry meaning, most of which have more than three letters."""
    return [word for word in words.folded(text) if len(word) > 3 or not word.isascii()]
