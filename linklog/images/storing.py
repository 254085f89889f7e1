"""Where the bytes of renditions are: the media folder, and the bucket once they have been pushed there. Their names hold their hash.

A file comes into the media folder whole or not at all, and is on the disk when `keep` returns. A bucket is reached by `images.bucket`
alone, which is imported only where LINKLOG_MEDIA names one.
"""

import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction

from linklog.images.models import Rendition

HASHED_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{30}\.[a-z0-9]{2,5}")
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/gif": "gif",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/opus": "opus",
    "audio/webm": "weba",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "text/vtt": "vtt",
}


def name_of(sha256: str, media_type: str) -> str:
    """The name of a file in the media storage. 128 bits of its hash are enough for nobody to make another of that name."""
    return f"{sha256[:2]}/{sha256[2:32]}.{EXTENSIONS[media_type]}"


def folder_path(path: str) -> Path:
    """Where a file of the media storage is, or would be, in the media folder."""
    return Path(settings.MEDIA_ROOT) / path


def keep(file: Path, sha256: str, media_type: str) -> str:
    """Move a finished file into the media folder, and return its name there. It survives a power cut; to do it twice does no harm."""
    path = name_of(sha256, media_type)
    target = folder_path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{secrets.token_hex(8)}")  # on the same file system, wherever `file` lies
    shutil.move(file, beside)
    beside.chmod(settings.FILE_UPLOAD_PERMISSIONS)
    _sync(beside)
    beside.replace(target)
    _sync(target.parent)
    _sync(target.parent.parent)
    return path


def url_of(rendition: Rendition) -> str:
    """Where readers find it."""
    return f"{settings.MEDIA_URL}{rendition.path}"


@contextmanager
def local_file(rendition: Rendition) -> Iterator[Path]:
    """Its bytes as a file to read from."""
    yield folder_path(rendition.path)


def forget(renditions: Iterable[Rendition]) -> None:
    """Delete rows, and with the end of the transaction the bytes that no other rendition names."""
    renditions = list(renditions)
    Rendition.objects.filter(pk__in=[one.pk for one in renditions]).delete()
    transaction.on_commit(lambda: _drop_unnamed({one.path for one in renditions}))


def _drop_unnamed(paths: set[str]) -> None:
    named = Rendition.objects.exclude(role=Rendition.Role.FORMER).filter(path__in=paths).values_list("path", flat=True)
    for path in paths - set(named):
        folder_path(path).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
