"""The order of results: how well a post's words answer the query, the same on every database.

BM25F (Robertson, Zaragoza 2009, section 3.6) over the analysed text of the candidates: an occurrence in the title counts `WEIGHTS`
times one in the body, and long texts count their words for less. Posts of like scores stand by date.
"""

import math
from collections.abc import Sequence

from django.conf import settings
from django.db import connection

from linklog.core import words
from linklog.search.query import Words

WEIGHTS = {"title": 8.0, "tags": 5.0, "body": 1.0, "page": 0.4}
SATURATION = 1.5  # k1
LENGTH_SHARE = 0.6  # b
SIGNIFICANT = 2  # decimals of a score; below that, newer is better


def rank(keys: Sequence[int], wanted: Sequence[Words]) -> list[int]:
    """`keys`, given the newest first, by relevance to `wanted`."""
    terms = [_term(one) for one in wanted]
    texts = _texts(keys)
    counts = {key: [_weighted_count(term, text) for term in terms] for key, text in texts.items()}
    lengths = {key: sum(map(len, text)) for key, text in texts.items()}
    usual = sum(lengths.values()) / max(len(lengths), 1) or 1.0
    rarity = [_rarity(sum(1 for row in counts.values() if row[place]), len(counts)) for place in range(len(terms))]
    scores = {key: _score(row, rarity, lengths[key] / usual) for key, row in counts.items()}
    return sorted(keys, key=lambda key: -round(scores.get(key, 0.0), SIGNIFICANT))


def _texts(keys: Sequence[int]) -> dict[int, list[str]]:
    """The texts of these documents in the order of WEIGHTS, a blank before and behind each."""
    if not keys:
        return {}
    some = ", ".join(str(int(key)) for key in keys)  # hundreds of parameters would take longer than the query
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT post_id, {', '.join(WEIGHTS)} FROM search_document WHERE post_id IN ({some})")
        return {row[0]: [f" {text} " for text in row[1:]] for row in cursor.fetchall()}


def _term(one: Words) -> str:
    stems = words.stems(list(one.words), settings.LANGUAGE_CODE)
    if one.is_prefix:  # the text holds stems, which may be shorter than what was typed
        return " " + " ".join([*stems[:-1], min(stems[-1], one.words[-1], key=len)])
    return " " + " ".join(stems) + " "


def _weighted_count(term: str, texts: Sequence[str]) -> float:
    title, tags, body, page = WEIGHTS.values()
    return (
        title * texts[0].count(term)
        + tags * texts[1].count(term)
        + body * texts[2].count(term)
        + page * texts[3].count(term)
    )


def _rarity(holding: int, of: int) -> float:
    return math.log(1 + (of - holding + 0.5) / (holding + 0.5)) + 0.1


def _score(counts: Sequence[float], rarity: Sequence[float], length: float) -> float:
    flattened = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length)
    return sum(
        rare * count * (SATURATION + 1) / (count + flattened) for rare, count in zip(rarity, counts, strict=True)
    )
