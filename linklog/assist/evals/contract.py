"""What an evaluation is: posts whose truth is hidden, what may be known of each, and who guesses."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from linklog.assist.client import Picture, Task
from linklog.assist.evals.scoring import Scores


@dataclass(frozen=True)
class Case:
    """One truth. `values` are what a model is sent, by the names of its prompt; `hints` what else a baseline may look at."""

    code: str
    truth: Any
    values: dict[str, str]
    hints: Any = None


def no_picture(case: Case) -> Sequence[Picture]:
    return ()


@dataclass(frozen=True)
class Evaluation:
    """A task of the assistant, tried upon posts that are published. The first of `measures` is the one that a plot shows.

    `baselines` guess without a model and without the network, as must whoever claims to be better. What a task parses can be kept as JSON.
    """

    name: str
    task_name: str  # of its prompt
    measures: tuple[str, ...]
    cases: Callable[[int, int], Sequence[Case]]  # so many, drawn by a seed
    baselines: dict[str, Callable[[Case], Any]]
    score: Callable[[Any, Any], Scores]
    task: Callable[[Case], Task[Any]]
    pictures: Callable[[Case], Sequence[Picture]] = no_picture

    @property
    def shows_pictures(self) -> bool:
        return self.pictures is not no_picture


def drawn(keys: Sequence[int], number: int, seed: int) -> list[int]:
    """So many of `keys`, the same for the same seed."""
    return random.Random(seed).sample(keys, min(number, len(keys)))
