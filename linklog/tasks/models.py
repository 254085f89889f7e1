"""Jobs as the task library keeps them, and what it lacks: further tries, workers that can be missed, and the schedule."""

import datetime as dt
import logging
import random
from traceback import format_exception
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet, get_date_max

from linklog.core.vendor_sql import writers_queue
from linklog.tasks.jobs import DEFAULT_TRIES, TRIES, TryLater

logger = logging.getLogger(__name__)

LEASE, LATE = dt.timedelta(seconds=60), dt.timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=10), dt.timedelta(hours=6)
KEPT = dt.timedelta(days=7)


class WorkerLost(Exception):
    """What is wrong with a job whose worker ended while it ran."""


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self) -> "WorkerQuerySet":
        return self.filter(seen__gt=timezone.now() - LEASE)


class Worker(models.Model):
    """A process that runs jobs. As long as it is seen now and then, the job that it runs is its own."""

    name = models.CharField(primary_key=True, max_length=64)
    seen = models.DateTimeField()

    objects = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class JobQuerySet(DBTaskResultQuerySet):
    def waiting(self) -> "JobQuerySet":
        return self.filter(status=TaskResultStatus.READY)

    def overdue(self) -> "JobQuerySet":
        """Ready for so long that no worker seems to run."""
        limit = timezone.now() - LATE
        return self.waiting().filter(Q(run_after__lt=limit) | Q(run_after=get_date_max(), enqueued_at__lt=limit))

    def outdated(self) -> "JobQuerySet":
        """Done, and long ago. Those that were given up stay until somebody drops them."""
        return self.filter(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=timezone.now() - KEPT)

    def lost(self) -> list["Job"]:
        """Those that a worker took and was not seen since."""
        running: Any = list(self.filter(status=TaskResultStatus.RUNNING))  # first, for who took one is alive before
        alive = set(Worker.objects.alive().values_list("name", flat=True)) if running else set()
        return [job for job in running if job.worker_ids[-1] not in alive]

    def try_again(self) -> int:
        """Let them run as if they had never been tried. Those that run are left alone."""
        with writers_queue():
            waits = {"status": TaskResultStatus.READY, "run_after": timezone.now(), "finished_at": None}
            return self.exclude(status=TaskResultStatus.RUNNING).update(worker_ids=[], **waits)


class Job(DBTaskResult):
    """One call of a function with `@job`. While it waits for another try, it still holds the error of the last."""

    objects = JobQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        proxy = True
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")

    def __str__(self) -> str:
        return self.task_path.rpartition(".")[2]

    @property
    def tries(self) -> int:
        return len(self.worker_ids)

    @property
    def tries_allowed(self) -> int:
        try:
            import_string(self.task_path)
        except ImportError:
            return DEFAULT_TRIES
        return TRIES.get(self.task_path, DEFAULT_TRIES)

    @property
    def error(self) -> str:
        return sentence_of(self.traceback)

    def run(self) -> None:
        """Call its function; the caller has claimed it. Whatever comes of that is written down here."""
        try:
            self.task.call(*self.args_kwargs["args"], **self.args_kwargs["kwargs"])
        except Exception as error:
            self.fail(error)
        else:
            self._end(TaskResultStatus.SUCCESSFUL, traceback="", exception_class_path="")

    def fail(self, error: Exception) -> None:
        """Try again later, each time after a longer wait, or give it up."""
        is_ours = not isinstance(error, TryLater)
        if is_ours:
            logger.error("%s failed, try %s of %s", self.task_path, self.tries, self.tries_allowed, exc_info=error)
        what = {
            "exception_class_path": f"{type(error).__module__}.{type(error).__qualname__}",
            "traceback": "".join(format_exception(error)),
        }
        if self.tries >= self.tries_allowed:
            self._end(TaskResultStatus.FAILED if is_ours else TaskResultStatus.SUCCESSFUL, **what)
        else:
            wait = min(FIRST_WAIT * 3 ** (min(self.tries, 10) - 1), LONGEST_WAIT) * random.uniform(0.75, 1.25)
            self._end(TaskResultStatus.READY, run_after=timezone.now() + wait, **what)

    def _end(self, status: TaskResultStatus, **fields: Any) -> None:
        """Nothing is written where the job was meanwhile taken for lost, and is somebody else's."""
        with writers_queue():
            mine = Job.objects.filter(pk=self.pk, status=TaskResultStatus.RUNNING, started_at=self.started_at)
            mine.update(status=status, finished_at=timezone.now(), **fields)


class PeriodicJobQuerySet(models.QuerySet["PeriodicJob"]):
    def due(self) -> "PeriodicJobQuerySet":
        """Of those that this version knows: while a site is upgraded, workers of two versions may run."""
        return self.filter(next_run__lte=timezone.now(), path__in=settings.LINKLOG_SCHEDULE)

    def failing(self) -> "PeriodicJobQuerySet":
        return self.filter(failures__gt=0)


class PeriodicJob(models.Model):
    """An entry of LINKLOG_SCHEDULE: a function that is called every so many seconds, by one worker."""

    path = models.CharField(_("function"), primary_key=True, max_length=200)
    next_run = models.DateTimeField(_("next time"), default=timezone.now)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failed = models.DateTimeField(_("last failure"), null=True)
    traceback = models.TextField(_("what went wrong"))

    objects = PeriodicJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("periodic job")
        verbose_name_plural = _("periodic jobs")

    def __str__(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def error(self) -> str:
        return sentence_of(self.traceback)

    @staticmethod
    def follow_settings() -> None:
        """One row for each entry of LINKLOG_SCHEDULE, and no other."""
        known, wanted = set(PeriodicJob.objects.values_list("path", flat=True)), set(settings.LINKLOG_SCHEDULE)
        if known != wanted:
            with writers_queue():
                PeriodicJob.objects.exclude(path__in=wanted).delete()
                PeriodicJob.objects.bulk_create(
                    [PeriodicJob(path=path) for path in wanted - known], ignore_conflicts=True
                )

    def take(self) -> bool:
        """Whether it is for this worker to run it now. Nobody will again until its seconds have passed, whatever becomes of it."""
        seconds = dt.timedelta(seconds=settings.LINKLOG_SCHEDULE[self.path])
        with writers_queue():
            mine = PeriodicJob.objects.filter(path=self.path, next_run=self.next_run)
            return bool(mine.update(next_run=timezone.now() + seconds))

    def run(self) -> None:
        """Call its function, after `take`. What takes long is not for the schedule: it should enqueue a job."""
        try:
            import_string(self.path)()
        except Exception as error:
            logger.exception("%s failed", self.path)
            what = {"failed": timezone.now(), "traceback": "".join(format_exception(error))}
            self._note(failures=F("failures") + 1, **what)
        else:
            if self.failures:
                self._note(failures=0)

    def _note(self, **fields: Any) -> None:
        with writers_queue():
            PeriodicJob.objects.filter(path=self.path).update(**fields)


def sentence_of(traceback: str) -> str:
    """The error itself, without the calls that led to it; "" where there is none."""
    lines = [line for line in traceback.splitlines() if line[:1].strip()]
    return lines[-1][:300] if lines else ""
