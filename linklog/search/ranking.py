"""The order of results: how well a post's words answer the query, the same on every database.

BM25F (Robertson, Zaragoza 2009, section 3.6) over the analysed text of the candidates: an occurrence in the title counts `WEIGHTS`
times one in the body, and long texts count their words for less. Posts of like scores stand by date.
"""

import math
from collections.abc import Sequence

from django.conf import settings

from linklog.core import words
from linklog.search.models import Document
from linklog.search.query import Words

WEIGHTS = {"title": 8.0, "tags": 5.0, "body": 1.0, "page": 0.4}
SATURATION = 1.5  # k1
LENGTH_SHARE = 0.6  # b
SIGNIFICANT = 2  # decimals of a score; below that, newer is better


def rank(keys: Sequence[int], wanted: Sequence[Words]) -> list[int]:
    """`keys`, given the newest first, by relevance to `wanted`."""
    terms = [_term(one) for one in wanted]
    texts = {row[0]: row[1:] for row in Document.objects.filter(pk__in=keys).values_list("pk", *WEIGHTS)}
    counts = {key: [_weighted_count(term, texts[key]) for term in terms] for key in keys if key in texts}
    lengths = {key: sum(map(len, texts[key])) for key in counts}
    usual = sum(lengths.values()) / max(len(lengths), 1) or 1.0
    rarity = [_rarity(sum(1 for row in counts.values() if row[place]), len(counts)) for place in range(len(terms))]
    scores = {key: _score(row, rarity, lengths[key] / usual) for key, row in counts.items()}
    return sorted(keys, key=lambda key: -round(scores.get(key, 0.0), SIGNIFICANT))


def _term(one: Words) -> str:
    stems = words.stems(list(one.words), settings.LANGUAGE_CODE)
    if one.is_prefix:
        return " " + " ".join([*stems[:-1], one.words[-1]])
    return " " + " ".join(stems) + " "


def _weighted_count(term: str, texts: Sequence[str]) -> float:
    return sum(weight * f" {text} ".count(term) for weight, text in zip(WEIGHTS.values(), texts, strict=True) if text)


def _rarity(holding: int, of: int) -> float:
    return math.log(1 + (of - holding + 0.5) / (holding + 0.5)) + 0.1


def _score(counts: Sequence[float], rarity: Sequence[float], length: float) -> float:
    flattened = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length)
    return sum(rare * count * (SATURATION + 1) / (count + flattened) for rare, count in zip(rarity, counts, strict=True))
