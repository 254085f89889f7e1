"""`linklog rerender`: stored HTML again from its sources."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import track

from linklog import publishing
from linklog.posts.models import Post
from linklog.posts.rendering import RENDER_VERSION

BATCH = 200


class Command(BaseCommand):
    help = "Render posts again after an upgrade changed the rules, or all of them with --all. Example: linklog rerender"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="Also posts that were rendered by the present rules.")

    def handle(self, **options: Any) -> None:
        posts = Post.objects.all() if options["all"] else Post.objects.filter(render_version__lt=RENDER_VERSION)
        ids = list(posts.order_by("pk").values_list("pk", flat=True))
        changed = 0
        steps = range(0, len(ids), BATCH)
        for start in track(steps, "Rendering", console=Console(file=sys.stderr), disable=not sys.stderr.isatty()):
            changed += publishing.rerender(Post.objects.filter(pk__in=ids[start : start + BATCH]))
        self.stdout.write(f"{len(ids)} posts rendered, {changed} came out different.")
