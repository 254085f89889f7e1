"""A description of an image, by a model that sees it and the words around it."""

from linklog.assist import untrusted
from linklog.assist.client import Task

MAX_ALT = 300  # characters aimed at; what is longer is cut
AROUND = 600  # characters before the image, and as many after it


def parsed(answer: str) -> str:
    """Words on one line, which can stand in a Markdown reference as they are."""
    if not (text := untrusted.one_line(answer, MAX_ALT)):
        raise ValueError("no words")
    return text


ALT_TEXT = Task("alt-text", {"title": 300, "before": AROUND, "after": AROUND}, 200, parsed)
