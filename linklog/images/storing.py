"""Where the bytes of renditions are: in the media folder, and in the bucket, where LINKLOG_MEDIA names one, once they were pushed there.

The folder comes first, so that a bucket that is out of reach holds up nobody. A rendition `is_remote` only when the bucket gave back
the bytes that it got, and only after that the folder's copy goes.
"""

import datetime as dt
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linklog.core.vendor_sql import writing
from linklog.images.models import Discarded, MediaFile, Rendition
from linklog.images.places import Folder, Place, PlaceError, hashed_name, is_bucket, place_at

PATIENCE = dt.timedelta(minutes=10)


def folder() -> Folder:
    return Folder(Path(settings.MEDIA_ROOT))


def folder_path(path: str) -> Path:
    """Where a file of the media storage is, or would be, in the media folder."""
    return folder().root / path


def bucket() -> Place | None:
    return place_at(settings.LINKLOG_MEDIA) if has_bucket() else None


def has_bucket() -> bool:
    return is_bucket(settings.LINKLOG_MEDIA)


def keep(file: Path, sha256: str, media_type: str) -> str:
    """Move a finished file into the media folder, and return its name there. It survives a power cut; to do it twice does no harm."""
    path = hashed_name(sha256, media_type)
    folder().take(file, path)
    return path


def url_of(rendition: Rendition) -> str:
    """Where readers find it."""
    if rendition.is_remote and has_bucket():
        return public_url(rendition.path)
    return f"{settings.MEDIA_URL}{rendition.path}"


def public_url(path: str) -> str:
    """The address of a file in the bucket."""
    return f"{settings.LINKLOG_MEDIA_URL}/{quote(path)}"


def local_file(rendition: Rendition) -> AbstractContextManager[Path]:
    """Its bytes as a file to read from, fetched from the bucket where need be; PlaceError if they cannot be had."""
    return local_copy(rendition.path)


@contextmanager
def local_copy(path: str) -> Iterator[Path]:
    here = folder_path(path)
    if here.exists():
        yield here
        return
    place = bucket()
    if place is None:
        raise PlaceError(_("%(path)s is missing.") % {"path": path})
    with tempfile.TemporaryDirectory(prefix="linklog-") as temporary:
        fetched = Path(temporary) / here.name
        place.fetch(path, fetched)
        yield fetched


def forget(renditions: Iterable[Rendition]) -> None:
    """Delete rows, and with the transaction's end the bytes that no other rendition names; those in a bucket as soon as it answers."""
    renditions = list(renditions)
    with writing():
        Rendition.objects.filter(pk__in=[one.pk for one in renditions]).delete()
        paths = {one.path for one in renditions}
        note_spare(paths)
        transaction.on_commit(lambda: drop_spare(paths))


def note_spare(paths: Iterable[str]) -> None:
    """That these are to be deleted where nobody needs them, whatever becomes of this process."""
    Discarded.objects.bulk_create([Discarded(path=path) for path in paths], ignore_conflicts=True)


def drop_spare(paths: Collection[str]) -> None:
    """Delete those of these files that nobody needs in the media folder: no rendition names them, or the bucket has them."""
    needed = _naming(paths).filter(is_remote=False) if has_bucket() else _naming(paths)
    for path in set(paths) - set(needed.values_list("path", flat=True)):
        folder().remove(path)


def discard() -> None:
    """Delete what was noted as spare, here and in the bucket, unless it has come again since."""
    place, done = bucket(), list[str]()
    try:
        for path in Discarded.objects.values_list("path", flat=True):
            drop_spare([path])
            if place is not None and not _naming([path]).exists():
                place.remove(path)
            done.append(path)
    finally:
        with writing():
            Discarded.objects.filter(path__in=done).delete()


def unsettled() -> "QuerySet[Rendition]":
    """What is not where LINKLOG_MEDIA says, of uploads of which all is made.

    Captions stay here: a browser takes them from another site only if that says so.
    """
    renditions = Rendition.objects.exclude(role__in=[Rendition.Role.FORMER, Rendition.Role.CAPTIONS])
    return renditions.filter(media__is_complete=True, is_remote=not has_bucket())


def held_up() -> int:
    """How many files the bucket should have by now: it is out of reach, or nothing runs in the background."""
    late = unsettled().filter(media__added__lt=timezone.now() - PATIENCE)
    return late.count() if has_bucket() else 0


def settled(media: MediaFile) -> list[Rendition]:
    """The renditions of an upload that were not where LINKLOG_MEDIA says, and are now. The caller has the rows say so."""
    place = bucket()
    return [one for one in unsettled().filter(media=media) if (_push(one, place) if place else _is_here(one))]


def _push(rendition: Rendition, place: Place) -> bool:
    """False for bytes that are damaged or lost here, unless the bucket has them already."""
    if _is_here(rendition):
        with suppress(FileNotFoundError):  # another process pushed it just now
            place.put(folder_path(rendition.path), rendition.path, rendition.sha256)
            return True
    return place.sha256_of(rendition.path) == rendition.sha256


def _is_here(rendition: Rendition) -> bool:
    return folder().sha256_of(rendition.path) == rendition.sha256


def _naming(paths: Collection[str]) -> "QuerySet[Rendition]":
    return Rendition.objects.exclude(role=Rendition.Role.FORMER).filter(path__in=paths)
