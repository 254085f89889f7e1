"""Sounds and films: known by their structure, refused in a sentence, and kept without what they say of themselves."""

import struct
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from linklog.core.clips import Clip, ClipError, examine, without_metadata

PLACE = "+59.3293+018.0686/"  # as phones write it
PERSON = "Ragnhild Somebody"
FILMS = [
    ("mp4", "libx264", "aac", "video/mp4"),
    ("mov", "libx264", "aac", "video/mp4"),
    ("webm", "libvpx", "libopus", "video/webm"),
]
SOUNDS = [
    ("mp4", "aac", "audio/mp4"),
    ("webm", "libopus", "audio/webm"),
    ("ogg", "libopus", "audio/ogg"),
    ("ogg", "vorbis", "audio/ogg"),
    ("mp3", "libmp3lame", "audio/mpeg"),
    ("wav", "pcm_s16le", "audio/wav"),
    ("flac", "flac", "audio/flac"),
]


def make_clip(file: Path, form: str, picture: str = "", sound: str = "", **options: Any) -> Path:
    """A second of colours and of a tone, by somebody, somewhere."""
    with av.open(str(file), "w", format=form, **options) as output:
        output.metadata.update({"title": PERSON, "artist": PERSON, "comment": PLACE, "location": PLACE})
        film = output.add_stream(picture, rate=10) if picture else None
        tone = (
            output.add_stream(sound, rate=48_000, layout="stereo", options={"strict": "experimental"})
            if sound
            else None
        )
        if film:
            film.width, film.height, film.pix_fmt = 64, 48, "yuv420p"
            for number in range(10):
                shade = np.full((48, 64, 3), number * 20, dtype=np.uint8)
                output.mux(film.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
            output.mux(film.encode())
        if tone:
            wave = (np.sin(np.arange(48_000) / 20) * 8_000).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2).reshape(1, -1), format="s16", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
            output.mux(tone.encode(frame))
            output.mux(tone.encode())
    return file


def cleaned(file: Path) -> tuple[Clip, Path]:
    clip = examine(file)
    assert clip is not None
    target = file.with_name("clean")
    without_metadata(file, target, clip)
    return clip, target


def decoded(file: Path) -> list[bytes]:
    """Every picture and every piece of sound."""
    with av.open(str(file)) as opened:
        streams = [stream for stream in opened.streams if stream.type in ("video", "audio")]
        return [frame.to_ndarray().tobytes() for stream in streams for frame in _frames(opened, stream)]


def _frames(opened: Any, stream: Any) -> list[Any]:
    opened.seek(0)
    return list(opened.decode(stream))


@pytest.mark.parametrize(("form", "picture", "sound", "media_type"), FILMS)
def test_a_film_keeps_every_picture_and_sound_and_nothing_it_says_of_itself(
    form: str, picture: str, sound: str, media_type: str, tmp_path: Path
) -> None:
    file = make_clip(tmp_path / "film", form, picture, sound)
    assert PERSON.encode() in file.read_bytes()
    clip, clean = cleaned(file)
    assert (clip.kind, clip.media_type, clip.width, clip.height) == ("video", media_type, 64, 48)
    assert clip.seconds == pytest.approx(1, abs=0.1)
    assert decoded(clean) == decoded(file)
    for planted in (PERSON, PLACE, PLACE[:-1]):
        assert planted.encode() not in clean.read_bytes()


@pytest.mark.parametrize(("form", "sound", "media_type"), SOUNDS)
def test_a_sound_keeps_every_tone_and_nothing_it_says_of_itself(
    form: str, sound: str, media_type: str, tmp_path: Path
) -> None:
    file = make_clip(tmp_path / "sound", form, sound=sound)
    assert PERSON.encode() in file.read_bytes()
    clip, clean = cleaned(file)
    assert (clip.kind, clip.media_type, clip.width) == ("audio", media_type, None)
    assert clip.seconds == pytest.approx(1, abs=0.15)
    assert decoded(clean) == decoded(file)
    assert PERSON.encode() not in clean.read_bytes()
    assert PLACE.encode() not in clean.read_bytes()


@pytest.mark.parametrize(
    ("form", "picture", "sound"), [film[:3] for film in FILMS] + [(s[0], "", s[1]) for s in SOUNDS]
)
def test_what_was_cleaned_stays_the_same_when_it_is_cleaned_again(
    form: str, picture: str, sound: str, tmp_path: Path
) -> None:
    _clip, once = cleaned(make_clip(tmp_path / "clip", form, picture, sound))
    again = examine(once)
    assert again is not None
    without_metadata(once, tmp_path / "twice", again)
    assert (tmp_path / "twice").read_bytes() == once.read_bytes()


@pytest.mark.parametrize(
    ("form", "picture", "sound"), [film[:3] for film in FILMS] + [(s[0], "", s[1]) for s in SOUNDS]
)
def test_a_clip_that_ends_anywhere_or_has_wrong_bytes_never_raises_but_in_a_sentence(
    form: str, picture: str, sound: str, tmp_path: Path
) -> None:
    whole = make_clip(tmp_path / "clip", form, picture, sound).read_bytes()
    random = np.random.default_rng(5)
    for number in range(150):
        if number % 3:
            broken = bytearray(whole)
            for place in random.integers(0, min(len(whole), 3_000), 8):
                broken[place] = random.integers(0, 256)
        else:
            broken = bytearray(whole[: int(random.integers(12, len(whole)))])
        file = tmp_path / "broken"
        file.write_bytes(broken)
        try:
            clip = examine(file)
        except ClipError:
            continue
        if clip is not None:
            without_metadata(file, tmp_path / "clean", clip)


def box(kind: bytes, *content: bytes) -> bytes:
    inner = b"".join(content)
    return struct.pack(">I4s", 8 + len(inner), kind) + inner


def test_the_places_phones_write_are_gone_wherever_they_stand(tmp_path: Path) -> None:
    """©xyz and loci in moov/udta, Apple's keys in moov/meta, XMP in a uuid box, and what lies in mdat without a track."""
    file = make_clip(tmp_path / "film", "mp4", "libx264", "aac", options={"movflags": "+faststart"})
    whole, frames = file.read_bytes(), decoded(file)
    at = whole.index(b"moov") - 4
    length = int.from_bytes(whole[at : at + 4], "big")
    planted = PLACE.encode()
    extra = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(planted), 0x15C7), planted), box(b"loci", planted))
    extra += box(b"meta", box(b"keys", b"com.apple.quicktime.location.ISO6709"), box(b"ilst", planted))
    moov = struct.pack(">I", length + len(extra)) + whole[at + 4 : at + length] + extra
    # Behind everything, so that no table of places has to change; moov is found wherever it is
    file.write_bytes(
        whole[:at]
        + box(b"free", bytes(length - 8))
        + whole[at + length :]
        + moov
        + box(b"uuid", planted * 3)
        + box(b"mdat", planted)
    )
    _clip, clean = cleaned(file)
    assert planted not in clean.read_bytes()
    assert b"location" not in clean.read_bytes()
    assert decoded(clean) == frames


def test_the_day_of_a_film_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "film"
    make_clip(file, "mp4", "libx264", options={"movflags": "+faststart"})
    whole = bytearray(file.read_bytes())
    at = whole.index(b"mvhd") + 8
    whole[at : at + 8] = b"\xe1\x23\x45\x67" * 2
    file.write_bytes(whole)
    assert b"\xe1\x23\x45\x67" not in cleaned(file)[1].read_bytes()


def test_a_track_that_is_neither_picture_nor_sound_goes_with_its_bytes(tmp_path: Path) -> None:
    """Sports cameras and drones write where they are, ten times a second, as a track of data."""
    file = tmp_path / "film"
    with av.open(str(file), "w", format="mp4") as output:
        film = output.add_stream("libx264", rate=10)
        film.width, film.height, film.pix_fmt = 64, 48, "yuv420p"
        places = output.add_data_stream("bin_data")
        output.mux(film.encode(av.VideoFrame(64, 48, "yuv420p")))
        output.mux(film.encode())
        packet = av.Packet(PLACE.encode())
        packet.stream, packet.pts, packet.dts, packet.time_base = places, 0, 0, Fraction(1, 1000)
        output.mux(packet)
    assert PLACE.encode() in file.read_bytes()
    clip, clean = cleaned(file)
    assert clip.kind == "video"
    assert PLACE.encode() not in clean.read_bytes()
    assert decoded(clean) == decoded(file)


def test_a_film_held_upright_is_as_high_as_it_looks(tmp_path: Path) -> None:
    file = make_clip(tmp_path / "film", "mp4", "libx264")
    whole = bytearray(file.read_bytes())
    at = whole.index(b"tkhd") + 4 + 40
    whole[at : at + 20] = struct.pack(">5i", 0, 1 << 16, 0, -1 << 16, 0)
    file.write_bytes(whole)
    clip = examine(file)
    assert clip is not None
    assert (clip.width, clip.height) == (48, 64)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"#EXTM3U\nhttp://10.0.0.1/film.ts\n", "playlist"),
        (b"RIFF\x10\0\0\0AVI LIST", "do not play"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" * 4, "do not play"),
        (box(b"ftyp", b"isom", bytes(4)), "damaged"),
        (box(b"ftyp", b"isom", bytes(4)) + box(b"moov", box(b"mvhd", bytes(100))), "damaged"),
        (box(b"ftyp", b"isom", bytes(4)) + box(b"moof", bytes(8)), "fragmented"),
        (box(b"ftyp", b"isom", bytes(4)) + b"\xff\xff\xff\xffmoov", "damaged"),
        (box(b"ftyp", b"isom", bytes(4)) + b"\0\0\0\x08moov" * 100_000, "damaged"),
        (b"OggS" + bytes(80), "damaged"),
        (b"\x1a\x45\xdf\xa3\xff" + bytes(60), "damaged"),
        (b"ID3\x04\0\0\0\0\0\x20<html><script>alert(1)</script></html>", "damaged"),
        (b"fLaC\x80\0\0\x22" + bytes(34), "damaged"),
        (b"RIFF\x10\0\0\0WAVEfmt \x10\0\0\0", "damaged"),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_refused_in_a_sentence(content: bytes, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "clip"
    file.write_bytes(content)
    with pytest.raises(ClipError, match=sentence):
        examine(file)


def test_boxes_within_boxes_without_an_end_are_refused(tmp_path: Path) -> None:
    content = b""
    for _depth in range(3_000):
        content = box(b"moov", content)
    file = tmp_path / "clip"
    file.write_bytes(box(b"ftyp", b"isom", bytes(4)) + content)
    with pytest.raises(ClipError):
        examine(file)


def test_a_recording_whose_parts_do_not_say_how_long_they_are_is_taken(tmp_path: Path) -> None:
    """As browsers write it while they record."""
    file = make_clip(tmp_path / "film", "webm", "libvpx", "libopus", options={"live": "1"})
    whole = bytearray(file.read_bytes())
    at = whole.index(b"\x1f\x43\xb6\x75") + 4
    width = 9 - whole[at].bit_length()
    whole[at : at + width] = ((1 << 7 * width + 1) - 1).to_bytes(width, "big")
    file.write_bytes(whole)
    clip, clean = cleaned(file)
    assert (clip.kind, clip.width) == ("video", 64)
    assert decoded(clean) == decoded(file)


def test_a_file_of_very_many_parts_is_refused_soon(tmp_path: Path) -> None:
    endless = (
        box(b"ftyp", b"isom", bytes(4)) + box(b"free") * 200_000,
        webm_of(b"\x1f\x43\xb6\x75\x01" + b"\xff" * 7 + b"\xa3\x80" * 2_500_000),
        b"ID3\4\0\0\0\0\0\0" + bytes(20_000_000),
        b"ID3\4\0\0\0\0\0\0" * 2_000_000,
        ogg_page(2, b"OpusHead" + bytes(11)) + ogg_page(0, b"OpusTags" + bytes(247)) + ogg_page(0, b"") * 60_000,
        sound_of(b"", box(b"mdat", bytes(4_000_000)), (np.arange(2_000_000) * 2 + 24).astype(">u4")),
        sound_of(b"", box(b"mdat", bytes(8)), np.array([24], dtype=">u4"), tracks=5_000),
    )
    began = time.process_time()
    for content in endless:
        (tmp_path / "clip").write_bytes(content)
        with pytest.raises(ClipError):
            examine(tmp_path / "clip")
    many = sound_of(box(b"mdat", bytes(4)) * 15_000, b"", (np.arange(15_000) * 12 + 25).astype(">u4"))
    (tmp_path / "clip").write_bytes(many)
    assert len(cleaned(tmp_path / "clip")[1].read_bytes()) == len(many)
    assert time.process_time() - began < 15


def ogg_page(flags: int, packet: bytes) -> bytes:
    lacing = bytes([len(packet)] if packet else [])
    return b"OggS\0" + bytes([flags]) + struct.pack("<qIII", 0, 7, 0, 0) + bytes([len(lacing)]) + lacing + packet


def sound_of(before: bytes, media: bytes, offsets: np.ndarray, tracks: int = 1) -> bytes:
    """An MP4 whose sound lies at `offsets`, a byte at each, behind 16 bytes."""
    count = struct.pack(">I", len(offsets))
    table = box(
        b"stbl",
        box(b"stsd", bytes(4), struct.pack(">II", 1, 16), b"mp4a", bytes(8)),
        box(b"stts", bytes(8)),
        box(b"stsc", bytes(4), struct.pack(">IIII", 1, 1, 1, 1)),
        box(b"stsz", bytes(4), struct.pack(">I", 1), count),
        box(b"stco", bytes(4), count, offsets.tobytes()),
    )
    places = box(b"dinf", box(b"dref", bytes(4), struct.pack(">II4sI", 1, 12, b"url ", 1)))
    handler = box(b"hdlr", bytes(8), b"soun", bytes(13))
    track = box(
        b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"mdhd", bytes(24)), handler, box(b"minf", places, table))
    )
    return box(b"ftyp", b"isom", bytes(4)) + before + media + box(b"moov", box(b"mvhd", bytes(100)), track * tracks)


def webm_of(parts: bytes) -> bytes:
    unknown = b"\x01" + b"\xff" * 7
    return b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm" + b"\x18\x53\x80\x67" + unknown + parts


def test_an_encrypted_film_and_one_of_an_unknown_coding_are_named_so(tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "film", "mp4", "libx264").read_bytes()
    for coding, sentence in ((b"encv", "encrypted"), (b"apch", "apch")):
        (tmp_path / "film").write_bytes(whole.replace(b"avc1", coding))
        with pytest.raises(ClipError, match=sentence):
            examine(tmp_path / "film")


@pytest.mark.parametrize(
    "content",
    [b"", b"<!doctype html><video src=x>", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", box(b"ftyp", b"avif", bytes(4)), b"text"],
)
def test_what_is_neither_sound_nor_film_is_left_to_others(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert examine(file) is None


def test_a_page_hidden_behind_or_within_a_sound_is_gone(tmp_path: Path) -> None:
    page = b"<html><script>alert(1)</script></html>"
    for form, sound in (("mp3", "libmp3lame"), ("wav", "pcm_s16le"), ("mp4", "aac")):
        file = make_clip(tmp_path / "sound", form, sound=sound)
        behind = box(b"free", page) if form == "mp4" else b"LIST" + struct.pack("<I", len(page)) + page
        file.write_bytes(file.read_bytes() + behind)
        assert page not in cleaned(file)[1].read_bytes()
