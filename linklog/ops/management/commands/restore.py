"""`linklog restore`: put a backup in this site's place."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from linklog import publishing
from linklog.ops import backup, installation
from linklog.posts.models import Post


def count_posts() -> int:
    """How many posts a restore would replace; 0 where there is no table of posts yet."""
    return Post.objects.count() if Post._meta.db_table in connection.introspection.table_names() else 0


class Command(BaseCommand):
    help = (
        "Replace this site's database and media by a backup, which is verified first. Where there are posts it asks for --yes. "
        "Example: linklog restore /srv/backups/2026-11-21 --yes"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="A folder that linklog backup made.")
        parser.add_argument("--yes", action="store_true", help="Replace what is here.")

    def handle(self, folder: Path, **options: Any) -> None:
        if not options["yes"] and (count := count_posts()):
            raise CommandError(
                f"This site has {count} posts, which the backup would replace. Add --yes if that is what you want."
            )
        try:
            manifest = backup.restore(folder.absolute())
        except (backup.BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        installation.prepare()
        publishing.replaced()
        self.stdout.write(f"Restored the backup of {manifest['made']}. Everyone must sign in again.")
