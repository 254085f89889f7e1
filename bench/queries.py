"""The searches that `bench.search` times: drawn from the originals of a resampled archive with a fixed seed, so the same at every size."""

import random
from collections.abc import Iterator
from urllib.parse import urlencode

from django.conf import settings
from pyroaring import BitMap

from linklog.core import words
from linklog.posts.models import Post
from linklog.search.engine import postings_of
from linklog.search.index import texts_of
from linklog.search.models import KnownWord

SEED = 1789
RARE, COMMON, EVERYWHERE = (0.0001, 0.001), (0.01, 0.13), (0.25, 0.36)  # shares of all posts that hold a word
MIX = {
    "rare word": 40,
    "common word, 1–13 %": 40,
    "word in 30 % of all": 20,
    "phrase": 40,
    "two tags + year": 30,
    "tag + word": 20,
    "empty": 10,
}


def mixed(originals: int) -> list[tuple[str, str]]:
    """(kind of search, query string), two hundred in all, in the order of MIX."""
    draw = _Draw(originals)
    kinds = (
        lambda: {"q": draw.word(RARE)},
        lambda: {"q": draw.word(COMMON)},
        lambda: {"q": draw.word(EVERYWHERE)},
        lambda: {"q": f'"{draw.phrase()}"'},
        draw.two_tags_and_year,
        draw.tag_and_word,
        dict,
    )
    return [
        (name, urlencode(make(), doseq=True))
        for (name, number), make in zip(MIX.items(), kinds, strict=True)
        for _each in range(number)
    ]


class _Draw:
    """What queries are made of, by chance."""

    def __init__(self, originals: int) -> None:
        self.chance = random.Random(SEED)
        self.posts = list(Post.objects.filter(pk__lte=originals).order_by("pk").with_parts())
        self.shares = dict(_shares(originals))

    def word(self, share: tuple[float, float]) -> str:
        """One that such a share of posts holds, as a person writes it; the nearest to that where the archive is too small to have one."""
        first, last = share
        within = [word for word, held in self.shares.items() if first <= held <= last]
        return self.chance.choice(within or sorted(self.shares, key=lambda word: abs(self.shares[word] - first))[:10])

    def phrase(self) -> str:
        """Two or three words in a row of some post."""
        while True:
            text = texts_of(self.chance.choice(self.posts))["body"]
            found = list(words.words(text))
            number = self.chance.choice((2, 3))
            if len(found) > number:
                place = self.chance.randrange(len(found) - number)
                return " ".join(word.folded for word in found[place : place + number])

    def two_tags_and_year(self) -> dict[str, object]:
        tags = self.chance.sample(self.tagged(2), 2)
        return {"tag": tags, "year": self.chance.randrange(2004, 2024)}

    def tag_and_word(self) -> dict[str, object]:
        return {"q": self.word(COMMON), "tag": self.chance.choice(self.tagged(1))}

    def tagged(self, number: int) -> list[str]:
        """The tags of some post that has so many."""
        return [
            tag.slug
            for tag in self.chance.choice([post for post in self.posts if len(post.tag_list) >= number]).tag_list
        ]


def _shares(originals: int) -> Iterator[tuple[str, float]]:
    """(word, the share of the originals that hold it), for each word that “did you mean” knows."""
    known = list(KnownWord.objects.order_by("word").values_list("word", flat=True))
    stems = words.stems([words.fold(word) for word in known], settings.LANGUAGE_CODE)
    these = BitMap(range(1, originals + 1))
    for start in range(0, len(known), 1_000):
        postings = postings_of(stems[start : start + 1_000])
        for word, stem in zip(known[start : start + 1_000], stems[start : start + 1_000], strict=True):
            if held := postings.get(stem, BitMap()).intersection_cardinality(these):
                yield word, held / originals
