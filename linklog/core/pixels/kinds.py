"""What a file is that no decoder of ours takes, by its first bytes: only to tell its author what to do instead."""

import re
from importlib.util import find_spec
from pathlib import Path

from linklog.core.pixels.problem import Problem

_BEGINNINGS = (
    (rb"\xff\xd8\xff|\x89PNG\r\n|GIF8[79]a|RIFF.{4}WEBP|.{4}ftypavi[fs]", Problem.DAMAGED),
    (rb"%PDF-", Problem.PDF),
    (rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd", Problem.ARCHIVE),
    # TIFF, Photoshop, BMP, ICO, PostScript, FITS, JPEG XL, JPEG 2000 and others
    (rb"II\*\0|MM\0\*|II\+\0|8BPS|BM.{4}\0\0\0\0|\0\0\x01\0|%!PS|\xc5\xd0\xd3\xc6|SIMPLE  =|"
     rb"\0\0\0\x0cJXL |\xff\x0a|\0\0\0\x0cjP  |\xff\x4f\xff\x51|qoif|P[1-7]\s|icns|DDS |gimp xcf|/\* XPM", Problem.OTHER_FORMAT),
    (rb".{4}ftyp|\x1a\x45\xdf\xa3|ID3|RIFF.{4}(?:WAVE|AVI )|OggS|fLaC|FLV|\xff[\xf2\xf3\xfb]|\0\0\x01\xba", Problem.FILM),
)  # fmt: skip
_HEIF = re.compile(rb".{4}ftyp(?:hei[cfmsx]|hev[cmsx]|mif1|msf1)", re.DOTALL)
_SVG = re.compile(rb"<svg[\s>]|<!DOCTYPE svg", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype html|html|head|body|script|title|meta|iframe|div|p|a)\b", re.IGNORECASE)


def of_no_image(path: Path) -> Problem:
    with path.open("rb") as file:
        head = file.read(4096)
    if _HEIF.match(head):
        return Problem.DAMAGED if find_spec("pillow_heif") else Problem.NEEDS_HEIF
    for pattern, problem in _BEGINNINGS:
        if re.match(pattern, head, re.DOTALL):
            return problem
    if _SVG.search(head):
        return Problem.SVG
    if _HTML.search(head):
        return Problem.HTML
    return Problem.TEXT if _is_text(head) else Problem.UNKNOWN


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        text = head[: error.start].decode() if error.start > len(head) - 4 else "\0"
    return all(character.isprintable() or character.isspace() for character in text)
