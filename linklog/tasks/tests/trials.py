"""Jobs for tests to enqueue. Their effects are tags, for every site has a table of them."""

import os
import signal
import time

from linklog.posts.models import Tag
from linklog.tasks.jobs import TryLater, job


@job(tries=50)
def write(name: str) -> None:
    """Takes a moment before and after, so that it can be killed in the middle."""
    time.sleep(0.02)
    Tag.objects.get_or_create(slug=name, defaults={"name": name})
    time.sleep(0.02)


@job(tries=3)
def refuse(what: str) -> None:
    raise ValueError(f"The other side refuses {what}.")


@job(tries=2)
def find_silent(site: str) -> None:
    raise TryLater(f"{site} does not answer.")


@job(tries=2)
def kill_worker() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@job()
def wait_for(path: str) -> None:
    """Until there is a file at `path`."""
    while not os.path.exists(path):
        time.sleep(0.05)


def tick() -> None:
    name = f"tick-{time.time_ns()}"
    Tag.objects.create(slug=name, name=name)


def fail_to_tick() -> None:
    raise OSError("The clock has stopped.")
