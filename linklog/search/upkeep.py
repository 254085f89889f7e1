"""Putting the index right as a whole, where `linklog.search.index` follows single writes: for `linklog reindex` and `restore`.

What reads looks through everything without holding up writers; what writes takes a batch of what was found and looks again.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.conf import settings
from django.db.models import QuerySet
from pyroaring import BitMap

from linklog.core import words
from linklog.search.models import Change, Document, KnownWord, Posting

BATCH = 1_000
_READ_AT_ONCE = 2_000
_LARGEST_POST = 2**62


def batches(keys: Iterable[int]) -> Iterator[list[int]]:
    """`keys` in lists of BATCH, all read before the first is given: who takes one may write."""
    left = iter(list(keys))
    while some := list(islice(left, BATCH)):
        yield some


def doubt(keys: range) -> None:
    """Let the documents of these posts count as made by other rules. Searches find them as before."""
    Document.objects.filter(pk__gte=keys.start, pk__lt=keys.stop).update(analyser="")


def begin_anew() -> None:
    """Leave one change that no process has seen, in place of all: each reads everything at its next search."""
    Change.objects.all().delete()
    Change.objects.create(post=secrets.randbelow(_LARGEST_POST))


def strays() -> Iterator[int]:
    """The keys of postings that hold no document, or one that is gone."""
    known = BitMap(Document.objects.values_list("pk", flat=True).iterator())
    for key, documents in _postings(Posting.objects.all()):
        if not documents or not documents.issubset(known):
            yield key


def prune(keys: Sequence[int]) -> int:
    """Take documents that are gone out of these postings, and drop those that then hold none. Returns how many there were."""
    found = dict(_postings(Posting.objects.filter(pk__in=keys)))
    held = BitMap.union(BitMap(), *found.values())
    known = (
        BitMap(Document.objects.filter(pk__gte=held.min(), pk__lte=held.max()).values_list("pk", flat=True))
        if held
        else held
    )
    right = {key: documents & known for key, documents in found.items()}
    kept = [Posting(pk=key, documents=documents.serialize()) for key, documents in right.items() if documents]
    Posting.objects.bulk_update(kept, ["documents"])
    Posting.objects.filter(pk__in=[key for key, documents in right.items() if not documents]).delete()
    return len(right)


def unheld_words() -> Iterator[int]:
    """The keys of known words that no document holds."""
    for some in batches(KnownWord.objects.values_list("pk", flat=True).iterator()):
        yield from _unheld(some)


def forget_words(keys: Sequence[int]) -> int:
    """Drop those of these known words that no document holds. Returns how many."""
    return KnownWord.objects.filter(pk__in=_unheld(keys)).delete()[0]


def _unheld(keys: Sequence[int]) -> list[int]:
    surfaces = dict(KnownWord.objects.filter(pk__in=keys).values_list("pk", "word"))
    stems = words.stems([words.fold(word) for word in surfaces.values()], settings.LANGUAGE_CODE)
    held = {
        bytes(word)
        for word in Posting.objects.filter(word__in=[stem.encode() for stem in stems]).values_list("word", flat=True)
    }
    return [key for key, stem in zip(surfaces, stems, strict=True) if stem.encode() not in held]


def _postings(rows: QuerySet[Posting]) -> Iterator[tuple[int, BitMap]]:
    for key, documents in rows.values_list("pk", "documents").iterator(_READ_AT_ONCE):
        yield key, BitMap.deserialize(bytes(documents))
