"""`linklog backup`: a verified copy of the whole site."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linklog.ops import backup


class Command(BaseCommand):
    help = (
        "Copy the database, media and templates into a new folder, and verify the copy. The server may go on writing. "
        "Example: linklog backup /srv/backups/$(date +%F)"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="A folder that does not exist yet, or is empty.")
        parser.add_argument("--json", action="store_true", help="Print the manifest as JSON.")

    def handle(self, folder: Path, **options: Any) -> None:
        try:
            manifest = backup.make(folder.absolute())
        except (backup.BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(manifest))
        else:
            self.stdout.write(
                f"{folder} holds a verified backup of {len(manifest['files'])} files. Restore it with: linklog restore {folder}"
            )
            if manifest["bucket"]:
                self.stdout.write(f"What is in {manifest['bucket']} is not in it: see to copies of the bucket as well.")
