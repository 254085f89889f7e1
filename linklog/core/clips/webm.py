"""WebM: the elements of RFC 8794 and RFC 9559, of which only those stay that a player needs; all others become `Void` elements of zeros."""

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from linklog.core.clips.clip import MAX_LOOKS, Clip, Piece, checked, counted, damaged, encrypted, not_played

EBML, SEGMENT = 0x1A45DFA3, 0x18538067
SEEK_HEAD, INFO, TRACKS, CUES, CLUSTER = 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B, 0x1F43B675
DOC_TYPE, DURATION, TIMESTAMP_SCALE, TRACK = 0x4282, 0x4489, 0x2AD7B1, 0xAE
MUXING_APP, WRITING_APP, ENCODINGS = 0x4D80, 0x5741, 0x6D80
TRACK_TYPE, CODEC, VIDEO, PIXEL_WIDTH, PIXEL_HEIGHT = 0x83, 0x86, 0xE0, 0xB0, 0xBA
# Number, UID, type, flags, default duration, language, codec with its private data, delay, preroll, settings of picture and sound
TRACK_KEPT = {
    0xD7,
    0x73C5,
    TRACK_TYPE,
    0xB9,
    0x88,
    0x55AA,
    0x9C,
    0x23E383,
    0x22B59C,
    CODEC,
    0x63A2,
    0x56AA,
    0x56BB,
    VIDEO,
    0xE1,
    0xAA,
}
INFO_KEPT = {DURATION, TIMESTAMP_SCALE, MUXING_APP, WRITING_APP}
CODECS = {1: {b"V_VP8", b"V_VP9", b"V_AV1"}, 2: {b"A_OPUS", b"A_VORBIS"}}


@dataclass(frozen=True)
class Element:
    """An element: from `start` to `end`, its content from `body` on."""

    id: int
    start: int
    body: int
    end: int


def is_webm(head: bytes) -> bool:
    return head.startswith(b"\x1a\x45\xdf\xa3")


def read(data: mmap.mmap) -> Clip:
    steps = counted()
    top = list(_elements(data, 0, len(data), steps))
    if [element.id for element in top[:2]] != [EBML, SEGMENT] or len(top) > 2:
        raise damaged()
    if _value(data, _named(data, top[0], steps), DOC_TYPE) != b"webm":
        raise not_played("Matroska")
    parts = list(_elements(data, top[1].body, top[1].end, steps, counted(MAX_LOOKS)))
    pieces: list[Piece] = [(0, top[1].body)]
    facts, tracks = {}, []
    for part in parts:
        inner = list(_elements(data, part.body, part.end, steps)) if part.id in (INFO, TRACKS) else []
        if part.id == INFO:
            facts = {element.id: element for element in inner}
            pieces += [(part.start, part.body), *_only(data, inner, INFO_KEPT)]
        elif part.id == TRACKS:
            tracks = inner
            pieces += [(part.start, part.body), *_tracks(data, inner, steps)]
        else:
            pieces += _only(data, [part], {SEEK_HEAD, CUES, CLUSTER})
    if not any(part.id == CLUSTER for part in parts):
        raise damaged()
    return replace(_clip(data, facts, tracks, steps), pieces=pieces)


def _tracks(data: mmap.mmap, tracks: list[Element], steps: Iterator[int]) -> Iterator[Piece]:
    for track in tracks:
        inner = list(_elements(data, track.body, track.end, steps)) if track.id == TRACK else []
        if inner:
            yield track.start, track.body
            yield from _only(data, inner, TRACK_KEPT)
        else:
            yield from _only(data, [track], set())


def _clip(data: mmap.mmap, facts: dict[int, Element], tracks: list[Element], steps: Iterator[int]) -> Clip:
    size = None
    entries = [_named(data, track, steps) for track in tracks if track.id == TRACK]
    for entry in entries:
        if ENCODINGS in entry:
            raise encrypted()
        kind, codec = int.from_bytes(_value(data, entry, TRACK_TYPE), "big"), _value(data, entry, CODEC).rstrip(b"\0")
        if codec not in CODECS.get(kind, ()):
            raise not_played(codec.decode("latin-1"))
        if kind == 1:
            if VIDEO not in entry:
                raise damaged()
            picture = _named(data, entry[VIDEO], steps)
            size = size or tuple(
                int.from_bytes(_value(data, picture, side), "big") for side in (PIXEL_WIDTH, PIXEL_HEIGHT)
            )
    if not entries:
        raise damaged()
    seconds = _seconds(data, facts)
    if size is None:
        return checked(Clip("audio", "audio/webm", seconds=seconds))
    return checked(Clip("video", "video/webm", size[0], size[1], seconds))


def _seconds(data: mmap.mmap, facts: dict[int, Element]) -> float | None:
    raw = _value(data, facts, DURATION) if DURATION in facts else b""
    if len(raw) not in (4, 8):
        return None
    scale = int.from_bytes(_value(data, facts, TIMESTAMP_SCALE), "big") if TIMESTAMP_SCALE in facts else 1_000_000
    return float(struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0]) * scale / 1e9


def _named(data: mmap.mmap, parent: Element, steps: Iterator[int]) -> dict[int, Element]:
    return {element.id: element for element in _elements(data, parent.body, parent.end, steps)}


def _value(data: mmap.mmap, elements: dict[int, Element], which: int) -> bytes:
    element = elements.get(which)
    if element is None or element.end - element.body > 64:
        raise damaged()
    return data[element.body : element.end]


def _only(data: mmap.mmap, elements: list[Element], kept: set[int]) -> Iterator[Piece]:
    """The elements that may stay, and nothing of the same length for the others."""
    for element in elements:
        length = element.end - element.start
        if element.id in kept:
            yield element.start, element.end
        else:
            width = min(8, element.body - element.start - 1)  # of the new size
            yield b"\xec" + (1 << 7 * width | length - 1 - width).to_bytes(width, "big")
            yield length - 1 - width


def _elements(
    data: mmap.mmap, start: int, end: int, steps: Iterator[int], looks: Iterator[int] | None = None
) -> Iterator[Element]:
    while start < end:
        next(steps)
        which, at = _id(data, start, end)
        size, body = _size(data, at, end)
        until = body + size if size is not None else _end_of(which, data, body, end, looks)
        if not body <= until <= end:
            raise damaged()
        yield Element(which, start, body, until)
        start = until


def _end_of(which: int, data: mmap.mmap, start: int, end: int, looks: Iterator[int] | None) -> int:
    """Of what was written while it was recorded: a segment goes on to the end, a cluster to the next part of the segment."""
    if which == SEGMENT:
        return end
    if which != CLUSTER or looks is None:
        raise damaged()
    for _look in looks:
        if start >= end:
            return start
        which, at = _id(data, start, end)
        if which > 0xFFFFFF:  # only parts of the segment have names of four bytes
            return start
        size, body = _size(data, at, end)
        if size is None:
            break
        start = body + size
    raise damaged()


def _id(data: mmap.mmap, at: int, end: int) -> tuple[int, int]:
    """The name of an element, with its marker, and where its size stands."""
    length = 9 - data[at].bit_length()
    if length > 4 or at + length > end:
        raise damaged()
    return int.from_bytes(data[at : at + length], "big"), at + length


def _size(data: mmap.mmap, at: int, end: int) -> tuple[int | None, int]:
    """The size of an element, None for one that is not known, and where its content begins."""
    if at >= end or not data[at] or at + 9 - data[at].bit_length() > end:
        raise damaged()
    length = 9 - data[at].bit_length()
    mask = (1 << 7 * length) - 1
    size = int.from_bytes(data[at : at + length], "big") & mask
    return None if size == mask else size, at + length
