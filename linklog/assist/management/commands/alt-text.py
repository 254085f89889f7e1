"""`linklog alt-text --missing`: drafts of alt text for the images of the archive that have none."""

import json
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from linklog.assist import alt_text, client, prices
from linklog.assist.alt_text import ALT_TEXT, Unreadable
from linklog.assist.client import Answer
from linklog.assist.costs import cost_text
from linklog.assist.ledger import AssistError, LimitReached
from linklog.core.arguments import count, dollars
from linklog.images.models import MediaUse

GIVES_UP = 3  # failures of the model in a row


class Command(BaseCommand):
    help = (
        "Let a language model draft alt text for the images in public posts that have none, the newest first. Each lands as a draft to "
        "review; no post is changed. A run that was stopped is carried on by the next. "
        "Example: linklog alt-text --missing --limit 100 --max-cost 0.50"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--missing", action="store_true", required=True, help="Those without alt text and without a draft."
        )
        parser.add_argument("--limit", type=count, metavar="N", help="Ask for N drafts at most.")
        parser.add_argument("--max-cost", type=dollars, metavar="DOLLARS", help="Ask nothing that might pass this sum.")
        parser.add_argument("--model", default="", help="Another model than the one that is set.")
        parser.add_argument("--yes", action="store_true", help="Begin without asking.")
        parser.add_argument(
            "--json", action="store_true", help="Print an object for each image and a last one with the sums."
        )

    def handle(self, *, model: str, **options: Any) -> None:
        if not (model or client.available(ALT_TEXT.name)):
            raise CommandError("No model is set. Name one in LINKLOG_MODEL, see docs/assistant.md.", returncode=2)
        self.is_json, self.counts, self.spent = options["json"], Counter[str](), Decimal(0)
        wanting = alt_text.undescribed()
        most = len(wanting) if options["limit"] is None else min(options["limit"], len(wanting))
        try:
            self.model, _server = client.names_of(model or client.model_for(ALT_TEXT.name))
            if most and not (options["yes"] or self._agreed(most)):
                raise CommandError("Nothing was asked.")
            stopped = self._sweep(wanting, most, options["max_cost"])
        except KeyboardInterrupt:
            stopped = "Stopped."
        except AssistError as error:
            raise CommandError(str(error)) from error
        left = len(alt_text.undescribed())
        self._tell(
            {
                "drafted": self.counts["drafted"],
                "passed_over": self.counts["passed over"],
                "cost": float(self.spent),
                "left": left,
            }
        )
        if not self.is_json:
            drafted, passed = self.counts["drafted"], self.counts["passed over"]
            self.stdout.write(
                f"{drafted:,} drafted, {passed:,} passed over, {left:,} left, for {cost_text(self.spent)}."
            )
        if stopped:
            raise CommandError(f"{stopped} What is drafted stays so; the same command goes on.", returncode=3)

    def _agreed(self, count: int) -> bool:
        """Tells what it may cost and asks; without a terminal --yes must have been said."""
        most, likely = alt_text.most_for_one(self.model), alt_text.likely_for_one(self.model)
        about = f"about {cost_text(likely * count)} as the last ones did, and " if likely is not None else ""
        if caution := prices.caution(self.model):
            self.stderr.write(caution, self.style.WARNING)
        self.stderr.write(
            f"{count:,} {'image' if count == 1 else 'images'}: {about}{cost_text(most * count)} at most.",
            self.style.WARNING,
        )
        if not sys.stdin.isatty():
            raise CommandError("Say --yes to begin.", returncode=2)
        return input("Begin? [y/N] ").strip().lower() in ("y", "yes")

    def _sweep(self, wanting: list[MediaUse], most: int, max_cost: Decimal | None) -> str:
        """Why it ended before its end, if it did. What cannot be read is none of the `most` that are asked for, or it would be in the way
        of all others each time.
        """
        asked = failures = 0
        with self._progress() as progress:
            bar = progress.add_task("", total=most, cost=cost_text(Decimal(0)))
            for use in wanting:
                if asked == most:
                    break
                left = None if max_cost is None else max_cost - self.spent
                try:
                    self._draft(use, left)
                    failures = 0
                except Unreadable as error:
                    self._pass_over(use, str(error))
                    continue
                except LimitReached as error:
                    return str(error)
                except AssistError as error:
                    self.spent += error.dollars
                    self._pass_over(use, str(error))
                    failures += 1
                    if failures == GIVES_UP:
                        return "The model failed three times in a row."
                asked += 1
                progress.update(bar, completed=asked, cost=cost_text(self.spent))
        return ""

    def _draft(self, use: MediaUse, left: Decimal | None) -> None:
        started = time.monotonic()
        words = alt_text.words_around(use)
        *_pieces, answer = alt_text.draft(
            use.src, words, about=f"post {use.post.code}", model=self.model, max_dollars=left
        )
        assert isinstance(answer, Answer)
        self.spent += answer.call.counted
        self.counts["drafted"] += 1
        seconds = round(time.monotonic() - started, 1)
        self._tell(
            {"src": use.src, "post": use.post.code, "draft": answer.value, "cost": answer.cost, "seconds": seconds}
        )

    def _pass_over(self, use: MediaUse, problem: str) -> None:
        self.counts["passed over"] += 1
        self._tell({"src": use.src, "post": use.post.code, "problem": problem})
        if not self.is_json:
            self.stderr.write(f"{use.src[:200]}: {problem}")

    def _tell(self, found: dict[str, Any]) -> None:
        if self.is_json:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            self.stdout.flush()

    def _progress(self) -> Progress:
        columns = (
            TextColumn("{task.completed:,} of {task.total:,}"),
            BarColumn(),
            TextColumn("{task.fields[cost]}"),
            TimeRemainingColumn(),
        )
        return Progress(*columns, console=Console(file=sys.stderr), disable=not sys.stderr.isatty())
