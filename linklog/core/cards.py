"""Social cards: a picture of 1200 × 630 pixels, shown where a link is shared, with a few words in the site's typography.

Drawn by Pillow from text alone. Letters come from Source Serif, the kin of the serifs that the style sheet names; a script that it
lacks takes a font of the system. What no font here has is left out.
"""

import io
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
VERSION = 1  # of the drawing: part of what a card is kept under
MAX_WORDS = 320  # characters
_MARGIN, _BAR = 80, 16
_PAPER, _INK, _MUTED, _RULE = "#fdfcf9", "#231f1a", "#645c50", "#e2dccf"  # as in static/css/tokens.css
_SIZES = (84, 72, 64, 56, 50, 44, 40)  # of the words: the first at which they fit
_LINES_HEIGHT = 325
_SMALL, _LEADING = 32, 1.16
_NO_LETTER = "\uffff"  # never one of any font's: what it draws stands for all that it lacks
_COLOURS = 48  # of the file, which has two inks and their edges

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True)
class Card:
    """What a card says: `label` above, then `words`; below them `source`; the site's own name at the foot. `accent` is #rrggbb."""

    words: str
    label: str
    source: str
    site: str
    accent: str
    is_quoted: bool = False


def draw(card: Card) -> bytes:
    """The card as a PNG of some 20 kB."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, _BAR, HEIGHT), fill=card.accent)
    left, wide = _MARGIN, WIDTH - 2 * _MARGIN
    _line(pen, (left, 92), card.label.upper(), 26, card.accent, wide)
    indent = 36 if card.is_quoted else 0
    font, lines = _set(card.words, wide - indent, is_bold=not card.is_quoted)
    if not lines:  # no font here has that script
        font, lines = _set(card.site, wide, is_bold=True)
    top = 140
    for number, line in enumerate(lines):
        baseline = top + font.size * (0.92 + number * _LEADING)
        if _is_rtl(line):
            pen.text((WIDTH - _MARGIN, baseline), line, font=font, fill=_INK, anchor="rs")
        else:
            pen.text((left + indent, baseline), line, font=font, fill=_INK, anchor="ls")
    if card.is_quoted and lines:
        pen.rectangle((left, top, left + 6, top + font.size * _LEADING * len(lines)), fill=card.accent)
    _line(pen, (left, HEIGHT - 118), card.source, _SMALL, _INK, wide)
    pen.line((left, HEIGHT - 92, WIDTH - _MARGIN, HEIGHT - 92), fill=_RULE, width=2)
    _line(pen, (left, HEIGHT - 44), card.site, _SMALL, _MUTED, wide)
    file = io.BytesIO()
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _line(pen: ImageDraw.ImageDraw, place: tuple[float, float], text: str, size: int, colour: str, wide: int) -> None:
    """One line on its baseline, cut where it is too long."""
    font, text = _font_for(text[:MAX_WORDS], size, is_bold=False)
    if pen.textlength(text, font) > wide:
        while text and pen.textlength(text + "…", font) > wide:
            text = text[:-1]
        text = text.rstrip() + "…"
    pen.text(place, text, font=font, fill=colour, anchor="ls")


def _set(words: str, wide: int, *, is_bold: bool) -> tuple[Font, list[str]]:
    """The words in lines no wider than `wide`, in the largest letters that leave room for all; else cut."""
    if len(words) > MAX_WORDS:
        words = words[:MAX_WORDS].rsplit(" ", 1)[0] + " …"
    for size in _SIZES:
        font, text = _font_for(words, size, is_bold=is_bold)
        lines = list(_broken(text, font, wide))
        room = int(_LINES_HEIGHT / (size * _LEADING))
        if len(lines) <= room:
            return font, lines
    last = lines[room - 1]
    while font.getlength(last + " …") > wide:
        last = last[:-1]
    return font, [*lines[: room - 1], last.rstrip(" ,;:.–—-") + " …"]


def _broken(text: str, font: Font, wide: int) -> Iterator[str]:
    """Lines broken between words; within one, where it is a line and more by itself, as in scripts that have no blanks."""
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if font.getlength(joined) <= wide:
            line = joined
            continue
        if line and (font.getlength(word) <= wide or word[0].isascii()):
            yield line
            joined = word
        while font.getlength(joined) > wide:
            end = max((n for n in range(1, len(joined)) if font.getlength(joined[:n]) <= wide), default=1)
            yield joined[:end]
            joined = joined[end:]
        line = joined
    if line:
        yield line


def _is_rtl(line: str) -> bool:
    """By the first letter that has a direction (https://www.unicode.org/reports/tr9/#P2)."""
    strong = (unicodedata.bidirectional(letter) for letter in line)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"


def _font_for(text: str, size: int, *, is_bold: bool) -> tuple[Font, str]:
    """The font that has most of the letters of `text`, and the text without those that it lacks; "" where that is most of them."""
    text = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    path = _own_path(is_bold)
    if missing := [letter for letter in text if not _has(path, letter)]:
        found = _system_path(missing[len(missing) // 2])
        if found and sum(_has(found, letter) for letter in text) > len(text) - len(missing):
            path = found
    kept = "".join(letter for letter in text if _has(path, letter))
    return _load(path, size), " ".join(kept.split()) if 2 * len(kept) >= len(text) else ""


def _own_path(is_bold: bool) -> str:
    return str(files("font_source_serif_pro") / "files" / f"SourceSerifPro-{'Semibold' if is_bold else 'Regular'}.ttf")


@lru_cache(64)
def _load(path: str, size: int) -> Font:
    return ImageFont.truetype(path, size)


@lru_cache(20_000)
def _has(path: str, letter: str) -> bool:
    font = _load(path, 20)
    return letter == " " or bytes(font.getmask(letter)) != bytes(font.getmask(_NO_LETTER))


@lru_cache(1_000)
def _system_path(letter: str) -> str:
    """The file of a font of the system that has `letter`, as fontconfig finds it; "" where there is none."""
    program = shutil.which("fc-match")
    if program is None:
        return ""
    asked = [program, "--format=%{file}", f"serif:charset={ord(letter):x}"]
    try:
        path = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=True).stdout
        return path if _has(path, letter) else ""
    except (OSError, subprocess.SubprocessError):
        return ""
