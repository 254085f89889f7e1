"""How near an answer comes to what the author published, from 0 to 1, and how sure a mean of that is. Pure arithmetic."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

Scores = dict[str, float]

_SURE = 1.96  # standard errors on either side hold the mean 19 times of 20


@dataclass(frozen=True)
class Mean:
    """A mean, and how far from it the true one may well lie: half of its 95 % interval."""

    value: float
    spread: float


def of_tags(truth: Sequence[str], answer: Sequence[str]) -> Scores:
    """Precision, recall and F1 of the tags of one post."""
    right = len(set(truth) & set(answer))
    precision = right / len(set(answer)) if answer else 0.0
    recall = right / len(set(truth))
    return {"F1": 2 * right / (len(set(truth)) + len(set(answer))), "precision": precision, "recall": recall}


def of_text(truth: str, answer: str) -> Scores:
    """Likeness by words in any order, likeness by characters, and edits saved.

    An edit is a letter put in, taken out or changed. Who is given nothing types all of the truth; who is given something worse than
    nothing does so as well. So edits saved are never less than 0.
    """
    truth, answer = " ".join(truth.split()), " ".join(answer.split())
    saved = 1 - Levenshtein.distance(answer, truth) / len(truth)
    return {
        "words": fuzz.token_sort_ratio(truth.casefold(), answer.casefold()) / 100,
        "characters": fuzz.ratio(truth.casefold(), answer.casefold()) / 100,
        "edits saved": max(saved, 0.0),
    }


def mean(values: Sequence[float]) -> Mean:
    if len(values) < 2:
        return Mean(values[0] if values else 0.0, 0.0)
    return Mean(statistics.fmean(values), _SURE * statistics.stdev(values) / math.sqrt(len(values)))
