"""MP4, M4V, M4A and MOV: the boxes of ISO/IEC 14496-12, of which only those stay that a player needs.

All others become `free` boxes of zeros, and so do tracks that are neither picture nor sound: cameras write where they are into both.
Nothing moves, so no table of offsets has to be mended. In `mdat` only the bytes that the tracks left name are kept.
"""

import mmap
import struct
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from linklog.core.clips.clip import MAX_PARTS, Clip, Piece, checked, counted, damaged, encrypted, not_played

CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts"}
KEPT = CONTAINERS | {
    b"ftyp", b"mvhd", b"tkhd", b"elst", b"mdhd", b"hdlr", b"vmhd", b"smhd", b"dref", b"stsd", b"stts", b"stss", b"ctts",
    b"cslg", b"stsc", b"stsz", b"stco", b"co64", b"sdtp", b"sgpd", b"sbgp",
}  # fmt: skip
PLAYED = {
    b"vide": {b"avc1", b"avc3", b"hvc1", b"hev1", b"av01", b"vp08", b"vp09"},
    b"soun": {b"mp4a", b"Opus", b"fLaC", b".mp3", b"ac-3", b"ec-3"},
}
ENCRYPTED = {b"encv", b"enca", b"drms", b"drmi", b"p608"}
STILLS = {b"jpeg", b"png ", b"mjpa", b"mjpb"}  # the cover or the chapters of a sound, as a track
MAX_DEPTH = 8
MAX_SAMPLES = 4_000_000  # of a track: a day and a half of pictures and sounds
MAX_CHUNKS = 500_000  # of a track, which are runs of samples
MAX_TRACKS = 8  # of picture and sound
IMAGE_BRANDS = {
    b"avif",
    b"avis",
    b"heic",
    b"heix",
    b"heim",
    b"heis",
    b"hevc",
    b"hevx",
    b"mif1",
    b"msf1",
    b"miaf",
    b"MA1B",
    b"jxl ",
}


@dataclass
class Box:
    """A box: from `start` to `end`, its content from `body` on."""

    kind: bytes
    start: int
    body: int
    end: int
    children: list["Box"] = field(default_factory=list)

    def all(self, *path: bytes) -> list["Box"]:
        """Boxes that lie in it by that path."""
        found = [self]
        for kind in path:
            found = [child for box in found for child in box.children if child.kind == kind]
        return found

    def one(self, *path: bytes) -> "Box":
        found = self.all(*path)
        if len(found) != 1:
            raise damaged()
        return found[0]


def is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] not in IMAGE_BRANDS


def read(data: mmap.mmap) -> Clip:
    root = Box(b"", 0, 0, len(data))
    root.children = list(_boxes(data, 0, len(data), counted()))
    if any(box.kind == b"moof" for box in root.children):
        raise not_played("fragmented MP4")
    movie = root.one(b"moov")
    tracks = [track for track in movie.all(b"trak") if _is_kept(data, track)]
    if not 0 < len(tracks) <= MAX_TRACKS:
        raise damaged()
    kept = _extents(data, root.all(b"mdat"), [track.one(b"mdia", b"minf", b"stbl") for track in tracks])
    pieces: list[Piece] = []
    for box in root.children:
        pieces += _media(box, kept) if box.kind == b"mdat" else _cleaned(data, box, tracks)
    return _clip(data, movie, tracks, pieces)


def _boxes(data: mmap.mmap, start: int, end: int, steps: Iterator[int], depth: int = 0) -> Iterator[Box]:
    while start < end:
        next(steps)
        if end - start < 8:
            if any(data[start:end]):
                raise damaged()
            return  # QuickTime ends some lists with four zeros
        size, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1:
            if end - start < 16:
                raise damaged()
            size, body = struct.unpack_from(">Q", data, body)[0], start + 16
        elif size == 0:
            size = end - start
        if size < body - start or start + size > end:
            raise damaged()
        box = Box(kind, start, body, start + size)
        if kind in CONTAINERS and depth < MAX_DEPTH:
            box.children = list(_boxes(data, body, box.end, steps, depth + 1))
        yield box
        start = box.end


def _is_kept(data: mmap.mmap, track: Box) -> bool:
    """Whether it is picture or sound. Raises ClipError for one that is, and that nobody could play."""
    handler = _bytes(data, track.one(b"mdia", b"hdlr"), 8, 4)
    if handler not in PLAYED:
        return False
    entry = track.one(b"mdia", b"minf", b"stbl", b"stsd")
    coding = _bytes(data, entry, 12, 4)
    if coding in STILLS:
        return False
    if coding in ENCRYPTED:
        raise encrypted()
    if coding not in PLAYED[handler]:
        raise not_played(coding.decode("latin-1"))
    reference = track.one(b"mdia", b"minf", b"dinf", b"dref")
    if _number(data, reference, 4) != 1 or not _number(data, reference, 16) & 1:
        raise damaged()  # its bytes lie in another file
    return True


def _clip(data: mmap.mmap, movie: Box, tracks: list[Box], pieces: list[Piece]) -> Clip:
    header = movie.one(b"mvhd")
    is_long = _bytes(data, header, 0, 1) == b"\1"
    scale, ticks = (
        struct.unpack(">IQ", _bytes(data, header, 20, 12))
        if is_long
        else struct.unpack(">II", _bytes(data, header, 12, 8))
    )
    seconds = ticks / scale if scale else None
    for track in tracks:
        if _bytes(data, track.one(b"mdia", b"hdlr"), 8, 4) == b"vide":
            return checked(Clip("video", "video/mp4", *_size(data, track.one(b"tkhd")), seconds, pieces))
    return checked(Clip("audio", "audio/mp4", seconds=seconds, pieces=pieces))


def _size(data: mmap.mmap, header: Box) -> tuple[int, int]:
    """Width and height as they are shown: phones hold films upright by a matrix."""
    matrix = 52 if _bytes(data, header, 0, 1) == b"\1" else 40
    a, b = struct.unpack(">ii", _bytes(data, header, matrix, 8))
    width, height = (side >> 16 for side in struct.unpack(">II", _bytes(data, header, matrix + 36, 8)))
    return (height, width) if not a and b else (width, height)


def _cleaned(data: mmap.mmap, box: Box, tracks: list[Box]) -> list[Piece]:
    """The box as it may stay, or as much of nothing."""
    if box.kind not in KEPT or (box.kind == b"trak" and box not in tracks):
        return [_free(data, box), box.end - box.body]
    if box.kind in CONTAINERS:
        inner = [piece for child in box.children for piece in _cleaned(data, child, tracks)]
        rest = box.end - (box.children[-1].end if box.children else box.body)
        return [(box.start, box.body), *inner, *([rest] if rest else [])]
    if box.kind in (b"mvhd", b"tkhd", b"mdhd"):  # without when it was made
        dates = 16 if _bytes(data, box, 0, 1) == b"\1" else 8
        return [(box.start, box.body + 4), dates, (box.body + 4 + dates, box.end)]
    return [(box.start, box.end)]


def _free(data: mmap.mmap, box: Box) -> bytes:
    """The head of a box of the same size that means nothing."""
    return data[box.start : box.start + 4] + b"free" + data[box.start + 8 : box.body]


def _media(box: Box, kept: list[tuple[int, int]]) -> Iterator[Piece]:
    """A box of picture and sound, with zeros for what no track names."""
    here, inside = box.start, slice(*(bisect_left(kept, (place,)) for place in (box.body, box.end)))
    for start, end in [(box.start, box.body), *kept[inside]]:
        if start > here:
            yield start - here
        yield start, end
        here = end
    if here < box.end:
        yield box.end - here


def _extents(data: mmap.mmap, places: list[Box], tables: list[Box]) -> list[tuple[int, int]]:
    """Where the samples of the tracks lie, in order, neighbours as one. All of them must be here."""
    merged = np.empty((0, 2), dtype=np.int64)
    for table in tables:
        merged = _merged(np.concatenate([merged, _chunks(data, table)]))
    if not 0 < len(merged) <= MAX_PARTS or not places:
        raise damaged()
    bodies, ends = (np.array([getattr(box, name) for box in places]) for name in ("body", "end"))
    around = np.searchsorted(bodies, merged[:, 0], side="right") - 1
    if around[0] < 0 or (merged[:, 1] > ends[around]).any():
        raise damaged()
    return [(start, end) for start, end in merged.tolist()]


def _merged(extents: "np.ndarray") -> "np.ndarray":
    """In order, and those that touch as one."""
    extents = extents[np.argsort(extents[:, 0])]
    until = np.maximum.accumulate(extents[:, 1])
    is_first, is_last = np.ones((2, len(extents)), dtype=bool)
    is_first[1:] = is_last[:-1] = extents[1:, 0] > until[:-1]
    return np.stack([extents[is_first, 0], until[is_last]], axis=1)


def _chunks(data: mmap.mmap, table: Box) -> "np.ndarray":
    """Where each chunk of a track begins and ends (8.7 of the standard)."""
    wide = table.all(b"co64")
    offsets = _table(data, wide[0], 4, ">u8") if wide else _table(data, table.one(b"stco"), 4, ">u4")
    runs = _table(data, table.one(b"stsc"), 4, ">u4", columns=3).reshape(-1, 3)
    sizes = _sizes(data, table.one(b"stsz"))
    firsts = np.append(runs[:, 0] - 1, len(offsets))
    if len(offsets) > MAX_CHUNKS or (offsets > len(data)).any():
        raise damaged()
    if not len(runs) or firsts[0] != 0 or (np.diff(firsts) < 0).any():
        raise damaged()
    last = np.minimum(np.cumsum(np.repeat(runs[:, 1], np.diff(firsts))), len(sizes))
    until = np.concatenate([[0], np.cumsum(sizes)])
    lengths = until[last] - until[np.concatenate([[0], last[:-1]])]
    return np.stack([offsets, offsets + lengths], axis=1)[lengths > 0]


def _sizes(data: mmap.mmap, box: Box) -> "np.ndarray":
    same, count = _number(data, box, 4), _number(data, box, 8)
    if count > MAX_SAMPLES:
        raise damaged()
    return np.full(count, same, dtype=np.int64) if same else _table(data, box, 8, ">u4")


def _table(data: mmap.mmap, box: Box, at: int, form: str, columns: int = 1) -> "np.ndarray":
    """The rows of a table that begins with their number."""
    count = _number(data, box, at) * columns
    if count > MAX_SAMPLES:
        raise damaged()
    return np.frombuffer(_bytes(data, box, at + 4, count * np.dtype(form).itemsize), dtype=form).astype(np.int64)


def _number(data: mmap.mmap, box: Box, at: int) -> int:
    return int.from_bytes(_bytes(data, box, at, 4), "big")


def _bytes(data: mmap.mmap, box: Box, at: int, length: int) -> bytes:
    if box.body + at + length > box.end:
        raise damaged()
    return data[box.body + at : box.body + at + length]
