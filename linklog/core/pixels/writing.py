"""From a picture to a file: which format and quality it gets. Everything written here was encoded here, so it carries nothing along."""

import hashlib
import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

QUALITY, SHARP_QUALITY, ORIGINAL_QUALITY, MODEL_QUALITY = 80, 88, 92, 80
TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp", ".avif": "image/avif", ".mp4": "video/mp4"}
SHARP = (
    0.25  # the share of neighbours of exactly one colour, from which a picture is taken for a screenshot or a drawing
)


def written(data: bytes, folder: Path, name: str, role: str, size: tuple[int, int]) -> dict[str, Any]:
    """What `core.pictures.Made` is made of."""
    path = folder / name
    path.write_bytes(data)
    return {
        "role": role, "path": str(path), "media_type": TYPES[path.suffix], "width": size[0], "height": size[1],
        "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(),
    }  # fmt: skip


def is_sharp(picture: Image.Image) -> bool:
    """Whether it is a screenshot or a drawing, where JPEG's usual savings would blur what one reads."""
    grey = picture.convert("L")
    moved = grey.crop((1, 0, grey.width, grey.height))
    same = ImageChops.difference(moved, grey.crop((0, 0, grey.width - 1, grey.height))).histogram()[0]
    return same >= SHARP * moved.width * moved.height


def jpeg(picture: Image.Image, quality: int, *, fine: bool = False, **options: Any) -> bytes:
    """`fine` keeps the colours of every pixel, where half of them are enough for a photo."""
    return encoded(
        picture, "JPEG", quality=quality, subsampling=0 if fine else 2, progressive=True, optimize=True, **options
    )


def png(picture: Image.Image) -> bytes:
    """With a palette where that loses nothing."""
    if picture.mode == "RGB" and picture.getcolors(256):
        few = picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        if ImageChops.difference(few.convert("RGB"), picture).getbbox() is None:
            picture = few
    return encoded(picture, "PNG", optimize=True)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
