"""What is known of a sound or a film, and the plan of a copy of it without what it says of itself. The formats' modules make them."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _

MAX_PIXELS = 8_192  # of a side
MAX_SECONDS = 86_400 * 2
MAX_PARTS = 100_000  # boxes, elements, pages or chunks that are remembered
MAX_LOOKS = 2_000_000  # frames and blocks that are only looked at: of a day of sound

# A part of the copy: bytes as they are here, zeros of a number, or the source's from one place to another
Piece = bytes | int | tuple[int, int]


class ClipError(Exception):
    """Why a sound or film cannot be taken, as a sentence for the author."""


@dataclass(frozen=True)
class Clip:
    """A sound or a film in a form that browsers play.

    `pieces` are its bytes without places, names, dates and pictures: what is not known to be sound or film is not among them.
    """

    kind: Literal["video", "audio"]
    media_type: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None  # None where the file does not say
    pieces: list[Piece] = field(default_factory=list, repr=False)


def damaged() -> ClipError:
    return ClipError(_("This sound or film is damaged, or not whole."))


def not_played(coding: str = "") -> ClipError:
    if coding.isascii() and coding.isprintable() and coding.strip():
        return ClipError(
            _("Browsers do not play this kind of sound or film (%(coding)s). Save it as MP4 with H.264 and AAC.")
            % {"coding": coding.strip()[:20]}
        )
    return ClipError(_("Browsers do not play this kind of sound or film. Save it as MP4, WebM or MP3."))


def encrypted() -> ClipError:
    return ClipError(_("This sound or film is encrypted, so nobody could play it here."))


def checked(clip: Clip) -> Clip:
    """`clip`, unless what it says of itself cannot be."""
    sides = (clip.width, clip.height) if clip.kind == "video" else ()
    if any(side is None or not 0 < side <= MAX_PIXELS for side in sides):
        raise ClipError(_("This film is larger than any screen, or has no size at all."))
    if clip.seconds is not None and not 0 <= clip.seconds <= MAX_SECONDS:
        raise damaged()
    return clip


def counted(most: int = MAX_PARTS) -> Iterator[int]:
    """Numbers of the parts of a file; a ClipError when there are too many of them."""
    yield from range(most)
    raise damaged()


def empty_comment(length: int, ending: bytes = b"") -> bytes:
    """A Vorbis comment of `length` bytes that says nothing: a vendor of spaces, and no comments."""
    if length < 8 + len(ending):
        raise damaged()
    spaces = length - 8 - len(ending)
    return struct.pack("<I", spaces) + b" " * spaces + struct.pack("<I", 0) + ending
