"""Ogg with one stream of Opus or Vorbis (RFC 3533, RFC 7845): the pages stay, and the comment in the second packet is emptied."""

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from linklog.core.clips.clip import Clip, Piece, checked, counted, damaged, empty_comment, not_played

MAX_COMMENT = 4_000_000  # bytes; a picture of a cover may be in it
IS_FIRST = 2  # among the flags of a page


@dataclass(frozen=True)
class Page:
    """A page: from `start` to `end`, its content from `body` on, in pieces of the lengths `lacing`."""

    start: int
    body: int
    end: int
    flags: int
    granule: int
    serial: int
    lacing: bytes


def is_ogg(head: bytes) -> bool:
    return head.startswith(b"OggS")


def read(data: mmap.mmap) -> Clip:
    pages, last = _pages(data), None
    first = next(pages, None)
    if first is None or not first.flags & IS_FIRST:
        raise damaged()
    head = data[first.body : first.end]
    if head.startswith(b"OpusHead") and len(head) >= 19:
        mark, ending, rate, skipped = b"OpusTags", b"", 48_000, struct.unpack_from("<H", head, 10)[0]
    elif head.startswith(b"\x01vorbis") and len(head) >= 30:
        mark, ending, rate, skipped = b"\x03vorbis", b"\1", struct.unpack_from("<I", head, 12)[0], 0
    else:
        raise not_played("Ogg")
    pieces: list[Piece] = [(first.start, first.end)]
    pieces += _emptied(data, pages, first.serial, mark, ending)
    for last in pages:
        if last.serial != first.serial or last.flags & IS_FIRST:
            raise not_played("Ogg")
        pieces.append((last.start, last.end))
    if last is None or not rate:
        raise damaged()
    seconds = max(0, last.granule - skipped) / rate
    return checked(Clip("audio", "audio/ogg", seconds=seconds, pieces=pieces))


def _pages(data: mmap.mmap) -> Iterator[Page]:
    start, steps = 0, counted()
    while start < len(data):
        next(steps)
        head = data[start : start + 27]
        if len(head) < 27 or head[:5] != b"OggS\0":
            raise damaged()
        lacing = data[start + 27 : start + 27 + head[26]]
        body = start + 27 + head[26]
        granule, serial = struct.unpack_from("<qI", head, 6)
        page = Page(start, body, body + sum(lacing), head[5], granule, serial, lacing)
        if page.end > len(data):
            raise damaged()
        yield page
        start = page.end


def _emptied(data: mmap.mmap, pages: Iterator[Page], serial: int, mark: bytes, ending: bytes) -> Iterator[Piece]:
    """The pages of the second packet, in which it says nothing."""
    held, length = list[tuple[Page, int]](), 0  # pages, and how many of their bytes are the packet's
    for page in pages:
        whole = next((number for number, size in enumerate(page.lacing) if size < 255), None)
        count = sum(page.lacing[: None if whole is None else whole + 1])
        held.append((page, count))
        length += count
        if page.serial != serial or length > MAX_COMMENT:
            raise damaged()
        if whole is not None:
            break
    packet = b"".join(data[page.body : page.body + count] for page, count in held)
    if not packet.startswith(mark):
        raise damaged()
    comment, at = mark + empty_comment(len(packet) - len(mark), ending), 0
    for page, count in held:
        said, at = comment[at : at + count], at + count
        yield _with_checksum(data[page.start : page.body] + said + data[page.body + count : page.end])


def _with_checksum(page: bytes) -> bytes:
    blank = page[:22] + bytes(4) + page[26:]
    return page[:22] + struct.pack("<I", _checksum(blank)) + page[26:]


def _checksum(page: bytes) -> int:
    table, value = _table(), 0
    for byte in page:
        value = (value << 8 & 0xFFFF_FFFF) ^ table[value >> 24 ^ byte]
    return value


@cache
def _table() -> list[int]:
    """Of the polynomial 0x04c11db7, most significant bit first, as RFC 3533 has it."""
    table = []
    for number in range(256):
        value = number << 24
        for _bit in range(8):
            value = (value << 1 ^ (0x04C1_1DB7 if value & 0x8000_0000 else 0)) & 0xFFFF_FFFF
        table.append(value)
    return table
