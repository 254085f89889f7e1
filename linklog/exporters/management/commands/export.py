"""`linklog export`: everything of the site in one file that another Linklog, and any feed reader, can read."""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from linklog.exporters.formats import EXPORTERS
from linklog.exporters.target import opened
from linklog.posts.models import Post

EXAMPLES = """examples:
  linklog export site.json               what the public can see
  linklog export site.json.gz --drafts   drafts and scheduled posts, too; packed
  linklog export - | less

The file is a JSON Feed with the _linklog extension: docs/import-export.md.
"""


class Command(BaseCommand):
    help = "Export the site as a JSON Feed that `linklog import` reads back without loss."

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, epilog=EXAMPLES, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="Where to; packed if it ends in .gz; - for standard output.")
        parser.add_argument("--format", choices=list(EXPORTERS), default="jsonfeed")
        parser.add_argument(
            "--drafts", action="store_true", help="Take along drafts, scheduled posts and unused labels."
        )
        parser.add_argument(
            "--json", action="store_true", help='Print {"posts", "left_out"} as JSON, on standard error for -.'
        )

    def handle(self, file: str, **options: Any) -> None:
        posts = Post.objects.all() if options["drafts"] else Post.objects.published()
        try:
            with opened(file) as target:
                count = EXPORTERS[options["format"]](posts, target, options["drafts"])
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror or error}.", returncode=2) from None
        left_out = Post.objects.count() - Post.objects.filter(pk__in=posts.values("pk")).count()
        if options["json"]:
            (self.stderr if file == "-" else self.stdout).write(json.dumps({"posts": count, "left_out": left_out}))
        told = f"{count:,} posts exported."
        if left_out:
            told += f" {left_out:,} that are not public were left out; --drafts takes them along."
        self.stderr.write(told, style_func=str)
