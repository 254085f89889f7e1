"""`linklog reindex`: what search knows of posts, made anew."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max
from rich.console import Console
from rich.progress import track

from linklog import publishing
from linklog.core import vendor_sql
from linklog.posts.models import Post
from linklog.search import index

BATCH = 500  # posts of one transaction: a moment, then others may write
DOUBTED = 10_000  # posts marked in one transaction


class Command(BaseCommand):
    help = (
        "Index the posts that search does not know, or knows by other rules; with --all every post. The site may be read and "
        "written meanwhile, and a run that was stopped is carried on by the next. Example: linklog reindex"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="Every post, and drop what no post holds any more.")
        parser.add_argument("--json", action="store_true", help='Print {"indexed", "tidied", "seconds"} as JSON.')

    def handle(self, *, verbosity: int, **options: Any) -> None:
        started = time.monotonic()
        tidied = 0
        try:
            if options["all"]:
                doubt_all()
            indexed = self._index(index.stale())
            if options["all"]:
                tidied = publishing.tidy_index()
                vendor_sql.analyse()
        except KeyboardInterrupt:
            raise CommandError("Stopped. What is indexed stays so; linklog reindex goes on.", returncode=130) from None
        seconds = round(time.monotonic() - started, 1)
        if options["json"]:
            self.stdout.write(json.dumps({"indexed": indexed, "tidied": tidied, "seconds": seconds}))
        elif verbosity:
            self.stdout.write(f"{indexed:,} posts indexed in {seconds:,} seconds. Search knows every post.")

    def _index(self, keys: list[int]) -> int:
        if keys:
            self.stderr.write(
                f"Indexing {len(keys):,} posts for search. It may be stopped and goes on later.", style_func=str
            )
        for start in _shown(range(0, len(keys), BATCH)):
            publishing.reindex(keys[start : start + BATCH])
        return len(keys)


def doubt_all() -> None:
    """Mark every post as one to be indexed anew, so that a run that is stopped is carried on by one without --all."""
    newest = Post.objects.aggregate(newest=Max("pk"))["newest"] or 0
    for start in range(0, newest + 1, DOUBTED):
        publishing.doubt(range(start, start + DOUBTED))


def _shown(steps: range) -> Iterable[int]:
    """`steps`, with a bar and the time left where a person watches."""
    return track(steps, "Indexing", console=Console(file=sys.stderr), disable=not sys.stderr.isatty())
