"""`linklog image FILE…`: uploads from a terminal, each answered by the Markdown that shows it."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linklog.accounts.models import Role, User
from linklog.core.refusal import Refused
from linklog.images import jobs, receiving
from linklog.images.models import MediaFile
from linklog.images.places import PlaceError

LOOK_SECONDS = 0.1


class Command(BaseCommand):
    help = (
        "Make smaller images of files, put them into the media storage, and print the Markdown that shows them. "
        "Example: linklog image *.jpg --json. A sound or a film does as well."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", help="- is the standard input.")
        parser.add_argument("--alt", default="", metavar="TEXT", help="What can be seen, for who cannot see it.")
        parser.add_argument(
            "--json", action="store_true", help="Print an object a line: markdown, url, width, height, bytes."
        )
        parser.add_argument(
            "--wait", action="store_true", help="Also make, now, what phones need; a worker does it otherwise."
        )
        parser.add_argument(
            "--keep-original", action="store_true", help="Keep the whole image as well, without its metadata."
        )

    def handle(self, files: list[str], **options: Any) -> None:
        owners = list(User.objects.filter(role=Role.OWNER, is_active=True)[:2])
        by, failed = owners[0] if len(owners) == 1 else None, 0
        for number, name in enumerate(files, 1):
            if sys.stderr.isatty() and len(files) > 1:
                self.stderr.write(f"{number} of {len(files)}: {name}", self.style.HTTP_INFO)
            try:
                document = self._document(name, by, options)
            except (Refused, OSError) as error:
                failed += 1
                problem = error.strerror if isinstance(error, OSError) else error
                self.stderr.write(f"{name}: {problem}")
            else:
                self.stdout.write(json.dumps(document, ensure_ascii=False) if options["json"] else document["markdown"])
                self.stdout.flush()
        if failed:
            raise CommandError(f"{failed} of {len(files)} could not be uploaded.")

    def _document(self, name: str, by: User | None, options: dict[str, Any]) -> dict[str, Any]:
        texts = {"name": "" if name == "-" else Path(name).name, "alt": options["alt"]}
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as file:
            media = receiving.receive(file, by=by, keeps_original=options["keep_original"], **texts)
        _until(lambda: media.state != MediaFile.State.WAITING, lambda: receiving.process(media))
        if media.state == MediaFile.State.FAILED:
            raise Refused(422, media.problem)
        if options["wait"]:
            _until(lambda: media.is_complete, lambda: jobs.complete(media))
            self._bring_to_bucket(media, name)
        else:
            jobs.go_on(media)
        document = receiving.document_of(media)
        return {key: document[key] for key in ("markdown", "url", "width", "height", "bytes")}

    def _bring_to_bucket(self, media: MediaFile, name: str) -> None:
        """Where there is one. If it is out of reach, the upload is safe here, and a worker brings it there later."""
        try:
            jobs.settle(media)
        except PlaceError as error:
            self.stderr.write(f"{name}: {error}")


def _until(is_done: Callable[[], bool], work: Callable[[], None]) -> None:
    """Work until it is done; where a worker is at it already, that is waiting."""
    while not is_done():
        work()
        if not is_done():
            time.sleep(LOOK_SECONDS)
