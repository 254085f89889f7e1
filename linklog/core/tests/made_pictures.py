"""Photos, screenshots and colour profiles for tests and benchmarks, each made here."""

import random
import struct

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

WORDS = [
    "tide",
    "clock",
    "brass",
    "harbour",
    "lamp",
    "ledger",
    "copper",
    "sail",
    "quay",
    "anchor",
    "chart",
    "compass",
    "rope",
    "signal",
]


def photo(width: int, height: int) -> Image.Image:
    """Soft shapes, gradients and the grain of a sensor."""
    chance = random.Random(3)
    coarse = Image.effect_noise((width // 40, height // 40), 70).resize((width, height), Image.Resampling.BICUBIC)
    finer = Image.effect_noise((width // 7, height // 7), 50).resize((width, height), Image.Resampling.BICUBIC)
    light = Image.linear_gradient("L").resize((width, height))
    image = Image.merge("RGB", (coarse, Image.blend(coarse, finer, 0.4), Image.blend(finer, light, 0.6)))
    draw = ImageDraw.Draw(image)
    for _shape in range(60):
        x, y, size = chance.randrange(width), chance.randrange(height), chance.randrange(10, width // 6)
        draw.ellipse((x, y, x + size, y + size // 2), fill=tuple(chance.randrange(256) for _channel in "rgb"))
    image = image.filter(ImageFilter.GaussianBlur(width / 2000))
    grain = Image.merge("RGB", [Image.effect_noise((width, height), 6) for _channel in "rgb"])
    return ImageChops.add(image, grain, 1, -128)


def screenshot(width: int, height: int, *, points: int = 28, colours: int = 4) -> Image.Image:
    """Lines of coloured text on a dark ground, as in an editor."""
    chance = random.Random(5)
    image = Image.new("RGB", (width, height), "#1e1e1e")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(points)
    for y in range(points, height - 2 * points, round(points * 1.6)):
        x = float(points)
        while x < width * 0.9:
            word = chance.choice(WORDS) + " "
            draw.text(
                (x, y), word, font=font, fill=("#d4d4d4", "#569cd6", "#ce9178", "#6a9955")[chance.randrange(colours)]
            )
            x += font.getlength(word)
    return image


def adobe_rgb() -> bytes:
    """A profile with the primaries of Adobe RGB and a plain gamma of 2.2, in version 2 of the ICC's format."""

    def fixed(*values: float) -> bytes:
        return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + fixed(*values)

    name = b"Made for a test"
    curve = b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(2.2 * 256), 0)
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name + b"\0" + bytes(78),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": xyz(0.9642, 1, 0.8249),
        b"rXYZ": xyz(*ADOBE_RGB[0]), b"gXYZ": xyz(*ADOBE_RGB[1]), b"bXYZ": xyz(*ADOBE_RGB[2]),
        b"rTRC": curve, b"gTRC": curve, b"bTRC": curve,
    }  # fmt: skip
    offset, table, data = 128 + 4 + 12 * len(tags), b"", b""
    for tag, value in tags.items():
        value += bytes(-len(value) % 4)
        table += tag + struct.pack(">II", offset + len(data), len(value))
        data += value
    head = struct.pack(">I4sI4s4s4s", offset + len(data), bytes(4), 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249) + bytes(48)
    return head + struct.pack(">I", len(tags)) + table + data


ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))  # X, Y, Z under D50
