"""Sounds and films: told by their structure, never by their name, and copied without what they say of who made them, when and where.

Nothing is decoded. A file is mapped, not read into memory, and the parts that are looked at are counted, so that no file takes long.
"""

import mmap
import struct
from collections.abc import Callable
from os import SEEK_CUR
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from linklog.core.clips import mp4, ogg, sound, webm
from linklog.core.clips.clip import Clip, ClipError, damaged, not_played

COPY_BYTES = 1_000_000  # at a time
FORMS: list[tuple[Callable[[bytes], bool], Callable[[mmap.mmap], Clip]]] = [
    (mp4.is_mp4, mp4.read),
    (webm.is_webm, webm.read),
    (ogg.is_ogg, ogg.read),
    (sound.is_wav, sound.read_wav),
    (sound.is_flac, sound.read_flac),
    (sound.is_mp3, sound.read_mp3),
]

__all__ = ["Clip", "ClipError", "examine", "without_metadata"]


def examine(file: Path) -> Clip | None:
    """What the sound or film in `file` is; None for what is no known one. Raises ClipError for one that cannot be taken."""
    with file.open("rb") as opened:
        head = opened.read(64)
        if head.lstrip().startswith(b"#EXTM3U"):
            raise ClipError(_("This is a playlist, which only names sounds or films. Upload those."))
        if (head.startswith(b"RIFF") and head[8:12] == b"AVI ") or head.startswith((b"\x30\x26\xb2\x75", b"FLV")):
            raise not_played()
        read = next((read for is_it, read in FORMS if is_it(head)), None)
        if read is None:
            return None
        with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                return read(data)
            except (struct.error, IndexError, ValueError, OverflowError) as error:  # it ends where it should not
                raise damaged() from error


def without_metadata(source: Path, target: Path, clip: Clip) -> None:
    """Write to `target` what readers may have of `source`, which is `clip`."""
    with source.open("rb") as before, target.open("wb") as after:
        for piece in clip.pieces:
            if isinstance(piece, bytes):
                after.write(piece)
            elif isinstance(piece, int):
                after.seek(piece, SEEK_CUR)  # what was never written reads as zeros
            else:
                before.seek(piece[0])
                _copy(before, after, piece[1] - piece[0])
        after.truncate()


def _copy(before: BinaryIO, after: BinaryIO, length: int) -> None:
    while length > 0:
        part = before.read(min(length, COPY_BYTES))
        if not part:
            raise damaged()
        after.write(part)
        length -= len(part)
