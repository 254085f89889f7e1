"""From the bytes of a file to a small picture: which files are taken at all, and how they are decoded without much memory."""

import io
import warnings
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

# The decoders that are used; with one of them not imported, Pillow would import all that it has
from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from linklog.core.pixels import kinds
from linklog.core.pixels.problem import Problem, Refused

MOST_BYTES = 40 << 20
# What fits into the process's memory: some decoders need several bytes for each pixel of the whole image, and JPEG's can read a large
# one at half its size or less.
MOST_PIXELS = {
    "JPEG": 210_000_000,
    "HEIF": 50_000_000,
    "PNG": 40_000_000,
    "GIF": 30_000_000,
    "WEBP": 13_000_000,
    "AVIF": 25_000_000,
}
MOST_SCANS = 100  # of a progressive JPEG, which usually has ten
MOST_COEFFICIENTS = 200 << 20  # bytes, which the decoder of a progressive JPEG keeps
SPARE = 1.2
DECODERS = (
    JpegImagePlugin.JpegImageFile, PngImagePlugin.PngImageFile, GifImagePlugin.GifImageFile, WebPImagePlugin.WebPImageFile,
    AvifImagePlugin.AvifImageFile,
)  # fmt: skip
STRIP = 256  # rows of the result
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip


def opened(path: Path) -> Image.Image:
    """The image in a file, its head read and nothing decoded, if it is one that can be shown and not too large."""
    size = path.stat().st_size
    if not size or size > MOST_BYTES:
        raise Refused(Problem.TOO_LARGE if size else Problem.EMPTY)
    formats = [plugin.format for plugin in DECODERS]
    if find_spec("pillow_heif"):
        from pillow_heif import register_heif_opener  # slow to import, and an extra

        register_heif_opener(thumbnails=False)
        formats.append("HEIF")
    Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image = Image.open(path, formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(Problem.TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise Refused(kinds.of_no_image(path)) from None
    check(image, path)
    return image


def format_of(image: Image.Image) -> str:
    """Its format, a JPEG that holds a second picture (MPO, of many telephones) being one."""
    return "JPEG" if image.format == "MPO" else str(image.format)


def check(image: Image.Image, path: Path) -> None:
    width, height = image.size
    kind = format_of(image)
    if not width or not height:
        raise Refused(Problem.DAMAGED)
    if width * height > MOST_PIXELS[kind]:
        raise Refused(Problem.TOO_MANY_PIXELS)
    if kind == "JPEG" and image.info.get("progressive"):
        layers = getattr(image, "layer", [])
        widest, highest = (max((layer[n] for layer in layers), default=1) for n in (1, 2))
        samples = sum(layer[1] * layer[2] for layer in layers) / (widest * highest)
        if 2 * samples * width * height > MOST_COEFFICIENTS or path.read_bytes().count(b"\xff\xda") > MOST_SCANS:
            raise Refused(Problem.TOO_MANY_PIXELS)


def is_animated(image: Image.Image) -> bool:
    return image.format in ("GIF", "PNG", "WEBP", "AVIF") and bool(getattr(image, "is_animated", False))


def is_transparent(image: Image.Image) -> bool:
    return opaque(plain(image)).mode == "RGBA"


def picture(image: Image.Image, longest: int, *, spare: float = SPARE) -> Image.Image:
    """The whole image as L, RGB or RGBA: its longest side at most `longest`, upright, in sRGB, without anything else that it carried.

    It is decoded at a fraction of its size where that can be had cheaply, but `spare` times as large as what the good filter makes of it.
    """
    orientation = image.getexif().get(_ORIENTATION)
    profile = image.info.get("icc_profile")
    size = fitting(image.size, longest)
    image.draft(image.mode, (int(size[0] * spare), int(size[1] * spare)))
    factor = max(1, int(min(image.width / size[0], image.height / size[1]) / spare))
    small = _reduced(image, factor)
    if small is not image:
        image.close()  # and with it its memory
    if small.size != size:
        small = small.resize(size, Image.Resampling.LANCZOS)
    small = opaque(in_srgb(small, profile))
    if orientation in _UPRIGHT:
        small = small.transpose(_UPRIGHT[orientation])
    small.info = {}
    return small


def fitting(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = min(1, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def narrowed(image: Image.Image, width: int) -> Image.Image:
    return image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """The image with each side divided, strip by strip, so that a large one is not in memory twice."""
    if factor == 1:
        return plain(image)
    small: Image.Image | None = None
    for top, strip in _strips(image, factor * STRIP):
        part = plain(strip).reduce(factor)
        if small is None:
            small = Image.new(part.mode, (part.width, -(-image.height // factor)))
        small.paste(part, (0, top // factor))
    assert small is not None
    return small


def _strips(image: Image.Image, rows: int) -> Iterator[tuple[int, Image.Image]]:
    if image.format == "HEIF":
        yield from _strips_of_heif(str(image.filename), rows)  # type: ignore[attr-defined]
        return
    image.load()
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _strips_of_heif(path: str, rows: int) -> Iterator[tuple[int, Image.Image]]:
    """Straight from the decoder's memory, since there is not enough for a copy of the whole image."""
    import pillow_heif

    file = pillow_heif.open_heif(path, convert_hdr_to_8bit=True)
    image = file[file.primary_index]
    data = image.data
    for top in range(0, image.size[1], rows):
        size = (image.size[0], min(rows, image.size[1] - top))
        part = data[top * image.stride : (top + size[1]) * image.stride]
        yield top, Image.frombytes(image.mode, size, part, "raw", image.mode, image.stride)


def plain(image: Image.Image) -> Image.Image:
    """In one of the modes L, RGB, RGBA and CMYK, eight bits to a channel."""
    image.load()
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("I", "F"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """With its colours as a browser shows them that knows no profile. One that is broken or for other channels is left out."""
    colours, alpha = image, None
    if image.mode == "RGBA":
        alpha = image.getchannel("A")
        colours = image.convert("RGB")
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        if profile:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            space = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK"}[colours.mode]
            if given.profile.xcolor_space == space and "sRGB" not in (given.profile.profile_description or ""):
                colours = _converted(colours, given)
    if colours.mode == "CMYK":
        colours = colours.convert("RGB")
    if alpha is None:
        return colours
    colours.putalpha(alpha)
    return colours


def _converted(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    """Of a grey image the lightness, for sRGB has three channels."""
    srgb = ImageCms.createProfile("sRGB")
    if image.mode == "RGB":
        ImageCms.profileToProfile(image, profile, srgb, inPlace=True)
        return image
    converted = ImageCms.profileToProfile(image, profile, srgb, outputMode="RGB") or image
    return converted.convert("L") if image.mode == "L" else converted


def opaque(image: Image.Image) -> Image.Image:
    """Without an alpha channel that says of every pixel that it is there."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    return image
