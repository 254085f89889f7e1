"""What becomes of uploads in the background. Rows are the queue: the schedule looks for what no job is there for."""

from django_tasks import TaskResultStatus

from linklog.core.vendor_sql import writing
from linklog.images import incoming, receiving
from linklog.images.models import MediaFile
from linklog.tasks.jobs import job
from linklog.tasks.models import Job

TRIES = 20  # a disk that is full may be so for days
AT_ONCE = 100


@job(tries=TRIES)
def make(media_id: int) -> None:
    """The main rendition. What else is made of it comes behind the main renditions of other uploads."""
    media = MediaFile.objects.filter(pk=media_id).first()
    if media is not None:
        receiving.process(media)
        if media.state == MediaFile.State.READY:
            go_on(media)


@job(tries=TRIES)
def finish(media_id: int) -> None:
    media = MediaFile.objects.filter(pk=media_id).first()
    if media is not None:
        receiving.finish(media)


def go_on(media: MediaFile) -> None:
    """Ask for what is still to be made."""
    if not media.is_complete and media.state != MediaFile.State.FAILED:
        with writing():
            (make if media.state == MediaFile.State.WAITING else finish).enqueue(media.pk)


def take_up() -> None:
    """Ask for what nobody is at: a process was killed, or what it was made in was restored. Jobs that were given up stay so."""
    jobs = Job.objects.filter(
        task_path__in=[make.module_path, finish.module_path],
        status__in=[TaskResultStatus.READY, TaskResultStatus.FAILED],
    )
    asked = {arguments["args"][0] for arguments in jobs.values_list("args_kwargs", flat=True)}
    for media in MediaFile.objects.unfinished().exclude(pk__in=asked)[:AT_ONCE]:
        if not incoming.is_taken(media.digest):
            go_on(media)
