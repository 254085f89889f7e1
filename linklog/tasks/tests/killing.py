"""A program for a test: a worker told to stop, then several that are killed, stopped or frozen three times a second; with short waits.

Prints as JSON what became of the jobs. The workers are forked, because a new process would take longer to start than it may live.
"""

import datetime as dt
import itertools
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections, transaction  # noqa: E402

from linklog.ops.supervisor import LIBC, PR_SET_PDEATHSIG  # noqa: E402
from linklog.posts.models import Tag  # noqa: E402
from linklog.tasks import models, worker  # noqa: E402
from linklog.tasks.models import Job  # noqa: E402
from linklog.tasks.tests import trials  # noqa: E402

WORKERS, LONGEST, TICK = 3, 240, 0.5


def start() -> int:
    pid = os.fork()
    if pid:
        return pid
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os._exit(0 if worker.Runner().run() else 1)


def has_state(*states: str) -> bool:
    return Job.objects.filter(status__in=states).exists()


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)


def stop_one_in_the_middle() -> int:
    """The exit code of a worker that was told to stop while it ran a job."""
    path = f"{settings.HOME}/go"
    trials.wait_for.enqueue(path)
    connections.close_all()
    pid = start()
    wait_until(lambda: has_state("RUNNING"))
    os.kill(pid, signal.SIGTERM)
    with open(path, "w"):
        return os.waitpid(pid, 0)[1]


def die_at(moment: str) -> str:
    """The state of a job whose worker is killed when it has claimed it and not committed, or has run it and not said so."""
    name = f"killed-at-{moment.strip('_')}"
    trials.write.enqueue(name)
    connections.close_all()
    pid = os.fork()
    if not pid:
        claim, die = Job.claim, lambda *called, **named: os.kill(os.getpid(), signal.SIGKILL)
        setattr(Job, moment, (lambda *called: die(claim(*called))) if moment == "claim" else die)
        worker.Runner().run_waiting()
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    return str(Job.objects.get(args_kwargs__args=[name]).status)


def kill_again_and_again(times: int) -> None:
    """Then let those that are left finish what is left."""
    workers = [start() for _worker in range(WORKERS)]
    numbers = itertools.cycle([signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL])
    for number in itertools.islice(numbers, times):
        time.sleep(0.3)
        victim = workers.pop(0)
        os.kill(victim, number)
        if number == signal.SIGSTOP:
            time.sleep(models.LEASE.total_seconds() * 1.5)
            os.kill(victim, signal.SIGCONT)
            workers.append(victim)
        else:
            workers.append(start())
            os.waitpid(victim, 0)
    wait_until(lambda: not has_state("READY", "RUNNING"))
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def main(jobs: int, times: int) -> None:
    models.LEASE, models.FIRST_WAIT, models.LONGEST_WAIT = (dt.timedelta(seconds=seconds) for seconds in (1, 0.05, 0.5))
    worker.BEAT_SECONDS, worker.POLL_SECONDS = 0.1, 0.05
    settings.LINKLOG_SCHEDULE = {"linklog.tasks.tests.trials.tick": TICK}
    states = {moment: die_at(moment) for moment in ("_end", "claim")}
    stopped = stop_one_in_the_middle()
    with transaction.atomic():
        trials.kill_worker.enqueue()
        for number in range(jobs):
            trials.write.enqueue(f"effect-{number}")
    connections.close_all()
    began = time.monotonic()
    kill_again_and_again(times)
    seconds = time.monotonic() - began
    done = list(Job.objects.all())
    answer = {
        "states after death": states,
        "exit code of the stopped": stopped,
        "states": Counter(f"{job.task_name} {job.status}" for job in done),
        "effects": Tag.objects.filter(slug__startswith="effect-").count(),
        "tried more than once": sum(job.tries > 1 for job in done if job.task_name == "write"),
        "errors": sorted({job.error for job in done}),
        "ticks": Tag.objects.filter(slug__startswith="tick-").count(),
        "most ticks": int(seconds / TICK) + 1,
        "seconds": seconds,
    }
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
