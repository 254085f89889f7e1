"""`linklog evals`: how good suggestions are, told by the archive."""

import io
import json
import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Column, Table

from linklog.assist import client, prices
from linklog.assist.costs import cost_text
from linklog.assist.evals import plot, run
from linklog.assist.evals.answers import Answers
from linklog.assist.evals.catalogue import EVALUATIONS
from linklog.assist.evals.contract import Case, Evaluation
from linklog.assist.evals.run import Asking, Model, Outcome
from linklog.assist.ledger import AssistError
from linklog.core.arguments import count, dollars


class Command(BaseCommand):
    help = (
        "Try suggestions upon posts that are published, and measure them against what the author chose. Methods that need no model are "
        "always among them. An answer of a model is kept, so that the same question is paid for once. "
        "Example: linklog evals tags --models gpt-4.1-mini,gpt-4.1-nano --sample 50"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=EVALUATIONS, help="What is guessed.")
        parser.add_argument(
            "--models",
            metavar="A,B,C",
            help="Names as llm knows them; unless given, the one that is set. none for none.",
        )
        parser.add_argument("--sample", type=count, default=50, metavar="N", help="So many posts; 50 unless told.")
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="Another number draws other posts.")
        parser.add_argument("--max-cost", type=dollars, metavar="DOLLARS", help="Ask nothing that might pass this sum.")
        parser.add_argument("--yes", action="store_true", help="Begin without asking.")
        parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="Draw quality against cost.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, what: str, **options: Any) -> None:
        evaluation = EVALUATIONS[what]
        if not (cases := evaluation.cases(options["sample"], options["seed"])):
            raise CommandError("No public post can be guessed at here.", returncode=2)
        answers, asking, models = Answers(what), Asking(), list[Model]()
        try:
            models = [run.model_of(evaluation, name, cases, answers) for name in _models(evaluation, options["models"])]
            if any(model.missing for model in models) and not options["yes"]:
                self._agree(models)
            self._ask(evaluation, models, answers, asking, options["max_cost"])
        except AssistError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            asking.stopped = "Stopped."
        outcomes = [run.of_baseline(evaluation, name, cases) for name in evaluation.baselines]
        outcomes += [run.of_model(evaluation, model, cases, answers) for model in models]
        self._tell(evaluation, outcomes, cases, asking, options)
        if asking.stopped:
            raise CommandError(f"{asking.stopped} What is answered is kept; the same command goes on.", returncode=3)

    def _agree(self, models: Sequence[Model]) -> None:
        """Tells what it may cost, and asks; without a terminal --yes must have been said."""
        for model in models:
            if caution := prices.caution(model.name):
                self.stderr.write(caution, self.style.WARNING)
            questions = f"{len(model.missing):,} questions to {model.name}"
            self.stderr.write(f"{questions}: {cost_text(model.most)} at most.", self.style.WARNING)
        if not sys.stdin.isatty():
            raise CommandError("Say --yes to begin.", returncode=2)
        if input("Begin? [y/N] ").strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was asked.")

    def _ask(
        self, evaluation: Evaluation, models: Sequence[Model], answers: Answers, asking: Asking, limit: Decimal | None
    ) -> None:
        columns = TextColumn("{task.description} {task.completed:,} of {task.total:,}"), BarColumn()
        console = Console(file=sys.stderr)
        with Progress(
            *columns, TextColumn("{task.fields[cost]}"), console=console, disable=not sys.stderr.isatty()
        ) as bars:
            for model in models:
                bar = bars.add_task(model.name, total=len(model.missing), cost=cost_text(asking.spent))
                run.ask_model(evaluation, model, answers, asking, limit, _advance(bars, bar, asking))
                if asking.stopped:
                    return

    def _tell(
        self, evaluation: Evaluation, outcomes: Sequence[Outcome], cases: Sequence[Case], asking: Asking, options: Any
    ) -> None:
        heading = f"{evaluation.name}: {len(cases):,} cases, seed {options['seed']}"
        if options["json"]:
            rows = [_as_json(evaluation, outcome) for outcome in outcomes]
            found = {"what": evaluation.name, "cases": len(cases), "seed": options["seed"], "methods": rows}
            self.stdout.write(json.dumps(found | {"spent": float(asking.spent), "problems": asking.problems}))
        else:
            self.stdout.write(_table(evaluation, outcomes, heading))
            for problem in asking.problems:
                self.stderr.write(problem)
        if options["plot"]:
            try:
                options["plot"].write_text(plot.svg(heading, evaluation.measures[0], outcomes), encoding="utf-8")
            except OSError as error:
                raise CommandError(f"The drawing cannot be written: {error.strerror}.") from error


def _models(evaluation: Evaluation, given: str | None) -> list[str]:
    if given is None:
        return [client.model_for(evaluation.task_name)] if client.available(evaluation.task_name) else []
    return list(dict.fromkeys(name for part in given.split(",") if (name := part.strip()) and name != "none"))


def _advance(bars: Progress, bar: Any, asking: Asking) -> Callable[[], None]:
    return lambda: bars.update(bar, advance=1, cost=cost_text(asking.spent))


def _table(evaluation: Evaluation, outcomes: Sequence[Outcome], heading: str) -> str:
    text = io.StringIO()
    console = Console(file=text, width=max(shutil.get_terminal_size().columns, 130), color_system=None, highlight=False)
    columns = [Column(name, justify="right") for name in ("answers", *evaluation.measures, "an answer", "seconds")]
    table = Table(Column("method", no_wrap=True), "prompt", *columns, box=None, pad_edge=False)
    for outcome in outcomes:
        means = [outcome.measure(name) for name in evaluation.measures]
        figures = [f"{mean.value:.3f} ±{mean.spread:.3f}" for mean in means] if outcome.scores else ["–"] * len(means)
        took = f"{outcome.median_seconds:.3f}" if outcome.scores else "–"
        cost = outcome.cost_each if outcome.version and outcome.scores else "–"
        table.add_row(outcome.method, outcome.version or "–", f"{len(outcome.scores):,}", *figures, cost, took)
    console.print(heading, table, sep="\n", markup=False)
    return text.getvalue().rstrip("\n")


def _as_json(evaluation: Evaluation, outcome: Outcome) -> dict[str, Any]:
    means = {name: outcome.measure(name) for name in evaluation.measures}
    return {
        "method": outcome.method,
        "prompt": outcome.version,
        "answers": len(outcome.scores),
        **{name: {"mean": mean.value, "spread": mean.spread} for name, mean in means.items()},
        "dollars_each": float(outcome.dollars_each) if outcome.scores and outcome.has_price else None,
        "seconds": outcome.median_seconds,
    }
