"""`linklog media migrate` and `linklog media check`: moving the media storage, and looking after it."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import track

from linklog.images import inventory, jobs, storing
from linklog.images.models import MediaFile
from linklog.images.places import PlaceError, is_bucket, place_at

T = TypeVar("T")


class Command(BaseCommand):
    help = (
        "Move the media storage between a folder and a bucket, or check every file of it. "
        "Example: linklog media migrate --to s3://pictures"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        migrate = actions.add_parser("migrate", help="Copy everything, and check every byte of the copies.")
        migrate.add_argument("--to", required=True, metavar="PLACE", help="A folder, or a bucket as s3://name/folder.")
        check = actions.add_parser("check", help="Read every file, and say which are missing, damaged, or of nobody.")
        for action in (migrate, check):
            action.add_argument("--json", action="store_true", help="Print the outcome as JSON.")

    def handle(self, action: str, **options: Any) -> None:
        try:
            self.migrate(options) if action == "migrate" else self.read_all(options)
        except PlaceError as error:
            raise CommandError(str(error)) from error

    def migrate(self, options: dict[str, Any]) -> None:
        """Files are copied and none is deleted; which of two places counts is LINKLOG_MEDIA's to say."""
        place = options["to"].rstrip("/")
        place = place if is_bucket(place) else str(Path(place).expanduser().absolute())
        target, problems = place_at(place), list[str]()
        files = inventory.everything()
        for path, sha256 in self.shown(files.items(), "Copying"):
            try:
                inventory.copy(path, sha256, target)
            except PlaceError as error:
                problems.append(str(error))
                if sys.stderr.isatty() or len(problems) == 1:
                    self.stderr.write(str(error))
        is_here = place == settings.LINKLOG_MEDIA
        if is_here:
            self.settle()
        outcome = {"to": place, "files": len(files), "copied": len(files) - len(problems), "problems": problems}
        if options["json"]:
            self.stdout.write(json.dumps(outcome, ensure_ascii=False))
        if problems:
            raise CommandError(f"{len(problems)} of {len(files)} files were not copied. Mend that, and run this again.")
        if not options["json"]:
            self.stdout.write(f"{len(files)} files are in {place}, and were read back.")
            if not is_here:
                self.stdout.write(
                    f"Now set LINKLOG_MEDIA={place} and restart. Keep the old place until linklog doctor says that "
                    "no file is to be moved."
                )

    def settle(self) -> None:
        """What a worker does by itself, now."""
        waiting = MediaFile.objects.filter(renditions__in=storing.unsettled()).distinct()
        for media in self.shown(list(waiting), "Rendering posts"):
            jobs.settle(media)

    def read_all(self, options: dict[str, Any]) -> None:
        total = len(inventory.renditions())
        *_steps, found = self.shown(inventory.check(), "Reading", total)
        if options["json"]:
            self.stdout.write(json.dumps(vars(found), ensure_ascii=False))
        else:
            for name in ("missing", "damaged", "orphans"):
                for path in getattr(found, name):
                    self.stdout.write(f"{name.removesuffix('s')}: {path}")
            self.stdout.write(f"{found.whole} of {total} files are whole.")
        if found.missing or found.damaged:
            raise CommandError("Restore these from a backup: linklog backup keeps them in media/.")

    def shown(self, steps: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
        return track(steps, what, total, console=Console(file=sys.stderr), disable=not sys.stderr.isatty())
