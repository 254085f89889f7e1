"""What is made of one file: the main picture, its variants, the original, or a small one for a language model."""

from importlib.util import find_spec
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from linklog.core.pixels import moving, reading, writing
from linklog.core.pixels.writing import Made

LONGEST = 1600  # pixels of the longer side of what readers get
WIDTHS = (480, 800, 1200)
MOST_OF_ORIGINAL = 24_000_000  # pixels; a larger one is kept at half its size
LARGE = 2 << 20  # bytes of an animation, from which a film is a fraction of it
SAVING = 0.8  # how small a newer format has to be beside the usual one


def main(source: Path, folder: Path) -> list[Made]:
    image = reading.opened(source)
    if not reading.is_animated(image):
        return [_still(image, source, folder)]
    may_be_film = find_spec("av") and not reading.is_transparent(image)
    if not may_be_film or source.stat().st_size <= LARGE:
        made = moving.animation(image, folder, LONGEST)
        if not may_be_film or made["bytes"] <= LARGE:
            return [made]
    return moving.film(image, folder, LONGEST)


def _still(image: Image.Image, source: Path, folder: Path) -> Made:
    tables, is_lossless = getattr(image, "quantization", None), image.format in ("PNG", "GIF")
    picture = reading.picture(image, LONGEST)
    sharp = writing.is_sharp(picture)
    if picture.mode == "RGBA":
        return writing.written(writing.png(picture), folder, "main.png", "main", picture.size)
    data = writing.jpeg(picture, sharp)
    if is_lossless and sharp and len(lossless := writing.png(picture)) <= len(data):
        return writing.written(lossless, folder, "main.png", "main", picture.size)
    if tables and len(data) > source.stat().st_size:  # it was saved with less care than ours, which brings nothing back
        data = min(data, writing.jpeg(picture, sharp, quality=-1, qtables=tables), key=len)
    return writing.written(data, folder, "main.jpg", "main", picture.size)


def variants(source: Path, folder: Path, *, main: str) -> list[Made]:
    """Of an animation or a film none. A newer format is there in all widths or in none: a browser chooses it first, and then a width."""
    try:
        with Image.open(main, formats=["JPEG", "PNG"]) as shown:
            is_png = shown.format == "PNG"
    except UnidentifiedImageError:
        return []
    picture = reading.picture(reading.opened(source), LONGEST)
    sharp = writing.is_sharp(picture)
    smaller = [reading.narrowed(picture, width) for width in WIDTHS if width < picture.width]
    usual = [writing.png(each) if is_png else writing.jpeg(each, sharp) for each in smaller]
    newer = [writing.newer(each, sharp, is_lossless=is_png) for each in [*smaller, picture]]
    most = Path(main).stat().st_size
    suffix, made = (".png" if is_png else ".jpg"), []
    for each, data in zip(smaller, usual, strict=True):
        if len(data) < most:  # a small one of many blended colours may be larger than a large one of few
            made.append(writing.written(data, folder, f"{each.width}{suffix}", "variant", each.size))
    if all(len(new) <= SAVING * min(len(old), most) for new, old in zip(newer, [*usual, b" " * most], strict=True)):
        suffix = ".webp" if newer[0].startswith(b"RIFF") else ".avif"
        for each, data in zip([*smaller, picture], newer, strict=True):
            made.append(writing.written(data, folder, f"{each.width}{suffix}", "variant", each.size))
    return made


def original(source: Path, folder: Path) -> list[Made]:
    """The whole image, of an animation with all its frames."""
    image = reading.opened(source)
    if reading.is_animated(image):
        return [moving.animation(image, folder, max(image.size), role="original")]
    halves = 1
    while image.width * image.height > MOST_OF_ORIGINAL * halves * halves:
        halves *= 2
    picture = reading.picture(image, -(-max(image.size) // halves), spare=1)
    if picture.mode == "RGBA":
        return [writing.written(writing.png(picture), folder, "original.png", "original", picture.size)]
    return [writing.written(writing.fine_jpeg(picture), folder, "original.jpg", "original", picture.size)]


def for_model(source: Path, folder: Path, *, longest: int) -> list[Made]:
    picture = writing.on_white(reading.picture(reading.opened(source), longest))
    return [writing.written(writing.jpeg(picture, is_sharp=False), folder, "model.jpg", "model", picture.size)]
