"""Screenshots of pages, for who has the extra `screenshots` and a Chromium. They wait for a day in a folder of their own, for their author.

A job takes them in a process of its own (`capture.browsing`); what is known of one is a note beside its picture.
"""

import json
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from linklog.core import processes
from linklog.core.vendor_sql import writing
from linklog.posts.models.post import is_code, new_code
from linklog.tasks.jobs import job

FOLDER = settings.HOME / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell")
KEPT_SECONDS = 86_400
FIRST = 10  # among jobs: somebody waits for it
SECONDS = 20  # for the page
LIMIT_SECONDS = 45  # for everything, with the start of a browser on a busy machine
LOOK_SECONDS = 0.25  # from one look at its memory to the next
MEMORY = 1_200_000_000  # bytes, of all its processes together


@dataclass(frozen=True)
class Screenshot:
    """One that an author asked for, taken or not."""

    by: int
    code: str

    @property
    def picture(self) -> Path:
        return FOLDER / f"{self.by}-{self.code}.png"

    @property
    def note(self) -> Path:
        return self.picture.with_suffix(".json")

    def told(self) -> dict[str, Any]:
        """`state` is waiting, ready or failed, with what is known of the page, or a problem; {} where it is not kept any more."""
        try:
            return dict(json.loads(self.note.read_text()))
        except FileNotFoundError:
            return {}

    def tell(self, **facts: Any) -> None:
        FOLDER.mkdir(mode=0o700, exist_ok=True)
        beside = self.note.with_suffix(".part")
        beside.write_text(json.dumps(facts))
        beside.replace(self.note)


def chromium() -> str:
    """Where the browser is; "" where there is none."""
    return next(
        filter(None, map(shutil.which, [settings.LINKLOG_CHROMIUM] if settings.LINKLOG_CHROMIUM else NAMES)), ""
    )


def is_available() -> bool:
    return find_spec("playwright") is not None and bool(chromium())


def ask(url: str, user: Any) -> Screenshot:
    """Have one taken of the page at `url`, soon."""
    wanted = Screenshot(user.pk, new_code())
    wanted.tell(state="waiting")
    with writing():
        take.using(priority=FIRST).enqueue(wanted.by, wanted.code, url)
    return wanted


def find(user: Any, code: str) -> Screenshot | None:
    return Screenshot(user.pk, code) if is_code(code) else None


@job(tries=2)
def take(by: int, code: str, url: str) -> None:
    wanted = Screenshot(by, code)
    if wanted.told().get("state") != "waiting":
        return
    answer = _browsed(url, wanted.picture)
    if "url" not in answer or not wanted.picture.exists():
        wanted.tell(state="failed", problem=answer.get("problem") or _("No picture could be taken of that page."))
    else:
        wanted.tell(state="ready", url=answer["url"], title=answer["title"])


def _browsed(url: str, picture: Path) -> dict[str, Any]:
    """What the process with the browser says, {} where it says nothing. Neither is running any more when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-m", "linklog.capture.browsing"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    facts = {"url": url, "picture": str(picture), "chromium": chromium(), "seconds": SECONDS, "limit": LIMIT_SECONDS}
    order: str | None = json.dumps(facts)
    until = time.monotonic() + LIMIT_SECONDS
    try:
        while time.monotonic() < until and processes.memory(processes.family(process.pid)) < MEMORY:
            with suppress(subprocess.TimeoutExpired):
                said, _errors = process.communicate(order, timeout=LOOK_SECONDS)
                return dict(json.loads(said))
            order = None
        return {}
    except ValueError:
        return {}
    finally:
        processes.kill(processes.family(process.pid))
        process.communicate()


def forget_old() -> None:
    """Delete what was taken more than a day ago."""
    for file in FOLDER.glob("*"):
        if (
            re.fullmatch(r"[0-9]+-\w+\.(png|json|part)", file.name)
            and time.time() - file.stat().st_mtime > KEPT_SECONDS
        ):
            file.unlink(missing_ok=True)
