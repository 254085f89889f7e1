"""The order of results: how well a post's words answer the query, the same on every database.

BM25F (Robertson, Zaragoza 2009, section 3.6) over the analysed text of the candidates: an occurrence in the title counts `WEIGHTS`
times one in the body, and long texts count their words for less. Posts of like scores stand by date.
"""

from collections.abc import Sequence

import numpy as np
from django.conf import settings
from django.db import connection

from linklog.core import words
from linklog.search.archive import Array
from linklog.search.query import Words

WEIGHTS = {"title": 8.0, "tags": 5.0, "body": 1.0, "page": 0.4}
SATURATION = 1.5  # k1
LENGTH_SHARE = 0.6  # b
SIGNIFICANT = 2  # decimals of a score; below that, newer is better


def rank(keys: Sequence[int], wanted: Sequence[Words]) -> list[int]:
    """`keys`, given the newest first, by relevance to `wanted`."""
    terms, texts = [_term(one) for one in wanted], _texts(keys)
    if not terms or not texts:
        return list(keys)
    counts = np.array([[[text.count(term) for text in row] for term in terms] for row in texts.values()])
    lengths = np.array([sum(map(len, row)) for row in texts.values()])
    scores = _scores(counts @ list(WEIGHTS.values()), lengths / lengths.mean())
    score_of = dict(zip(texts, scores.round(SIGNIFICANT).tolist(), strict=True))
    return sorted(keys, key=lambda key: -score_of.get(key, 0.0))


def _texts(keys: Sequence[int]) -> dict[int, list[str]]:
    """The texts of these documents in the order of WEIGHTS, a blank before and behind each."""
    if not keys:
        return {}
    some = ", ".join(str(int(key)) for key in keys)  # hundreds of parameters would take longer than the query
    columns = ", ".join(f"' ' || {name} || ' '" for name in WEIGHTS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT post_id, {columns} FROM search_document WHERE post_id IN ({some})")
        return {key: texts for key, *texts in cursor.fetchall()}


def _term(one: Words) -> str:
    stems = words.stems(list(one.words), settings.LANGUAGE_CODE)
    if one.is_prefix:  # the text holds stems, which may be shorter than what was typed
        return " " + " ".join([*stems[:-1], min(stems[-1], one.words[-1], key=len)])
    return " " + " ".join(stems) + " "


def _scores(counts: Array, lengths: Array) -> Array:
    """The score of each document, from its weighted counts of each term and its length as a share of the usual one."""
    holding = np.count_nonzero(counts, axis=0)
    rarity = np.log(1 + (len(counts) - holding + 0.5) / (holding + 0.5)) + 0.1
    flattened = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * lengths)
    scores: Array = (rarity * counts * (SATURATION + 1) / (counts + flattened[:, np.newaxis])).sum(axis=1)
    return scores
