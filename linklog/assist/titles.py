"""A title for a post, and what it says on one line."""

from dataclasses import dataclass
from typing import Any

from linklog.assist import untrusted
from linklog.assist.client import Task

MAX_TITLE, MAX_SUMMARY = 120, 240  # characters
FIELDS = {"text": 8_000, "page_title": 300, "page": 3_000}
_LINE = {"type": "string"}
SCHEMA = {
    "type": "object",
    "properties": {"title": _LINE, "summary": _LINE},
    "required": ["title", "summary"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Headline:
    title: str
    summary: str


def values(text: str, page_title: str = "", page: str = "") -> dict[str, str]:
    """What is sent. `page` is what the linked page says of itself."""
    return {"text": text, "page_title": page_title, "page": page}


def parsed(answer: Any) -> Headline:
    """Plain words, each on one line."""
    if not isinstance(answer, dict):
        raise ValueError("no object")
    headline = Headline(
        untrusted.one_line(str(answer.get("title", "")), MAX_TITLE).rstrip("."),
        untrusted.one_line(str(answer.get("summary", "")), MAX_SUMMARY),
    )
    if not headline.title:
        raise ValueError("no title")
    return headline


TITLE = Task("title", FIELDS, 200, parsed, SCHEMA)
