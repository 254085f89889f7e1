"""What becomes of uploads in the background. Rows are the queue: the schedule looks for what no job is there for."""

import time

from django_tasks import TaskResultStatus

from linklog import publishing
from linklog.core.vendor_sql import writing
from linklog.images import incoming, receiving, storing
from linklog.images.models import Discarded, MediaFile, Rendition
from linklog.images.places import PlaceError
from linklog.posts.models import Post
from linklog.tasks.jobs import TryLater, job
from linklog.tasks.models import Job

TRIES = 20  # a disk that is full may be so for days
AT_ONCE = 100
PUSH_SECONDS = 300  # less than a worker may take for a job


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


@job(tries=1)
def push() -> None:
    """Bring bytes to where LINKLOG_MEDIA says, one upload after another, for some minutes. The schedule sees to what is left, or failed."""
    until = time.monotonic() + PUSH_SECONDS
    try:
        storing.discard()
        for media in MediaFile.objects.filter(renditions__in=storing.unsettled()).distinct().order_by("pk"):
            settle(media)
            if time.monotonic() > until:
                return
    except PlaceError as error:
        raise TryLater(str(error)) from error


def settle(media: MediaFile) -> None:
    """The bytes of one upload. Posts name the new address as soon as it is good, and only then the file here goes."""
    moved = storing.settled(media)
    if moved:
        with writing():
            Rendition.objects.filter(pk__in=[one.pk for one in moved]).update(is_remote=storing.has_bucket())
            publishing.rerender(Post.objects.filter(media_uses__media=media).distinct())
        if storing.has_bucket():
            storing.drop_local(one.path for one in moved)


def push_waiting() -> None:
    is_asked = Job.objects.filter(
        task_path=push.module_path, status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING]
    ).exists()
    if not is_asked and (storing.unsettled().exists() or Discarded.objects.exists()):
        with writing():
            push.enqueue()
