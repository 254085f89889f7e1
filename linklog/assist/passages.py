"""Passages of a page that are worth quoting: a model points at them, and what it points at must stand in the page as it says."""

import re
from collections.abc import Iterable
from typing import Any

from linklog.assist.client import Task

SHORTEST, LONGEST = 20, 1_000  # characters
MOST = 5
FIELDS = {"title": 300, "text": 24_000}
SCHEMA = {
    "type": "object",
    "properties": {"passages": {"type": "array", "items": {"type": "string"}}},
    "required": ["passages"],
    "additionalProperties": False,
}
_SIGNS = re.compile(r"([\\`*\[\]<>&~$|{}]|(?<!\w)_|_(?!\w)|^[#+=-])")
_NUMBER = re.compile(r"^(\d+)([.)])")  # else of a list


def passages_of(page: str) -> Task[list[str]]:
    """The task of finding what is worth quoting in this text."""
    return Task("passages", FIELDS, 1_500, lambda answer: exact(_strings(answer), page), SCHEMA)


def exact(passages: Iterable[str], page: str) -> list[str]:
    """Those of `passages` that stand in `page`, in its own characters and order. White space may differ; nothing else may, and none
    begins or ends in the middle of a word or lies in another."""
    spans: list[tuple[int, int]] = []
    for passage in passages:
        words = passage.split()
        if not SHORTEST <= len(" ".join(words)) <= LONGEST:
            continue
        wanted = r"\s+".join(map(re.escape, words))
        found = re.search(rf"(?<!\w){wanted}(?!\w)", page)
        if found and not any(found.start() < end and start < found.end() for start, end in spans):
            spans.append(found.span())
    return [page[start:end] for start, end in sorted(spans[:MOST])]


def as_quote(passage: str) -> str:
    """A passage as a quote in Markdown, in which its signs are but signs."""
    lines = (" ".join(line.split()) for line in passage.splitlines())
    paragraphs = (_NUMBER.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", line)) for line in lines if line)
    return "\n\n" + "\n>\n".join(f"> {paragraph}" for paragraph in paragraphs) + "\n\n"


def _strings(answer: Any) -> list[str]:
    found = answer.get("passages") if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise ValueError("no list of passages")
    return [passage for passage in found[: 4 * MOST] if isinstance(passage, str)]
