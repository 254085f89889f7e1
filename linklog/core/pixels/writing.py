"""From a picture to a file: which format and quality it gets. Everything written here was encoded here, so it carries nothing along.

The qualities were chosen by looking at sizes and likeness (docs/images.md): of a screenshot as JPEG every pixel keeps its colour, for
else coloured text on a dark ground cannot be read well; AVIF at these is more like the original than the JPEG beside it, and smaller.
"""

import hashlib
import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

PHOTO: dict[str, Any] = {"quality": 80, "subsampling": "4:2:0"}
SHARP: dict[str, Any] = {"quality": 85, "subsampling": "4:4:4"}
ORIGINAL: dict[str, Any] = {"quality": 92, "subsampling": "4:4:4"}
NEWER_PHOTO: dict[str, Any] = {"quality": 65, "subsampling": "4:2:0"}
NEWER_SHARP: dict[str, Any] = {"quality": 70, "subsampling": "4:4:4"}
SPEED = 8  # of AVIF; 6 takes twice as long or more, and saves a few per cent
FLAT = (
    0.4  # the share of pixels that equal their neighbour, from which a picture is taken for a screenshot or a drawing
)
TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp", ".avif": "image/avif", ".mp4": "video/mp4"}
Made = dict[str, Any]  # what `core.pictures.Made` is made of


def written(data: bytes, folder: Path, name: str, role: str, size: tuple[int, int]) -> Made:
    path = folder / name
    path.write_bytes(data)
    return {
        "role": role, "path": str(path), "media_type": TYPES[path.suffix], "width": size[0], "height": size[1],
        "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(),
    }  # fmt: skip


def is_sharp(picture: Image.Image) -> bool:
    """Whether it is a screenshot or a drawing, where the savings that suit a photo would blur what one reads."""
    if picture.width == 1:
        return True
    grey = picture.convert("L")
    left, right = grey.crop((0, 0, grey.width - 1, grey.height)), grey.crop((1, 0, *grey.size))
    return ImageChops.difference(left, right).histogram()[0] >= FLAT * left.width * left.height


def jpeg(picture: Image.Image, is_sharp: bool, **options: Any) -> bytes:
    return _encoded(picture, "JPEG", progressive=True, optimize=True, **(SHARP if is_sharp else PHOTO) | options)


def fine_jpeg(picture: Image.Image) -> bytes:
    """For a large picture: neither progressive nor optimised, which would keep all of it in memory once more."""
    return _encoded(picture, "JPEG", **ORIGINAL)


def newer(picture: Image.Image, is_sharp: bool, *, is_lossless: bool) -> bytes:
    """WebP without loss where that is worth it, else AVIF."""
    if is_lossless and is_sharp:
        return _encoded(picture, "WEBP", lossless=True, quality=50, exact=False)
    if picture.mode == "L":
        picture = picture.convert("RGB")
    return _encoded(picture, "AVIF", speed=SPEED, max_threads=1, **NEWER_SHARP if is_sharp else NEWER_PHOTO)


def png(picture: Image.Image) -> bytes:
    """With a palette where that loses nothing. The strategy and level are within a few per cent of the best, in a quarter of its time."""
    if picture.mode == "RGB" and picture.getcolors(256):
        few = picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        if ImageChops.difference(few.convert("RGB"), picture).getbbox() is None:
            picture = few
    return _encoded(picture, "PNG", compress_level=6, compress_type=0)


def on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture)
    return white


def _encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
