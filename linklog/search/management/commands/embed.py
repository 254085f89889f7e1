"""`linklog embed`: what posts mean, for search and related posts."""

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import track

from linklog.core.arguments import count
from linklog.search import embedding_models, embeddings

BATCH = 32  # posts of one transaction, and of one call of a remote model


class Command(BaseCommand):
    help = (
        "Let the model of LINKLOG_EMBEDDING_MODEL read the posts that it has not read as they are now, drafts included. "
        "A run that was stopped is carried on by the next. Example: linklog embed --json"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=count, metavar="N", help="Only the newest N of them.")
        parser.add_argument("--json", action="store_true", help='Print {"embedded", "missing", "seconds"} as JSON.')

    def handle(self, *, verbosity: int, **options: Any) -> None:
        if not embedding_models.name():
            raise CommandError(
                "No model is set. Name one in LINKLOG_EMBEDDING_MODEL, see docs/semantic.md.", returncode=2
            )
        started = time.monotonic()
        keys = embeddings.missing()[: options["limit"]]
        embedded = 0
        steps = range(0, len(keys), BATCH)
        try:
            for start in track(steps, "Embedding", console=Console(file=sys.stderr), disable=not sys.stderr.isatty()):
                embedded += embeddings.embed(keys[start : start + BATCH])
        except embedding_models.ModelError as error:
            raise CommandError(f"{error}. {embedded:,} posts were embedded before; run it again.") from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. What is embedded stays so; linklog embed goes on.", returncode=130) from None
        seconds, missing = round(time.monotonic() - started, 1), len(embeddings.missing())
        if options["json"]:
            self.stdout.write(json.dumps({"embedded": embedded, "missing": missing, "seconds": seconds}))
        elif verbosity:
            self.stdout.write(f"{embedded:,} posts embedded in {seconds:,} seconds; {missing:,} are left.")
