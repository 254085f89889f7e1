"""How the background fares, for `linklog doctor`."""

from typing import Any

from django.conf import settings
from django.db.models import Max

from linklog.tasks.models import Job, PeriodicJob, Worker


def facts() -> dict[str, Any]:
    seen = Worker.objects.aggregate(seen=Max("seen"))["seen"]
    return {
        "workers": Worker.objects.alive().count(),
        "worker last seen": seen.isoformat(timespec="seconds") if seen else "never",
        "jobs waiting": Job.objects.waiting().count(),
        "jobs given up": Job.objects.failed().count(),
    }


def problems() -> list[str]:
    """A sentence for each thing that somebody has to look at."""
    found = []
    admin = f"{settings.LINKLOG_URL}/admin/tasks"
    if count := Job.objects.failed().count():
        found.append(f"{count} background jobs were given up. Try them again, or drop them: {admin}/job/")
    if late := Job.objects.overdue().count():
        found.append(
            f"{late} background jobs wait for longer than they should. Does linklog serve or linklog worker run?"
        )
    for periodic in PeriodicJob.objects.failing():
        found.append(
            f"{periodic.path} failed {periodic.failures} times in a row: {periodic.error} {admin}/periodicjob/"
        )
    return found
