"""The folder of uploads of which something is still to be made: HOME/incoming, a file for each under the hash of its bytes.

A file is whole under that name, and on the disk, or it is not there. Locks are the kernel's, so they end with the process that has one.
"""

import datetime as dt
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils import timezone

from linklog.core.disk import sync

CHUNK = 2**20
SLOT = "slot"
FORGOTTEN_AFTER = dt.timedelta(hours=6)  # by then nobody writes a partial file any more


class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


class TooLong(Exception):
    """More bytes than may come."""


def folder() -> Path:
    place: Path = settings.HOME / "incoming"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def path_of(digest: str) -> Path:
    return folder() / digest


@contextmanager
def written(file: Readable, longest: int) -> Iterator[tuple[Path, str]]:
    """The bytes of `file` in one of this folder, on the disk, and their hash. Afterwards they are gone, unless `place` took them."""
    partial = Path(file.temporary_file_path()) if isinstance(file, TemporaryUploadedFile) else _copied(file, longest)
    try:
        with partial.open("rb") as opened:
            digest = file_digest(opened, "sha256").hexdigest()
            os.fsync(opened.fileno())
        yield partial, digest
    finally:
        partial.unlink(missing_ok=True)


def place(partial: Path, digest: str) -> None:
    """Give what was `written` its name, for good. Not while somebody else may: `writing` sees to that."""
    if not path_of(digest).exists():  # else it is the one that somebody may be working on
        partial.replace(path_of(digest))
    sync(folder())


@contextmanager
def taken(digest: str) -> Iterator[Path | None]:
    """The upload with this hash, which is nobody else's until the end of the block; None where it is, or is not here any more."""
    try:
        file = path_of(digest).open("rb")
    except FileNotFoundError:
        yield None
        return
    with file:
        yield path_of(digest) if _is_locked(file.fileno()) else None


def is_taken(digest: str) -> bool:
    with taken(digest) as path:
        return path is None and path_of(digest).exists()


@contextmanager
def slot() -> Iterator[bool]:
    """Whether this process may make a picture while somebody waits for the answer: one of those that serve may, so that the threads of
    the others stay free for readers."""
    with (folder() / SLOT).open("ab") as file:
        yield _is_locked(file.fileno())


@contextmanager
def workshop() -> Iterator[Path]:
    """An empty folder to make files in."""
    with tempfile.TemporaryDirectory(dir=folder(), prefix="making-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def sweep(wanted: set[str]) -> None:
    """Delete what a process left behind when it was killed, and old uploads of which nothing is to be made: those not in `wanted`."""
    limit = (timezone.now() - FORGOTTEN_AFTER).timestamp()
    for path in folder().iterdir():
        with suppress(FileNotFoundError):  # one that was in use
            if path.name not in wanted and path.name != SLOT and path.stat().st_mtime < limit:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _copied(file: Readable, longest: int) -> Path:
    """A new file of this folder; what Django keeps of large uploads is one already (FILE_UPLOAD_TEMP_DIR)."""
    handle, name = tempfile.mkstemp(dir=folder(), prefix="partial-")
    try:
        with os.fdopen(handle, "wb") as partial:
            while chunk := file.read(CHUNK):
                if partial.tell() + len(chunk) > longest:
                    raise TooLong
                partial.write(chunk)
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)


def _is_locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
