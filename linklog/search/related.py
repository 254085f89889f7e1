"""Posts like a post: those that hold the words that tell it from others, and share its tags and who it credits.

What two posts share counts by its rarity among all, a word twice where the other post has it in title or tags; what many posts hold is
not looked at, so the cost stays the same however large the archive. Measured by `bench.related`.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import F
from pyroaring import BitMap

from linklog.core import words
from linklog.core.slugs import tag_slug
from linklog.posts.models import Tag
from linklog.posts.querysets import PostQuerySet
from linklog.search import archive as archives
from linklog.search.archive import Archive, Array, keys_of
from linklog.search.engine import postings_of
from linklog.search.index import HEAD

MOST_HOLDERS = 1_000  # posts
TEXT_WORDS = 200  # of a text are looked up, those said most
TEXT_KEY_WORDS = 40  # of these tell what it is about: more than of a post, for a linked page is longer
TITLE_COUNTS = 3  # times: a word of the title
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
    found, scores = scored([*_words(archive, key_words, 2), *_labels(archive, key)])
    series = archive.series[key]
    is_other = (found != key) & ((archive.series[found] != series) | (series == 0))
    found, scores = found[is_other], scores[is_other]
    order = np.lexsort((-found, -archive.published[found], -scores))[:number]
    keys: list[int] = found[order].tolist()
    return keys


def like_text(
    text: str, number: int, *, title: str = "", tags: Sequence[str] = (), leave_out: Collection[int] = ()
) -> list[tuple[int, float]]:
    """(key, score) of the `number` public posts most like a text that is no post yet, the most alike first.

    `tags` are names or slugs of tags that it shall have, `leave_out` the keys of posts that are not wanted. Four queries at most.
    """
    archive = archives.current()
    labels = Tag.objects.filter(slug__in=[tag_slug(tag) for tag in tags]).values_list("pk", flat=True) if tags else ()
    holders_of_tags = (archive.having("tag", label) & archive.public for label in labels)
    shared = [(found, _rarity(archive, found)) for found in holders_of_tags if 0 < len(found) <= MOST_HOLDERS]
    found, scores = scored([*_words(archive, key_words_of(text, title), 1), *shared])
    is_wanted = ~np.isin(found, list(leave_out))
    found, scores = found[is_wanted], scores[is_wanted]
    order = np.lexsort((-found, -archive.published[found], -scores))[:number]
    return list(zip(found[order].tolist(), scores[order].tolist(), strict=True))


def key_words_of(text: str, title: str) -> list[str]:
    """The words of a text that few posts hold, those said most or in its title first. A word that no post holds tells nothing."""
    said = Counter(words.analyse(text, settings.LANGUAGE_CODE).split())
    for word in words.analyse(title, settings.LANGUAGE_CODE).split():
        said[word] += TITLE_COUNTS
    asked = [word for word, _times in said.most_common() if len(word) > 2][:TEXT_WORDS]
    telling = {word: said[word] / (len(holders) + 1) ** 0.5 for word, holders in postings_of(asked).items()}
    return sorted(telling, key=lambda word: (-telling[word], word))[:TEXT_KEY_WORDS]


def scored(shared: list[tuple[BitMap, float]]) -> tuple[Array, Array]:
    """Every post of these sets, and the sum of the rarities of those that hold it."""
    keys = [keys_of(holders) for holders, _rarity in shared]
    weights = [np.full(len(some), rarity) for some, (_holders, rarity) in zip(keys, shared, strict=True)]
    found, places = np.unique(np.concatenate([_NONE, *keys]), return_inverse=True)
    return found, np.bincount(places, np.concatenate([_NONE, *weights]), len(found))


def _words(archive: Archive, key_words: Sequence[str], least: int) -> Iterator[tuple[BitMap, float]]:
    """(posts that hold it, rarity) of each rare key word, and once more of those that hold it in title or tags.

    `least` posts must hold it: two where the one they are to be like is among them.
    """
    postings = postings_of([stem for word in key_words for stem in (word, HEAD + word)])
    most = min(MOST_HOLDERS, len(archive.public) // SHARE + 2)
    for word in key_words:
        holders = postings.get(word, BitMap()) & archive.public
        if least <= len(holders) <= most:
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
