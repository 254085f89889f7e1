"""What of a post to show beside its title: the words around what was searched for, marked. Plain text in, escaped HTML out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from linklog.core import html, words
from linklog.posts.models import Post
from linklog.search.query import Words

LENGTH = 240  # characters
READ = 20_000  # characters of a text that are looked through
PASSAGE = 800  # characters of it at a time
_BEFORE = 60  # characters shown before the first match


@dataclass(frozen=True)
class Span:
    """Characters from `start` to `end` that match."""

    start: int
    end: int


def snippet(post: Post, wanted: Sequence[Words]) -> SafeString:
    """The excerpt of all that the post says."""
    return excerpt(f"{post.body_html} {post.context_html}", wanted)


def excerpt(source_html: str, wanted: Sequence[Words]) -> SafeString:
    """Up to LENGTH characters of the text, from where most of what is wanted stands together; its beginning otherwise."""
    text = " ".join(html.to_text(source_html).split())[:READ]
    first, last = _passage(text, wanted)
    found = [Span(first + span.start, first + span.end) for span in spans(text[first:last], wanted)]
    start = _best_start(text, found)
    end = _at_word(text, min(start + LENGTH, len(text)))
    ellipsis = ("… " if start else "", " …" if end < len(text) else "")
    return mark_safe(ellipsis[0] + _marked(text, found, start, end) + ellipsis[1])  # every part is escaped


def marked(text: str, wanted: Sequence[Words]) -> SafeString:
    """The whole of `text`, escaped, with what is wanted in <mark>."""
    return mark_safe(_marked(text, spans(text, wanted), 0, len(text)))  # every part is escaped


def spans(text: str, wanted: Sequence[Words]) -> list[Span]:
    """Where `text` holds what is wanted, as the index understands words; in order, none within another."""
    if not wanted or not text:
        return []
    found = list(words.words(text))
    language = settings.LANGUAGE_CODE
    different = list({word.folded for word in found})
    stem_of = dict(zip(different, words.stems(different, language), strict=True))
    stems = [stem_of[word.folded] for word in found]
    spans = []
    for one in wanted:
        asked = words.stems(list(one.words), language)
        last = len(asked) - 1
        ends = {folded for folded in different if _is_end(folded, stem_of[folded], one, asked[last])}
        for place in range(last, len(found)):
            if found[place].folded in ends and stems[place - last : place] == asked[:last]:
                spans.append(Span(found[place - last].start, found[place].end))
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _passage(text: str, wanted: Sequence[Words]) -> tuple[int, int]:
    """Where in a long `text` the first passage begins and ends that holds the most of what is wanted: only it is looked at closely."""
    best, most = (0, min(len(text), PASSAGE)), 0
    terms = [(one, words.stems(list(one.words), settings.LANGUAGE_CODE)) for one in wanted]
    start = 0
    while terms and start < len(text):
        end = _at_word(text, start + PASSAGE)
        folded = list(set(words.folded(text[start:end])))
        stems = set(words.stems(folded, settings.LANGUAGE_CODE))
        held = sum(
            stems.issuperset(asked[:-1]) and any(_is_end(word, "", one, asked[-1]) for word in folded)
            if one.is_prefix and asked[-1] not in stems
            else stems.issuperset(asked)
            for one, asked in terms
        )
        if held > most:
            best, most = (start, end), held
        if most == len(terms):
            break
        start = end
    return best


def _is_end(folded: str, stem: str, one: Words, asked: str) -> bool:
    return stem == asked or (one.is_prefix and folded.startswith(one.words[-1]))


def _best_start(text: str, found: list[Span]) -> int:
    """Where the LENGTH characters begin that hold the most matches."""
    if not found or (found[0].end <= LENGTH - _BEFORE and len(found) == 1):
        return 0
    best, most = 0, 0
    for first, span in enumerate(found):
        number = sum(1 for other in found[first : first + 20] if other.end <= span.start - _BEFORE + LENGTH)
        if number > most:
            best, most = span.start, number
    return 0 if best <= _BEFORE else text.rfind(" ", 0, best - _BEFORE + 1) + 1


def _at_word(text: str, end: int) -> int:
    """`end`, moved back to the end of a word."""
    if end >= len(text):
        return len(text)
    cut = text.rfind(" ", end - 40, end + 1)
    return cut if cut > 0 else end


def _marked(text: str, found: list[Span], start: int, end: int) -> str:
    parts, place = [], start
    for span in found:
        if span.start >= place and span.end <= end:
            parts += [escape(text[place : span.start]), "<mark>", escape(text[span.start : span.end]), "</mark>"]
            place = span.end
    return "".join([*parts, escape(text[place:end])])
