"""Where files can be kept: a folder here; `images.bucket` is the other. Both take a file whole or not at all, and tell what they hold.

A path is a file's name within the place, with forward slashes. `put`, `sha256_of`, `fetch`, `names` and `remove` raise PlaceError.
"""

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings
from django.core.files.storage import InvalidStorageError, storages
from django.utils.translation import gettext as _

from linklog.core.disk import sync

MEDIA_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "opus": "audio/opus",
    "weba": "audio/webm",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "vtt": "text/vtt",
}
# Of files that authors put there by hand; browsers may use them in a page, and what a page could be made of is a download
OTHER_TYPES = {
    "jpeg": "image/jpeg",
    "ico": "image/x-icon",
    "svg": "image/svg+xml",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "ogv": "video/ogg",
    "oga": "audio/ogg",
    "mov": "video/quicktime",
    "aac": "audio/aac",
    "css": "text/css",
    "txt": "text/plain",
    "pdf": "application/pdf",
}
DOWNLOAD = "application/octet-stream"
HASHED_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{30}\.[a-z0-9]{2,5}")


class PlaceError(Exception):
    """A place that does not take or give a file; the message says why, in a sentence."""


class Place(Protocol):
    def put(self, file: Path, path: str, sha256: str) -> None:
        """Keep a copy, and read it back. What is there whole already is not written again."""

    def sha256_of(self, path: str) -> str:
        """Of the bytes that are there, all of them read; "" where there is none."""

    def fetch(self, path: str, target: Path) -> None:
        """Write its bytes into a file."""

    def names(self) -> Iterator[str]: ...

    def remove(self, path: str) -> None:
        """It may be gone already."""


def media_type_of(path: str) -> str:
    extension = path.rpartition(".")[2].lower()
    return MEDIA_TYPES.get(extension) or OTHER_TYPES.get(extension) or DOWNLOAD


def hashed_name(sha256: str, media_type: str) -> str:
    """The name of a file of ours. 128 bits of its hash are enough for nobody to make another of that name."""
    extension = next(ending for ending, named in MEDIA_TYPES.items() if named == media_type)
    return f"{sha256[:2]}/{sha256[2:32]}.{extension}"


def cache_control_of(path: str) -> str:
    """What has its hash in its name never changes."""
    return "public, max-age=31536000, immutable" if HASHED_NAME.fullmatch(path) else "public, max-age=86400"


def is_bucket(address: str) -> bool:
    return address.startswith("s3://")


def place_at(address: str) -> Place:
    """The place that a value of LINKLOG_MEDIA names."""
    if not is_bucket(address):
        return Folder(Path(address).expanduser().absolute())
    try:
        backend = {"BACKEND": "linklog.images.bucket.Bucket", "OPTIONS": {"place": address}}
        return cast(Place, storages.create_storage(backend))
    except InvalidStorageError as error:
        raise PlaceError(_("A bucket needs more packages. Run: pip install 'linklog[s3]'")) from error


class Folder:
    """A folder of this machine. What is in it survives a power cut."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, file: Path, path: str, sha256: str) -> None:
        with _explaining():
            if self.sha256_of(path) != sha256:
                with self._beside(path) as beside:
                    shutil.copyfile(file, beside)
        if self.sha256_of(path) != sha256:
            raise PlaceError(_("%(path)s came out other than it went in: look at the disk.") % {"path": path})

    def take(self, file: Path, path: str) -> None:
        """Move a file here, from wherever it lies."""
        with self._beside(path) as beside:
            shutil.move(file, beside)

    def sha256_of(self, path: str) -> str:
        with _explaining():
            try:
                with (self.root / path).open("rb") as file:
                    return hashlib.file_digest(file, "sha256").hexdigest()
            except FileNotFoundError:
                return ""

    def fetch(self, path: str, target: Path) -> None:
        with _explaining():
            shutil.copyfile(self.root / path, target)

    def names(self) -> Iterator[str]:
        """Without hidden files: those are not finished."""
        for file in sorted(self.root.rglob("*")):
            path = file.relative_to(self.root)
            if file.is_file() and not any(part.startswith(".") for part in path.parts):
                yield path.as_posix()

    def remove(self, path: str) -> None:
        with _explaining():
            (self.root / path).unlink(missing_ok=True)

    @contextmanager
    def _beside(self, path: str) -> Iterator[Path]:
        """A new file on the same file system, which gets its name when it is on the disk."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{secrets.token_hex(8)}")
        try:
            yield beside
            beside.chmod(settings.FILE_UPLOAD_PERMISSIONS)
            sync(beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
        for folder in (target.parent, target.parent.parent):  # which may both be new
            sync(folder)


@contextmanager
def _explaining() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PlaceError(f"{error.filename}: {error.strerror}") from error
