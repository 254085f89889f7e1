"""`linklog import`: posts from a feed or an export, with their dates and addresses."""

import io
import json
import shutil
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, OperationalError, ProgrammingError, connection
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from linklog.accounts.models import User
from linklog.core import vendor_sql
from linklog.core.arguments import count
from linklog.importers.contract import SourceError
from linklog.importers.formats import IMPORTERS
from linklog.importers.run import Options, Summary, run
from linklog.importers.source import Source, opened
from linklog.posts.models import Post

SHOWN = 20
MANY = 500  # new posts after which the database counts afresh what it holds
EXAMPLES = """examples:
  linklog import everything.atom             a feed in Atom, RSS or JSON Feed
  linklog import export.json.gz --dry-run    what would happen, without doing it
  linklog import old.xml --draft             to look at before it is public
  curl -s https://blog.example/feed.json | linklog import - --json

What is imported is published under its own dates. Run it again as often as you like: what is here already
stays one post, and what you edited here is kept. docs/import-export.md has the details.
"""


class Command(BaseCommand):
    help = "Import posts from an Atom, RSS or JSON feed, or from a Linklog export."
    requires_system_checks: list[str] = []

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, epilog=EXAMPLES, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="SOURCE", help="A file, packed with gzip or not; - for standard input.")
        parser.add_argument(
            "--format", choices=["auto", *IMPORTERS], default="auto", help="Found out from the file unless given."
        )
        parser.add_argument("--dry-run", action="store_true", help="Report what would happen; change nothing.")
        parser.add_argument("--limit", type=count, metavar="N", help="Only the first N items.")
        state = parser.add_mutually_exclusive_group()
        state.add_argument(
            "--publish", action="store_true", help="Publish drafts, too, those imported before included."
        )
        state.add_argument("--draft", action="store_true", help="Make every new post a draft; it keeps its date.")
        parser.add_argument(
            "--author",
            metavar="USERNAME",
            help="Whose posts these are, instead of whom the source names.",
        )
        parser.add_argument(
            "--whole-site",
            action="store_true",
            help="Of another Linklog's export take its site's texts, pages and redirects, too, and trust its HTML.",
        )
        parser.add_argument(
            "--json", action="store_true", help="Print the summary as one JSON object, and all else on standard error."
        )
        parser.add_argument("--quiet", action="store_true", help="Print nothing but errors.")

    def handle(self, source: str, **options: Any) -> None:
        author = self._author(options["author"])
        wanted = Options(
            options["format"], options["limit"], options["publish"], options["draft"], options["dry_run"], author,
            options["whole_site"],
        )  # fmt: skip
        try:
            with opened(source) as file, _progress(file, options["quiet"]) as progress:
                summary = run(file, wanted, progress)
            if summary.new >= MANY and not wanted.dry_run:
                vendor_sql.analyse()
        except SourceError as error:
            raise CommandError(str(error), returncode=2) from None
        except (OperationalError, ProgrammingError) as error:
            raise _gave_up(error) from None
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. What was imported so far stays; run it again to go on.", returncode=130
            ) from None
        if options["json"]:
            self.stdout.write(json.dumps(summary.as_json(), ensure_ascii=True))
        if not options["quiet"]:
            (self.stderr if options["json"] else self.stdout).write(_table(summary, wanted), style_func=str)
            if summary.left_out:
                self.stderr.write(summary.left_out, style_func=str)
        if summary.broken_off:
            what = "; what stands before that was read"
            self.stderr.write(f"{summary.broken_off[0].upper()}{summary.broken_off[1:].rstrip('.')}{what}.")

    def _author(self, username: str | None) -> User | None:
        if not username:
            return None
        try:
            return User.objects.get(username=username)
        except User.DoesNotExist:
            raise CommandError(f"There is no author called {username}.", returncode=2) from None


def _gave_up(error: DatabaseError) -> CommandError:
    """What to tell of a database that has no tables, or went away in the middle."""
    try:
        is_empty = Post._meta.db_table not in connection.introspection.table_names()
    except DatabaseError:
        is_empty = False
    if is_empty:
        return CommandError("There is no site here yet. Make one with: linklog init", returncode=2)
    reason = str(error).strip().split("\n")[0]
    return CommandError(f"The database gave up: {reason}. What was imported so far stays; run it again.")


@contextmanager
def _progress(source: Source, is_quiet: bool) -> Iterator[Callable[[Summary], None]]:
    """A bar with rate and time left where a person watches; nothing elsewhere."""
    if is_quiet or not sys.stderr.isatty():
        yield lambda summary: None
        return
    columns = (
        TextColumn("Importing"),
        BarColumn(),
        TextColumn("{task.fields[posts]} posts, {task.fields[rate]}/s"),
        TimeRemainingColumn(),
    )
    started = time.monotonic()
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("", total=source.size, posts=0, rate=0)

        def show(summary: Summary) -> None:
            rate = round(summary.total / max(time.monotonic() - started, 0.001))
            bar.update(task, completed=source.done, posts=f"{summary.total:,}", rate=f"{rate:,}")

        yield show


def _table(summary: Summary, options: Options) -> str:
    """Counts, then the first reasons and renamings; all of them are in --json."""
    text = io.StringIO()
    console = Console(file=text, width=max(shutil.get_terminal_size().columns, 60), color_system=None, highlight=False)
    counts = Table(
        title="Would be imported" if options.dry_run else "Imported", title_justify="left", show_header=False
    )
    counts.add_column()
    counts.add_column(justify="right")
    for name, number in (("new", summary.new), ("updated", summary.updated), ("unchanged", summary.unchanged)):
        counts.add_row(name, f"{number:,}")
    counts.add_row("skipped", f"{len(summary.skipped):,}")
    counts.add_row("renamed", f"{len(summary.renamed):,}")
    console.print(counts)
    skipped = [f"{entry['item']}: {entry['reason']}" for entry in summary.skipped]
    renamed = [f"{entry['from']} → {entry['to']}" for entry in summary.renamed]
    for title, lines in (("Skipped", skipped), ("Renamed, because the address was taken", renamed)):
        if lines:
            console.print(f"{title}:", markup=False)
            for line in lines[:SHOWN]:
                console.print(f"  {line}", markup=False, soft_wrap=True)
            if len(lines) > SHOWN:
                console.print(f"  … and {len(lines) - SHOWN:,} more; --json tells them all", markup=False)
    return text.getvalue().rstrip("\n")
