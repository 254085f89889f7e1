"""“Did you mean”: where nothing is found, the query with its unknown words replaced by the nearest that public posts hold."""

from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings
from pyroaring import BitMap
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from linklog.core import words
from linklog.search import archive as archives
from linklog.search.engine import matching, postings_of
from linklog.search.models import KnownWord
from linklog.search.request import Request, Suggestion

MOST_WORDS = 4  # of a query that are looked at
LOOKED_AT = 20_000  # known words that might be near
NEAREST = 12


def did_you_mean(request: Request) -> Suggestion | None:
    """The nearest search to `request`, which found nothing; None where there is none that finds something."""
    text, archive = request.query.text, archives.current()
    for word in list(dict.fromkeys(word for one in request.query.wanted for word in one.words))[:MOST_WORDS]:
        better = _nearest_known(word, archive.public)
        if better:
            text = _replaced(text, word, better)
    if text == request.query.text:
        return None
    other = replace(request, q=text, page=1)
    found, _is_partial = matching(other, archive)
    return Suggestion(other, len(found)) if found else None


def _nearest_known(word: str, public: BitMap) -> str:
    """The known word nearest to `word`, the more common of equals; "" where `word` is known, or nothing is near."""
    language = settings.LANGUAGE_CODE
    [stem] = words.stems([word], language)
    if len(word) < 3 or _is_held(postings_of([stem]).values(), public):
        return ""
    allowed = 1 if len(word) < 6 else 2
    near = KnownWord.objects.filter(
        initial__in=set(word[:2]), length__gte=len(word) - allowed, length__lte=len(word) + allowed
    )
    known = {known: words.fold(known) for known in near.values_list("word", flat=True)[:LOOKED_AT]}
    found = process.extract(word, known, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=NEAREST)
    stems = dict(
        zip([key for *_rest, key in found], words.stems([folded for folded, *_rest in found], language), strict=True)
    )
    postings = postings_of(list(stems.values()))
    best = [(distance, -len(postings.get(stems[key], BitMap()) & public), key) for _folded, distance, key in found]
    return next((key for _distance, count, key in sorted(best) if count < 0), "")


def _is_held(postings: Iterable[BitMap], public: BitMap) -> bool:
    return any(posting.intersect(public) for posting in postings)


def _replaced(text: str, word: str, better: str) -> str:
    """`text` with each occurrence of `word`, however it is written, replaced."""
    for found in reversed(list(words.words(text))):
        if found.folded == word:
            text = text[: found.start] + better + text[found.end :]
    return text
