"""One evaluation from its cases to figures: baselines at once, models by questions of which none is asked twice."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from linklog.assist.alt_text import Unreadable
from linklog.assist.client import Answer, Picture, ask, prepare
from linklog.assist.costs import cost_text
from linklog.assist.evals.answers import Answers, Kept, key_of
from linklog.assist.evals.contract import Case, Evaluation
from linklog.assist.evals.scoring import Mean, Scores, mean
from linklog.assist.ledger import AssistError, LimitReached

IN_A_ROW = 3  # questions without an answer, after which a model is given up
_A_PICTURE = Picture(b"", "image/jpeg", 1024, 1024)  # as large as one can be

Told = Callable[[], None]


@dataclass
class Outcome:
    """What one method answered, and how near that came."""

    method: str
    version: str = ""  # of the prompt; "" without a model
    scores: list[Scores] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    dollars: list[Decimal] = field(default_factory=list)
    has_price: bool = True

    def measure(self, name: str) -> Mean:
        return mean([score[name] for score in self.scores])

    @property
    def median_seconds(self) -> float:
        return statistics.median(self.seconds) if self.seconds else 0.0

    @property
    def dollars_each(self) -> Decimal:
        return sum(self.dollars, Decimal(0)) / max(len(self.scores), 1)

    @property
    def cost_each(self) -> str:
        return cost_text(self.dollars_each if self.has_price else None)

    def take(self, scores: Scores, kept: Kept) -> None:
        self.scores.append(scores)
        self.seconds.append(kept.seconds)
        self.has_price = self.has_price and kept.dollars is not None
        self.dollars.append(Decimal(kept.dollars or 0))


@dataclass
class Model:
    """A model that is going to be asked, and the questions to it of which no answer is kept."""

    name: str  # as llm calls it
    version: str
    missing: list[Case]
    most: Decimal  # that asking them may cost


def of_baseline(evaluation: Evaluation, name: str, cases: Sequence[Case]) -> Outcome:
    outcome = Outcome(name)
    for case in cases:
        started = time.perf_counter()
        answer = evaluation.baselines[name](case)
        took = time.perf_counter() - started
        outcome.take(evaluation.score(case.truth, answer), Kept(name, "", case.code, answer, took, "0"))
    return outcome


def model_of(evaluation: Evaluation, name: str, cases: Sequence[Case], answers: Answers) -> Model:
    """Raises AssistError for one that there is not."""
    pictures = [_A_PICTURE] if evaluation.shows_pictures else []
    questions = [prepare(evaluation.task(case), case.values, attachments=pictures, model=name) for case in cases]
    first = questions[0]
    missing = [
        (case, question.most)
        for case, question in zip(cases, questions, strict=True)
        if not answers.of(key_of(first.model_id, first.version, case.code, case.values))
    ]
    most = sum((most for _case, most in missing), Decimal(0))
    return Model(first.model_id, first.version, [case for case, _most in missing], most)


@dataclass
class Asking:
    """What came of the questions so far. `stopped` says why no more were asked, where there were more."""

    spent: Decimal = Decimal(0)
    problems: list[str] = field(default_factory=list)
    stopped: str = ""


def ask_model(
    evaluation: Evaluation, model: Model, answers: Answers, asking: Asking, limit: Decimal | None, told: Told
) -> None:
    """Asks what is missing and keeps each answer, until the next one might pass `limit` dollars or the month's."""
    failed_in_a_row = 0
    for case in model.missing:
        options = {"about": f"evals {case.code}"[:200], "model": model.name}
        left = None if limit is None else limit - asking.spent
        try:
            pictures = evaluation.pictures(case)
            answer = ask(evaluation.task(case), case.values, attachments=pictures, max_dollars=left, **options)
        except LimitReached as error:
            asking.stopped = str(error)
            return
        except Unreadable as error:
            asking.problems.append(f"{case.code}: {error}")
        except AssistError as error:
            asking.spent += error.dollars  # what was of no use costs as well
            asking.problems.append(f"{case.code}: {error}")
            failed_in_a_row += 1
            if failed_in_a_row == IN_A_ROW:
                asking.stopped = f"{model.name} failed {IN_A_ROW} times in a row."
        else:
            failed_in_a_row = 0
            asking.spent += answer.call.counted
            _keep(answers, model, case, answer)
        if asking.stopped:
            return
        told()


def _keep(answers: Answers, model: Model, case: Case, answer: Answer[Any]) -> None:
    call = answer.call
    dollars = None if call.dollars is None else str(call.dollars)
    key = key_of(model.name, model.version, case.code, case.values)
    answers.keep(key, Kept(model.name, model.version, case.code, answer.value, call.seconds, dollars))


def of_model(evaluation: Evaluation, model: Model, cases: Sequence[Case], answers: Answers) -> Outcome:
    """The figures of all answers that are kept."""
    outcome = Outcome(model.name, model.version)
    for case in cases:
        if kept := answers.of(key_of(model.name, model.version, case.code, case.values)):
            outcome.take(evaluation.score(case.truth, kept.answer), kept)
    return outcome
