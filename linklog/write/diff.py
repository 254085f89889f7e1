"""What differs between two states of a post, as HTML: words taken out and put in, everything escaped."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from linklog.write.fields import LABELS, NAMES, Fields

_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_COMPARISONS = (
    4_000_000  # beyond that, both texts are shown whole: comparing takes as long as their lengths multiplied
)
_AROUND = 120  # characters of what is the same, kept on either side of what differs


def fields_diff(old: Fields, new: Fields) -> SafeString:
    """Each field that differs, under its name; "" where none does."""
    changed = ((name, words_diff(old[name], new[name])) for name in NAMES if old[name] != new[name])
    return format_html_join(
        "\n",
        '<div class="difference"><h3>{}</h3><p class="changes" dir="auto">{}</p></div>',
        ((LABELS[name], html) for name, html in changed),
    )


def words_diff(old: str, new: str) -> SafeString:
    """`<del>` around the words of `old` that are not in `new`, `<ins>` around those that came."""
    return mark_safe("".join(_marked(kind, text) for kind, text in _pieces(old, new)))  # each piece is escaped


def _marked(kind: str, text: str) -> str:
    if kind == "same":
        is_long = len(text) > 3 * _AROUND
        return escape(f"{text[:_AROUND]} … {text[-_AROUND:]}" if is_long else text)
    return format_html("<del>{}</del>" if kind == "out" else "<ins>{}</ins>", text)


def _pieces(old: str, new: str) -> Iterator[tuple[str, str]]:
    """("same" | "out" | "in", text) in order."""
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    head, tail = "".join(before[:start]), "".join(before[len(before) - end :])
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    if head:
        yield "same", head
    if len(before) * len(after) > _MOST_COMPARISONS:
        steps: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(before), 0, len(after))]
    else:
        steps = SequenceMatcher(None, before, after, autojunk=True).get_opcodes()
    for tag, a, b, c, d in steps:
        if tag == "equal":
            yield "same", "".join(before[a:b])
            continue
        if b > a:
            yield "out", "".join(before[a:b])
        if d > c:
            yield "in", "".join(after[c:d])
    if tail:
        yield "same", tail


def _shared(one: list[str], other: list[str]) -> int:
    """How many tokens both begin with."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
