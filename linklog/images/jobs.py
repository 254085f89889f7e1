"""What becomes of uploads in the background. Their rows are the queue, and `take_up` turns them into jobs: now and then by the schedule,
and after each job for those that came meanwhile, so that many uploads at once write few jobs while readers wait for pages.
"""

import time

from django_tasks import TaskResultStatus
from django_tasks.base import Task

from linklog import publishing
from linklog.core.vendor_sql import writing
from linklog.images import incoming, receiving, storing
from linklog.images.models import Discarded, MediaFile, Rendition
from linklog.images.places import PlaceError
from linklog.tasks.jobs import TryLater, job
from linklog.tasks.models import Job

TRIES = 20  # a disk that is full may be so for days
AT_ONCE = 100
FIRST = 10  # somebody waits for the main renditions, which are made before the others of any upload

PUSH_SECONDS = 300  # less than a worker may take for a job


@job(tries=TRIES)
def make(media_id: int) -> None:
    """The main rendition."""
    media = MediaFile.objects.filter(pk=media_id).first()
    if media is not None:
        receiving.process(media)
    take_up()


@job(tries=TRIES)
def finish(media_id: int) -> None:
    """The other renditions."""
    media = MediaFile.objects.filter(pk=media_id).first()
    if media is not None:
        complete(media)
    take_up()


def complete(media: MediaFile) -> None:
    """Make the other renditions, unless somebody is at it. What shows it names them from then on."""
    receiving.finish(media, then=publishing.rerender_showing)


def go_on(media: MediaFile) -> None:
    """See to it that what is still to be made of it will be: where a job waits already, that one will take it up."""
    if media.is_complete or media.state == MediaFile.State.FAILED:
        return
    if not Job.objects.ready().filter(task_path=_job_of(media).module_path).exists():
        with writing():
            _enqueue(media)


def take_up() -> None:
    """A job for each upload that has none and that nobody is at: it came with many, or a process was killed. Given up stays given up."""
    jobs = Job.objects.filter(
        task_path__in=[make.module_path, finish.module_path],
        status__in=[TaskResultStatus.READY, TaskResultStatus.FAILED],
    )
    asked = {arguments["args"][0] for arguments in jobs.values_list("args_kwargs", flat=True)}
    unfinished = MediaFile.objects.unfinished().exclude(pk__in=asked)[:AT_ONCE]
    free = [media for media in unfinished if not incoming.is_taken(media.digest)]
    if free:
        with writing():
            for media in free:
                _enqueue(media)


def _job_of(media: MediaFile) -> Task[[int], None]:
    return make.using(priority=FIRST) if media.state == MediaFile.State.WAITING else finish


def _enqueue(media: MediaFile) -> None:
    _job_of(media).enqueue(media.pk)


@job(tries=1)
def push() -> None:
    """Bring bytes to where LINKLOG_MEDIA says, one upload after another, for some minutes; then delete what is in the way. The schedule
    sees to what is left, or failed."""
    until = time.monotonic() + PUSH_SECONDS
    try:
        for media in MediaFile.objects.filter(renditions__in=storing.unsettled()).distinct().order_by("pk"):
            settle(media)
            if time.monotonic() > until:
                return
        storing.discard()  # last, for keys may be allowed to write and not to delete
    except PlaceError as error:
        raise TryLater(str(error)) from error


def settle(media: MediaFile) -> None:
    """The bytes of one upload. Posts name the new address as soon as it is good, and only then the file here goes."""
    moved = storing.settled(media)
    if moved:
        with writing():
            Rendition.objects.filter(pk__in=[one.pk for one in moved]).update(is_remote=storing.has_bucket())
            publishing.rerender_showing(media)
            storing.note_spare(one.path for one in moved)
        storing.drop_spare({one.path for one in moved})


def push_waiting() -> None:
    is_asked = Job.objects.filter(
        task_path=push.module_path, status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING]
    ).exists()
    if not is_asked and (storing.unsettled().exists() or Discarded.objects.exists()):
        with writing():
            push.enqueue()
