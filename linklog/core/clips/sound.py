"""MP3, WAV and FLAC. Their sound stays, and is all that does: tags before, behind and between go."""

import mmap
import re
import struct

from linklog.core.clips.clip import MAX_LOOKS, Clip, Piece, checked, counted, damaged, not_played

# MPEG 1 and 2, layer III (ISO/IEC 11172-3, 13818-3)
MP3_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
MP3_KILOBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
MP3_KILOBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
MAX_BEHIND = 2_000_000  # bytes of tags behind the sound
WAV_CODINGS = {1, 3, 0xFFFE}  # whole numbers, floating ones, and either with more to say
FLAC_KEPT = {0, 3}  # what it is, and where to seek
_NOT_ZERO = re.compile(rb"[^\0]")


def is_mp3(head: bytes) -> bool:
    return head.startswith(b"ID3") or _frame(head[:4]) is not None


def read_mp3(data: mmap.mmap) -> Clip:
    start = at = _after_id3(data)
    seconds, frames, steps = 0.0, 0, counted(MAX_LOOKS)
    while (frame := _frame(data[at : at + 4])) and at + frame[0] <= len(data):
        next(steps)
        at, seconds, frames = at + frame[0], seconds + frame[1], frames + 1
    if frames < 3 or len(data) - at > MAX_BEHIND:
        raise damaged()
    return checked(Clip("audio", "audio/mpeg", seconds=seconds, pieces=[(start, at)]))


def _after_id3(data: mmap.mmap) -> int:
    """Where the tags at the head end."""
    at, steps = 0, counted()
    while data[at : at + 3] == b"ID3" and at + 10 <= len(data):
        next(steps)
        length = 0
        for byte in data[at + 6 : at + 10]:
            length = length << 7 | byte & 0x7F
        at += 10 + length + (10 if data[at + 5] & 0x10 else 0)
    found = _NOT_ZERO.search(data, at)  # behind padding that a tag does not count
    return found.start() if found else len(data)


def _frame(head: bytes) -> tuple[int, float] | None:
    """The length of the frame in bytes and in seconds, by its first four bytes."""
    bits = int.from_bytes(head, "big")
    version, rate, kilobits = bits >> 19 & 3, bits >> 10 & 3, bits >> 12 & 15
    if len(head) < 4 or bits >> 21 != 0x7FF or version == 1 or bits >> 17 & 3 != 1 or rate == 3 or kilobits in (0, 15):
        return None
    hertz, factor = MP3_RATES[version][rate], 144 if version == 3 else 72
    speed = (MP3_KILOBITS_1 if version == 3 else MP3_KILOBITS_2)[kilobits] * 1000
    return factor * speed // hertz + (bits >> 9 & 1), factor * 8 / hertz


def is_wav(head: bytes) -> bool:
    return head.startswith(b"RIFF") and head[8:12] == b"WAVE"


def read_wav(data: mmap.mmap) -> Clip:
    chunks: dict[bytes, tuple[int, int]] = {}
    at, steps = 12, counted()
    while at + 8 <= len(data):
        next(steps)
        kind, length = struct.unpack_from("<4sI", data, at)
        chunks.setdefault(kind, (at + 8, at + 8 + length))
        at += 8 + length + length % 2
    form, sound = chunks.get(b"fmt ", (0, 0)), chunks.get(b"data", (0, 0))
    if form[1] - form[0] < 16 or not sound[0] < sound[1] <= len(data) or form[1] > len(data):
        raise damaged()
    coding, _channels, _hertz, speed = struct.unpack_from("<HHII", data, form[0])
    if coding not in WAV_CODINGS:
        raise not_played("WAV")
    whole = 4 + sum(8 + end - start + (end - start) % 2 for start, end in (form, sound))
    pieces: list[Piece] = [b"RIFF" + struct.pack("<I", whole) + b"WAVE"]
    for kind, (start, end) in ((b"fmt ", form), (b"data", sound)):
        pieces += [kind + struct.pack("<I", end - start), (start, end), (end - start) % 2]
    seconds = (sound[1] - sound[0]) / speed if speed else None
    return checked(Clip("audio", "audio/wav", seconds=seconds, pieces=pieces))


def is_flac(head: bytes) -> bool:
    return head.startswith(b"fLaC")


def read_flac(data: mmap.mmap) -> Clip:
    """RFC 9639."""
    blocks: list[tuple[int, int, int]] = []  # kind, start, end
    at, is_last, steps = 4, False, counted()
    while not is_last:
        next(steps)
        head = data[at : at + 4]
        if len(head) < 4:
            raise damaged()
        is_last, length = bool(head[0] & 0x80), int.from_bytes(head[1:], "big")
        blocks.append((head[0] & 0x7F, at + 4, at + 4 + length))
        at += 4 + length
    kept = [block for block in blocks if block[0] in FLAC_KEPT]
    end = len(data) - 128 if data[-128:-125] == b"TAG" else len(data)
    if not kept or kept[0][0] or kept[0][2] - kept[0][1] != 34 or data[at : at + 1] != b"\xff" or at >= end:
        raise damaged()
    facts = int.from_bytes(data[kept[0][1] + 10 : kept[0][1] + 18], "big")
    hertz, samples = facts >> 44, facts & 0xF_FFFF_FFFF
    pieces: list[Piece] = [b"fLaC"]
    for kind, start, until in kept:
        pieces += [
            bytes([kind | (0x80 if kind == kept[-1][0] else 0)]) + (until - start).to_bytes(3, "big"),
            (start, until),
        ]
    seconds = samples / hertz if hertz and samples else None
    return checked(Clip("audio", "audio/flac", seconds=seconds, pieces=[*pieces, (at, end)]))
