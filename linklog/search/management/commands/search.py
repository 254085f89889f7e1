"""`linklog search`: the archive, from a terminal."""

import io
import json
import shutil
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict
from django.utils.timezone import localdate
from rich.console import Console
from rich.table import Column, Table

from linklog.search.document import as_json
from linklog.search.engine import Outcome, search
from linklog.search.presentation import count_line
from linklog.search.request import SORTS, BadRequest, Request, read
from linklog.search.results import posts_of
from linklog.search.suggest import did_you_mean

HIDDEN_TOO = "(is:public OR is:draft OR is:scheduled)"


class Command(BaseCommand):
    help = (
        "Search the posts, by the same language as the page /search/: docs/search.md. Write -- before a query that begins with a "
        "minus. Example: linklog search 'clocks tag:brass -type:note from:2024-01-31'"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query", nargs="*", metavar="QUERY", help="Words and filters; none means every post.")
        parser.add_argument("--drafts", action="store_true", help="Drafts and scheduled posts, too.")
        parser.add_argument(
            "--sort", choices=SORTS, default="", help="By relevance where there are words, unless told."
        )
        parser.add_argument("--page", default="1", metavar="N", help="The next thirty are page 2.")
        parser.add_argument("--json", action="store_true", help="Print what /search.json answers.")

    def handle(self, query: list[str], **options: Any) -> None:
        words = [HIDDEN_TOO, *query] if options["drafts"] else query
        asked = QueryDict(mutable=True)
        asked.update({"q": " ".join(words), "sort": options["sort"], "page": options["page"]})
        try:
            request = read(asked)
        except BadRequest as error:
            raise CommandError(str(error), returncode=2) from None
        outcome = search(request, is_author=True)
        outcome.suggestion = did_you_mean(request) if not outcome.total else None
        if options["json"]:
            document = as_json(request, outcome) | {"took_ms": round(outcome.took_ms, 2)}
            self.stdout.write(json.dumps(document, ensure_ascii=False))
            return
        self.stdout.write(_table(request, outcome))


def _table(request: Request, outcome: Outcome) -> str:
    text = io.StringIO()
    console = Console(file=text, width=max(shutil.get_terminal_size().columns, 60), color_system=None, highlight=False)
    if outcome.keys:
        table = Table(
            "Date", "Kind", "Title", Column(overflow="fold"), box=None, pad_edge=False, show_header=False
        )  # an address is cut by nothing
        for post in posts_of(outcome):
            day = localdate(post.published).isoformat() if post.published else "–"
            state = "" if post.is_public else " (draft)" if post.is_draft else " (scheduled)"
            table.add_row(day, post.kind + state, post.display_title, post.get_absolute_url())
        console.print(table, markup=False)
    pages = f", page {outcome.page}; --page {outcome.page + 1} goes on" if outcome.has_next else ""
    console.print(f"{count_line(outcome)} in {outcome.took_ms:.0f} ms{pages}", markup=False)
    if suggestion := outcome.suggestion:
        console.print(f"Did you mean: {suggestion.request.q} ({suggestion.total:,})", markup=False)
    for note in outcome.notes:
        console.print(note, markup=False)
    return text.getvalue().rstrip("\n")
