"""What a worker process does: jobs one after another, the schedule beside them, and being seen.

It looks before it takes the database's one write lock, so that it disturbs nobody while there is nothing to do. What goes wrong in a
job is the job's matter; where the database itself fails, the process ends, and who started it starts another.
"""

import datetime as dt
import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import close_old_connections, connections, transaction
from django.utils import timezone

from linklog.core.vendor_sql import writers_queue
from linklog.tasks.models import Job, PeriodicJob, Worker, WorkerLost

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
BEAT_SECONDS = 15  # of models.LEASE, which is some beats long
STOP_SECONDS = 30
LONGEST_SECONDS = 900  # a job that takes longer hangs: its worker ends, and it is tried again as one that was lost


class Runner:
    """One worker. Its name is never used again, so that what it leaves behind is known for lost."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
        self.is_stopping = self.is_broken = False
        self.busy_since: dict[int, float] = {}  # by thread

    def run(self) -> bool:
        """Until it is told to stop; False where the database failed. SIGTERM lets what runs come to its end, for so many seconds."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        with self.seen():
            schedule = threading.Thread(target=self._repeat, args=(self.run_schedule, POLL_SECONDS), daemon=True)
            schedule.start()
            self._repeat(self.run_next, POLL_SECONDS)
            schedule.join()
        return not self.is_broken

    def run_once(self) -> None:
        """What is due now, and no more."""
        with self.seen():
            self.run_schedule()
            self.run_waiting()

    def stop(self, *signalled: Any) -> None:
        self.is_stopping = True
        signal.alarm(STOP_SECONDS)  # the end, if it is not over by then

    @contextmanager
    def seen(self) -> Iterator[None]:
        """Be seen, now and then, by the other workers; and look after them."""
        self.beat()
        threading.Thread(target=self._repeat, args=(self.beat, BEAT_SECONDS), daemon=True).start()
        yield
        self.is_stopping = True
        if not self.is_broken:
            with writers_queue():
                Worker.objects.filter(name=self.name).delete()

    def beat(self) -> bool:
        if any(time.monotonic() - since > LONGEST_SECONDS for since in list(self.busy_since.values())):
            logger.critical("What runs takes longer than %s seconds: the worker ends.", LONGEST_SECONDS)
            os._exit(1)
        with writers_queue():
            Worker(name=self.name, seen=timezone.now()).save()
        PeriodicJob.follow_settings()
        for job in Job.objects.lost():
            job.fail(WorkerLost("The worker ended before the job did."))
        return False

    def run_next(self) -> bool:
        """Run a job that is ready; False where there is none."""
        if not Job.objects.ready().exists():
            return False
        with writers_queue(), transaction.atomic():
            job: Any = Job.objects.ready().get_locked()
            if job is None:
                return False
            job.claim(self.name)
        with self._busy():
            job.run()
        return True

    def run_waiting(self) -> None:
        while not self.is_stopping and self.run_next():
            pass

    def run_schedule(self) -> bool:
        for periodic in PeriodicJob.objects.due():
            if not self.is_stopping and periodic.take():
                with self._busy():
                    periodic.run()
        return False

    @contextmanager
    def _busy(self) -> Iterator[None]:
        thread = threading.get_ident()
        self.busy_since[thread] = time.monotonic()
        try:
            yield
        finally:
            del self.busy_since[thread]

    def _repeat(self, step: Callable[[], bool], pause: float) -> None:
        """`step` again and again, with a pause whenever it says that there is nothing more to do."""
        try:
            while not self.is_stopping:
                close_old_connections()
                if not step():
                    time.sleep(pause)
        except Exception:
            logger.exception("The worker ends.")
            self.is_broken = self.is_stopping = True
        finally:
            connections.close_all()


def prune() -> None:
    """Forget what is over: jobs that were done some days ago, and workers that are no more."""
    with writers_queue():
        Job.objects.outdated().delete()
        Worker.objects.filter(seen__lt=timezone.now() - dt.timedelta(days=1)).delete()
