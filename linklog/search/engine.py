"""Answers a search: which posts, in what order, and the counts of every facet over all of them.

Words are roaring bitmaps, filters are columns in memory, so what is asked for is set algebra and cheap at any size; only words in a
row ask the database's own index, under a time limit. Counts are exact; of a large result, the posts with a word in title or tags and
the newest are ranked (`RANKED` of them), the rest follow by date.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from pyroaring import BitMap

from linklog.core import words
from linklog.core.vendor_sql import TimeLimitReached, holding_beginning, holding_phrase, time_limit
from linklog.search import archive as archives
from linklog.search import similarity
from linklog.search.archive import Archive, Array, bitmap_of, keys_of
from linklog.search.dates import bounds
from linklog.search.facets import FACETS, Counts, Names, counts_and_names
from linklog.search.index import HEAD, Flag
from linklog.search.models import CHUNK, KnownWord, Posting
from linklog.search.query import And, Field, Node, Not, Or, Words
from linklog.search.ranking import rank
from linklog.search.request import MAX_PAGE, Request, Suggestion

PAGE_SIZE = 30
RANKED = 500
LIMIT_MILLISECONDS = 500
PARTIAL = 20_000  # of the newest posts are searched where all of them take too long
MOST_SPELLINGS = 2_000  # known words that begin alike
MOST_POSTINGS = 20_000  # rows of words that begin alike
_LAST = b"\xff"  # behind every byte of UTF-8
_HAS = {"image": Flag.IMAGE, "code": Flag.CODE, "quote": Flag.QUOTE, "via": Flag.VIA}


@dataclass
class Outcome:
    """What a search found: the keys of one page, how many there are in all, and the counts."""

    keys: list[int] = field(default_factory=list)
    total: int = 0
    page: int = 1
    facets: dict[str, Counts] = field(default_factory=dict)
    names: Names = field(default_factory=dict)  # of the values counted
    suggestion: Suggestion | None = None  # where nothing was found, once it was looked for
    similar: list[int] = field(default_factory=list)  # others like it in meaning, where little was found
    ranked: int = 0  # how many were put in order of relevance; the others follow by date
    is_partial: bool = False
    is_for_author: bool = False  # may hold what is not public
    notes: list[str] = field(default_factory=list)
    took_ms: float = 0.0

    @property
    def has_next(self) -> bool:
        return self.page * PAGE_SIZE < self.total and self.page < MAX_PAGE


def search(request: Request, is_author: bool = False, archive: Archive | None = None) -> Outcome:
    """The page of results that `request` asks for, of the archive as it is now, or of `archive`. Drafts only for an author who
    asks for them by `is:draft`."""
    started = time.perf_counter()
    archive = archive or archives.current()
    outcome = Outcome(page=request.page, notes=list(request.query.notes), is_for_author=is_author)
    found, outcome.is_partial = matching(request, archive, is_author)
    outcome.total = len(found)
    keys = keys_of(found)
    outcome.keys = _page(request, archive, found, keys, outcome)
    if found == archive.public:
        outcome.facets, outcome.names = archive.once("facets", lambda: counts(archive, keys))
    else:
        outcome.facets, outcome.names = counts(archive, keys)
    if similarity.is_on() and len(found) < similarity.FEW and request.page == 1:
        outcome.similar = _similar(request, archive, found)
    if outcome.is_partial:
        outcome.notes.append(partial_note())
    if not is_author and any(one.name == "is" for one in request.query.fields()):
        outcome.notes.append(_("Drafts are for signed-in authors only."))
    outcome.took_ms = (time.perf_counter() - started) * 1000
    return outcome


def partial_note() -> str:
    return _("That took too long, so only the newest %(n)s posts were searched.") % {"n": PARTIAL}


def matching(request: Request, archive: Archive, is_author: bool = False) -> tuple[BitMap, bool]:
    """The keys of every post that `request` asks for, and whether older posts could not be searched in time."""
    asks_for_drafts = any(one.name == "is" for one in request.query.fields())
    return matching_among(archive.known if is_author and asks_for_drafts else archive.public, request, archive)


def matching_among(within: BitMap, request: Request, archive: Archive) -> tuple[BitMap, bool]:
    """As `matching`, of the posts `within`, whoever may see them."""
    within = chosen(request, archive, within)
    if request.query.node is None:
        return within, False
    try:
        with time_limit(LIMIT_MILLISECONDS):
            return _Evaluation(archive, request.query.node).find(within), False
    except TimeLimitReached:
        return _newest_matching(request.query.node, archive, within), True


def _similar(request: Request, archive: Archive, found: BitMap) -> list[int]:
    """Public posts that `request` did not find, whose meaning is like its words, and that every filter lets through."""
    if not request.query.wanted:
        return []
    among = chosen(request, archive, archive.public) - found
    filters = similarity.without_words(request.query.node)
    try:
        with time_limit(LIMIT_MILLISECONDS):
            among = _Evaluation(archive, filters).find(among) if filters else among
    except TimeLimitReached:
        return []
    return similarity.like_the_question(request.query, archive, among)


def _newest_matching(node: Node, archive: Archive, within: BitMap) -> BitMap:
    newest = bitmap_of(archive.newest(keys_of(within), PARTIAL))
    try:
        with time_limit(LIMIT_MILLISECONDS):
            return _Evaluation(archive, node).find(newest)
    except TimeLimitReached:
        return BitMap()


def chosen(request: Request, archive: Archive, within: BitMap) -> BitMap:
    """The posts of `within` that have every value chosen and none excluded."""
    for name, facet in FACETS.items():
        either = BitMap()
        for choice in request.choices:
            if choice.facet != name:
                continue
            held = facet.matching(archive, choice.value)
            if choice.is_excluded:
                within = within - held
            elif facet.is_many_valued:
                within = within & held
            else:
                either = either | held
        if not facet.is_many_valued and request.chosen(name):
            within = within & either
    return within


def counts(archive: Archive, keys: Array) -> tuple[dict[str, Counts], Names]:
    """The counts of every facet over the posts `keys`, and what the values counted are called."""
    return counts_and_names(archive, keys, archive.mask_if_many(keys))


def _page(request: Request, archive: Archive, found: BitMap, keys: Array, outcome: Outcome) -> list[int]:
    first, last = (request.page - 1) * PAGE_SIZE, request.page * PAGE_SIZE
    if request.is_by_date or not len(keys):
        return list(archive.newest(keys, last)[first:].tolist())
    candidates = _candidates(request.query.wanted, archive, found, keys)
    ranked = rank(candidates.tolist(), request.query.wanted)
    ranked = similarity.ranked_by_both(ranked, request.query, archive)
    outcome.ranked = len(ranked)
    if last > len(ranked):
        rest = keys_of(found - bitmap_of(candidates))
        ranked += archive.newest(rest, last - len(ranked)).tolist()
    return ranked[first:last]


def _candidates(wanted: Sequence[Words], archive: Archive, found: BitMap, keys: Array) -> Array:
    """The posts worth ranking, the newest first: all of a small result; else those with a word in title or tags, then the newest."""
    if len(keys) <= RANKED:
        return archive.newest(keys, RANKED)
    stems = {stem for one in wanted for stem in words.stems(list(one.words), settings.LANGUAGE_CODE)}
    heads = postings_of([HEAD + stem for stem in stems])
    in_head = keys_of(BitMap.union(*heads.values()) & found) if heads else keys[:0]
    best = archive.newest(in_head, RANKED)
    rest = archive.newest(keys_of(found - bitmap_of(in_head)), RANKED - len(best)) if len(best) < RANKED else keys[:0]
    return archive.newest(np.concatenate([best, rest]), RANKED)


class _Evaluation:
    """One walk over a query: every word's posting is read at once, before."""

    def __init__(self, archive: Archive, node: Node) -> None:
        self.archive = archive
        self.node = node

    def find(self, within: BitMap) -> BitMap:
        """The posts of `within` that `node` asks for."""
        self.stems = {part: tuple(words.stems(list(part.words), settings.LANGUAGE_CODE)) for part in _words(self.node)}
        self.postings = postings_of(sorted({stem for stems in self.stems.values() for stem in stems}))
        return self._evaluate(self.node, within)

    def _evaluate(self, node: Node, within: BitMap) -> BitMap:
        match node:
            case And():
                for part in sorted(node.parts, key=_cost):
                    within = self._evaluate(part, within)
                return within
            case Or():
                return BitMap.union(*(self._evaluate(part, within) for part in node.parts))
            case Not():
                return within - self._evaluate(node.part, within)
            case Field():
                return within & self._field(node)
            case Words():
                return self._words(node, within)

    def _field(self, node: Field) -> BitMap:
        archive, value = self.archive, node.value.lower()
        match node.name:
            case "from" | "to":
                first, last = bounds(node.name, node.value)
                return archive.between("day", first, last)
            case "has":
                return archive.flagged(_HAS[value]) if value in _HAS else BitMap()
            case "is":
                states = {"draft": archive.drafts, "scheduled": archive.scheduled, "public": archive.public}
                return states.get(value, BitMap())
            case _:
                return FACETS[node.name].matching(archive, node.value)

    def _words(self, node: Words, within: BitMap) -> BitMap:
        stems = self.stems[node]
        *before, last = stems
        for stem in before:
            within = within & self.postings.get(stem, BitMap())
        if node.is_prefix:
            return self._beginning(before, last, node.words[-1].replace("'", ""), within)
        within = within & self.postings.get(last, BitMap())
        if not before or not within:
            return within
        return within & bitmap_of(holding_phrase(stems, keys_of(within)))

    def _beginning(self, before: Sequence[str], stem: str, start: str, within: BitMap) -> BitMap:
        """The posts of `within` where the words `before` are followed by one that begins with `start`, or has its stem."""
        spelt_so = postings_of(_stems_of_beginning(start)).values()
        within = within & BitMap.union(self.postings.get(stem, BitMap()), _beginning(start, within), *spelt_so)
        if not before or not within:
            return within
        keys = keys_of(within)
        in_a_row = holding_phrase([*before, stem], keys), holding_beginning([*before, start], keys)
        return within & bitmap_of(np.concatenate(in_a_row))


def _cost(node: Node) -> int:
    """What to ask first: filters, then words, then words in a row among what is left."""
    return 2 if any(len(part.words) > 1 for part in _words(node)) else 1 if any(True for _ in _words(node)) else 0


def _words(node: Node) -> list[Words]:
    if isinstance(node, Words):
        return [node]
    parts = (node.part,) if isinstance(node, Not) else getattr(node, "parts", ())
    return [one for part in parts for one in _words(part)]


def postings_of(stems: Sequence[str]) -> dict[str, BitMap]:
    """The documents that hold each of `stems`, of those that any holds, in one query."""
    chunks: dict[str, list[BitMap]] = {}
    rows = Posting.objects.filter(word__in=[stem.encode() for stem in stems]).values_list("word", "documents")
    for word, documents in rows if stems else ():
        chunks.setdefault(bytes(word).decode(), []).append(BitMap.deserialize(bytes(documents)))
    return {stem: BitMap.union(*bitmaps) for stem, bitmaps in chunks.items()}


def _stems_of_beginning(start: str) -> list[str]:
    """The stems of known words that begin so, which may be shorter than `start`: `programmi` is met in what stands as `program`."""
    known = KnownWord.objects.filter(initial=start[:1], length__gte=len(start), word__startswith=start)
    spellings = [words.fold(word) for word in known.values_list("word", flat=True)[:MOST_SPELLINGS]]
    return list(set(words.stems(spellings, settings.LANGUAGE_CODE)))


def _beginning(start: str, within: BitMap) -> BitMap:
    """The documents that hold a word that begins so, at least those of `within`."""
    if not within:
        return within
    found = Posting.objects.filter(word__gte=start.encode(), word__lt=start.encode() + _LAST)
    found = found.filter(chunk__gte=within.min() // CHUNK, chunk__lte=within.max() // CHUNK)
    rows = found.values_list("documents", flat=True)[: MOST_POSTINGS + 1]
    bitmaps = [BitMap.deserialize(bytes(documents)) for documents in rows.iterator(2_000)]
    if len(bitmaps) > MOST_POSTINGS:
        raise TimeLimitReached
    return BitMap.union(*bitmaps) if bitmaps else BitMap()
