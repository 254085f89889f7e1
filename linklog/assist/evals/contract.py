"""What an evaluation is: posts whose truth is hidden, what may be known of each, and who guesses."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from linklog.assist.evals.scoring import Scores
from linklog.assist.evals.scoring import mean as mean


@dataclass(frozen=True)
class Case:
    """One truth. `values` are what a model is sent, by the names of its prompt; `hints` what else a baseline may look at."""

    code: str
    truth: Any
    values: dict[str, str]
    hints: Any = None


@dataclass(frozen=True)
class Evaluation:
    """A task of the assistant, tried upon posts that are published. The first of `measures` is the one that a plot shows.

    `baselines` guess without a model and without the network, as must whoever claims to be better.
    """

    name: str
    measures: tuple[str, ...]
    cases: Callable[[int, int], Sequence[Case]]  # so many, drawn by a seed
    baselines: dict[str, Callable[[Case], Any]]
    score: Callable[[Any, Any], Scores]
    nothing: Any  # the answer of who has none


def drawn(keys: Sequence[int], number: int, seed: int) -> list[int]:
    """So many of `keys`, the same for the same seed."""
    return random.Random(seed).sample(keys, min(number, len(keys)))
