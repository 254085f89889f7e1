"""Smaller pictures made of whatever an author sends. Every file is decoded in a process of its own (`core.pixels`) with limits on memory
and time, so that a file made to harm can end that process and nothing else. Nothing here opens an image."""

import errno
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from linklog.core.pictures.sentences import SENTENCES
from linklog.core.pixels.problem import Problem

SECONDS = 600  # by the clock; the time of its own processor is what ends a process that takes too long, also on a busy machine


class PictureError(Exception):
    """Why no picture can be made of a file, as a sentence for the author. Trying again would not help. `detail` is for a log."""

    def __init__(self, sentence: str, detail: str = "") -> None:
        super().__init__(sentence)
        self.detail = detail


@dataclass(frozen=True)
class Made:
    """A file that was made: upright, in sRGB, without metadata. `role` is main, original, variant, poster or model."""

    role: str
    path: Path
    media_type: str
    width: int
    height: int
    bytes: int
    sha256: str


def make_main(source: Path, folder: Path) -> list[Made]:
    """What readers are shown, first; of a long animation a film and its poster."""
    return _made("main", source, folder)


def make_original(source: Path, folder: Path) -> Made:
    """The whole image, for an author who wants to keep it."""
    return _made("original", source, folder)[0]


def make_variants(source: Path, main: Path, folder: Path) -> list[Made]:
    """The picture `main` of `source` in widths that a phone needs, and in a newer format where that saves a fifth or more."""
    return _made("variants", source, folder, main=str(main))


def make_for_model(source: Path, folder: Path, longest: int = 1024) -> Made:
    """A small JPEG of the picture, or of the first one of an animation, for a language model."""
    return _made("for_model", source, folder, longest=longest)[0]


def _made(task: str, source: Path, folder: Path, **options: Any) -> list[Made]:
    """What the process made in `folder`; PictureError for a file that it cannot use, OSError where there is no room on the disk."""
    order = json.dumps({"task": task, "source": str(source), "folder": str(folder), "parent": os.getpid(), **options})
    try:
        # Without the environment, which may hold secrets; -I keeps the process from reading anybody's Python settings
        done = subprocess.run(
            [sys.executable, "-I", "-m", "linklog.core.pixels", order],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise PictureError(_(SENTENCES[Problem.NO_TIME])) from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        out_of_time = done.returncode == -signal.SIGXCPU
        answer = {
            "problem": Problem.NO_TIME if out_of_time else Problem.CRASHED,
            "detail": f"ended with {done.returncode}",
        }
    if "problem" not in answer:
        return [Made(**(file | {"path": Path(file["path"])})) for file in answer["made"]]
    problem = Problem(answer["problem"])
    if problem == Problem.NO_ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    raise PictureError(_(SENTENCES[problem]), answer.get("detail", ""))
