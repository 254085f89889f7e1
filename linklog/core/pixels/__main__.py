"""The process that makes pictures of one file: an order as JSON in its argument, an answer as JSON on its standard output."""

import ctypes
import errno
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from linklog.core.pixels import making
from linklog.core.pixels.problem import Problem, Refused

MEMORY = 264 << 20  # bytes of its own; code shared with other processes is not counted
SECONDS = 60  # of its processor
LARGEST_FILE = 200 << 20
OPEN_FILES = 40
TASKS: dict[str, Callable[..., list[dict[str, Any]]]] = {
    "main": making.main,
    "original": making.original,
    "variants": making.variants,
    "for_model": making.for_model,
}
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def main(order: dict[str, Any]) -> None:
    limit(order.pop("parent"))
    task = TASKS[order.pop("task")]
    try:
        made = task(Path(order.pop("source")), Path(order.pop("folder")), **order)
        answer: dict[str, Any] = {"made": made}
    except Exception as error:
        answer = {"problem": problem_of(error), "detail": traceback.format_exc(limit=-8)}
    json.dump(answer, sys.stdout)


def problem_of(error: Exception) -> Problem:
    """What an exception means for who sent the file. A decoder that meets nonsense may raise anything."""
    if isinstance(error, Refused):
        return error.problem
    if isinstance(error, MemoryError) or "memory" in str(error).lower():  # so do some decoders say it
        return Problem.NO_MEMORY
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Problem.NO_ROOM
    return Problem.DAMAGED


def limit(parent: int) -> None:
    for kind, most in (
        (resource.RLIMIT_DATA, MEMORY),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))  # first SIGXCPU, which says why
    os.nice(19)  # readers first
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before we asked
            sys.exit(1)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
