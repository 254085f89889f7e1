"""What is made of one file: the main picture, its variants, the original, or a small one for a language model."""

from pathlib import Path
from typing import Any

from PIL import Image

from linklog.core.pixels import reading, writing

LONGEST = 1600  # pixels of the longer side of what readers get
WIDTHS = (480, 800, 1200)
MOST_OF_ORIGINAL = 24_000_000  # pixels
SAVING = 0.8  # a newer format has to be this small
Made = dict[str, Any]


def main(source: Path, folder: Path, *, keep_original: bool = False) -> list[Made]:
    image = reading.opened(source)
    made = [_main(image, source, folder)]
    if keep_original:
        made.append(_original(source, folder))
    return made


def _main(image: Image.Image, source: Path, folder: Path) -> Made:
    kind = reading.format_of(image)
    picture = reading.picture(image, LONGEST)
    if picture.mode == "RGBA":
        return writing.written(writing.png(picture), folder, "main.png", "main", picture.size)
    sharp = writing.is_sharp(picture)
    data = writing.jpeg(picture, writing.SHARP_QUALITY if sharp else writing.QUALITY, fine=sharp)
    if kind in ("PNG", "GIF"):
        lossless = writing.png(picture)
        if len(lossless) <= len(data):
            return writing.written(lossless, folder, "main.png", "main", picture.size)
    return writing.written(data, folder, "main.jpg", "main", picture.size)


def variants(source: Path, folder: Path, *, main: str) -> list[Made]:
    return []


def _original(source: Path, folder: Path) -> Made:
    image = reading.opened(source)
    longest = max(image.size)
    picture = reading.picture(image, longest)
    if picture.mode == "RGBA":
        return writing.written(writing.png(picture), folder, "original.png", "original", picture.size)
    return writing.written(writing.jpeg(picture, 92, fine=True), folder, "original.jpg", "original", picture.size)


def for_model(source: Path, folder: Path, *, longest: int) -> list[Made]:
    """On white, where it is transparent."""
    picture = reading.picture(reading.opened(source), longest)
    if picture.mode == "RGBA":
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture)
        picture = white
    data = writing.jpeg(picture, writing.MODEL_QUALITY)
    return [writing.written(data, folder, "model.jpg", "model", picture.size)]
