"""Posts like a post: those that hold the words that tell it from others, and share its tags and who it credits.

What two posts share counts by its rarity among all, a word twice where the other post has it in title or tags; what many posts hold is
not looked at, so the cost stays the same however large the archive. Measured by `bench.related`.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from django.db.models import F
from pyroaring import BitMap

from linklog.posts.querysets import PostQuerySet
from linklog.search import archive as archives
from linklog.search.archive import Archive, Array, keys_of
from linklog.search.engine import postings_of
from linklog.search.index import HEAD

MOST_HOLDERS = 1_000  # posts
SHARE = 10  # of a small archive, a word is looked at that at most a tenth holds
_NONE = np.zeros(0, np.int64)


def with_key_words(posts: PostQuerySet) -> Any:
    """`posts`, each with the `key_words` of its document: None where it has no document yet."""
    return posts.annotate(key_words=F("document__key_words"))


def related(key: int, key_words: Sequence[str], number: int) -> list[int]:
    """The keys of the `number` posts most like this one, the most alike first, without those of its series. One query."""
    archive = archives.knowing(key)
    if key not in archive.known:
        return []
    found, scores = _scored([*_words(archive, key_words), *_labels(archive, key)])
    series = archive.series[key]
    is_other = (found != key) & ((archive.series[found] != series) | (series == 0))
    found, scores = found[is_other], scores[is_other]
    order = np.lexsort((-found, -archive.published[found], -scores))[:number]
    keys: list[int] = found[order].tolist()
    return keys


def _scored(shared: list[tuple[BitMap, float]]) -> tuple[Array, Array]:
    """Every post of these sets, and the sum of the rarities of those that hold it."""
    keys = [keys_of(holders) for holders, _rarity in shared]
    weights = [np.full(len(some), rarity) for some, (_holders, rarity) in zip(keys, shared, strict=True)]
    found, places = np.unique(np.concatenate([_NONE, *keys]), return_inverse=True)
    return found, np.bincount(places, np.concatenate([_NONE, *weights]), len(found))


def _words(archive: Archive, key_words: Sequence[str]) -> Iterator[tuple[BitMap, float]]:
    """(posts that hold it, rarity) of each rare key word, and once more of those that hold it in title or tags."""
    postings = postings_of([stem for word in key_words for stem in (word, HEAD + word)])
    most = min(MOST_HOLDERS, len(archive.public) // SHARE + 2)
    for word in key_words:
        holders = postings.get(word, BitMap()) & archive.public
        if 1 < len(holders) <= most:
            yield holders, _rarity(archive, holders)
            yield postings.get(HEAD + word, BitMap()) & archive.public, _rarity(archive, holders)


def _labels(archive: Archive, key: int) -> Iterator[tuple[BitMap, float]]:
    """(posts that have it, rarity) of each tag of a post and of everyone it credits, unless they are many."""
    for name in ("tag", "credit"):
        for label in getattr(archive, name).of(key):
            holders = archive.having(name, label) & archive.public
            if 1 < len(holders) <= MOST_HOLDERS:
                yield holders, _rarity(archive, holders)


def _rarity(archive: Archive, holders: BitMap) -> float:
    return math.log1p(len(archive.public) / len(holders))
