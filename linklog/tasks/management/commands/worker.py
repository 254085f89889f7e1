"""`linklog worker`: a process that runs what is asked for in the background."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linklog.ops import installation
from linklog.tasks.worker import Runner


class Command(BaseCommand):
    help = (
        "Run background jobs and the schedule until it is stopped. linklog serve starts one of its own; more may run, "
        "on other machines too. Example: linklog worker --once"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Run what is due now, then end.")

    def handle(self, **options: Any) -> None:
        if pending := installation.pending_migrations():
            raise CommandError(
                f"The database is not ready ({len(pending)} migrations are waiting). Run first: linklog init"
            )
        runner = Runner()
        if options["once"]:
            runner.run_once()
        elif not runner.run():
            sys.exit(1)
