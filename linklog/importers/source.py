"""The file that is imported: a path or standard input, packed with gzip or not, ready to be read more than once."""

import gzip
import os
import shutil
import stat
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from linklog.importers.contract import SourceError

_GZIP = b"\x1f\x8b"


@dataclass
class Source:
    """`file` is what to read; `raw` the bytes as they lie on disk, which tell how far the reading has come."""

    file: BinaryIO
    raw: BinaryIO
    size: int

    @property
    def done(self) -> int:
        return self.raw.tell()


@contextmanager
def opened(name: str) -> Iterator[Source]:
    """The source called `name`, or standard input for `-`. Raises SourceError with one sentence for the person who asked."""
    raw = _spooled(sys.stdin.buffer) if name == "-" else _opened(Path(name))
    with raw:
        size = raw.seek(0, os.SEEK_END)
        raw.seek(0)
        is_packed = raw.read(2) == _GZIP
        raw.seek(0)
        file = cast(BinaryIO, gzip.GzipFile(fileobj=raw, mode="rb")) if is_packed else raw
        try:
            yield Source(file, raw, size)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise SourceError(f"The file cannot be unpacked: {error}.") from None


def _opened(path: Path) -> BinaryIO:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise SourceError(f"{path} is a directory. Name a file.")
        if stat.S_ISREG(mode):
            return path.open("rb")
        with path.open("rb") as pipe:
            return _spooled(pipe)
    except FileNotFoundError:
        raise SourceError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None


def _spooled(stream: BinaryIO) -> BinaryIO:
    """A stream that cannot be read twice, as a file that can."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by who asked for it)
    shutil.copyfileobj(stream, file)
    return cast(BinaryIO, file)
