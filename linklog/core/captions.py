"""Captions of films: WebVTT and SubRip read, and written anew as WebVTT that holds words and times alone."""

import html
import io
import re

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from linklog.core.xml import strip_illegal

MAX_CUES, MAX_WORDS = 20_000, 1_000
_TAG = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,100}\}")


def read(text: str) -> list[webvtt.Caption]:
    """What is said, and when; none where the file is neither WebVTT nor SubRip."""
    text = text.lstrip("\ufeff")
    try:
        found = webvtt.from_buffer(io.StringIO(text), format="vtt" if text.startswith("WEBVTT") else "srt")
    except (MalformedFileError, MalformedCaptionError, ValueError, IndexError):
        return []
    return list(found.captions)


def rewritten(text: str) -> str:
    """The captions without styles, positions, notes and markup; "" where there are none."""
    written = webvtt.WebVTT()
    for caption in read(text)[:MAX_CUES]:
        if words := _words(caption.raw_text):
            written.captions.append(webvtt.Caption(caption.start, caption.end, words))
    return str(written.content) if written.captions else ""


def _words(text: str) -> str:
    """Plain words, and no line of them empty: an empty one ends a cue."""
    plain = strip_illegal(html.unescape(_TAG.sub("", text)))[:MAX_WORDS].replace("\r", "\n")
    lines = (" ".join(line.split()) for line in plain.split("\n"))
    return html.escape("\n".join(filter(None, lines)), quote=False)
