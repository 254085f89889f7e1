"""The words spoken in a video or recording, in paragraphs with the second at which each begins: from the page or its captions."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from linklog.capture.linked_data import LinkedData
from linklog.capture.markup import Markup, as_json, line
from linklog.core import captions, links
from linklog.core.http import FetchError, decoded, fetch

Cue = tuple[float, str]
Paragraph = tuple[int, str]

CAPTION_TYPES = (
    "text/vtt",
    "application/x-subrip",
    "text/srt",
    "text/plain",
    "application/json",
    "application/octet-stream",
)
MAX_BYTES, MAX_PARAGRAPHS, MAX_TEXT = 2_000_000, 400, 200_000
SECONDS = 5.0  # that captions may take to come
PARAGRAPH = 300  # characters, and on to the end of the sentence
PAUSE = 6.0  # seconds without a word begin a new one
_PLAYER = '"captionTracks":'  # in the data of YouTube's player
_MOMENT_IN_QUERY = ("youtube.com", "youtu.be")
_SPOKEN = ("VideoObject", "AudioObject", "PodcastEpisode")
_SENTENCE = re.compile(r"[.!?…。？！][\"”’)]?$")
_MARKUP = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,100}\}")


def transcript(markup: Markup) -> list[Paragraph]:
    """The words spoken, as far as the page or a caption file gives them; none where they cannot be had."""
    data = LinkedData(markup)
    spoken = [text for name in _SPOKEN for node in data.of_type(name) for text in data.texts("transcript", of=node)]
    if spoken:
        return [(0, one) for one in (line(part, 5_000) for part in re.split(r"\n\s*\n", spoken[0][:MAX_TEXT])) if one]
    for url in _captions(markup):
        try:
            if found := paragraphs(cues(_fetched(url))):
                return found
        except FetchError:
            continue
    return []


def moment(url: str, second: int) -> str:
    """`url` of a video at a moment: as a parameter where the site knows one, else as a media fragment.

    https://www.w3.org/TR/media-frags/#naming-time
    """
    parts = urlsplit(url)
    if links.site(url).removeprefix("m.") in _MOMENT_IN_QUERY:
        query = [(name, value) for name, value in parse_qsl(parts.query) if name != "t"] + [("t", f"{second}s")]
        return urlunsplit(parts._replace(query=urlencode(query)))
    return urlunsplit(parts._replace(fragment=f"t={second}"))


def cues(text: str) -> list[Cue]:
    """(second, words) of a caption file: WebVTT, SubRip or YouTube's JSON."""
    if text.lstrip("\ufeff").startswith("{"):
        return [cue for data in as_json(text.lstrip("\ufeff")) for cue in _events(data)]
    return [(caption.start_in_seconds, caption.text) for caption in captions.read(text)]


def paragraphs(spoken: Iterable[Cue]) -> list[Paragraph]:
    """Cues put together to what can be read. Captions that roll say each line twice; it is taken once."""
    made: list[Paragraph] = []
    words: list[str] = []
    start = last = 0.0
    before = ""
    for second, text in spoken:
        said = [one for row in text.split("\n") if (one := line(_MARKUP.sub("", row), 1_000)) and one != before]
        if not said:
            continue
        before = said[-1]
        if words and _is_whole(words, second - last):
            made.append((int(start), " ".join(words)))
            words = []
        if not words:
            start = second
        words.extend(said)
        last = second
    if words:
        made.append((int(start), " ".join(words)))
    return made[:MAX_PARAGRAPHS]


def _is_whole(words: list[str], pause: float) -> bool:
    length = sum(map(len, words))
    return pause > PAUSE or length > 2 * PARAGRAPH or (length > PARAGRAPH and bool(_SENTENCE.search(words[-1])))


def _captions(markup: Markup) -> Iterator[str]:
    """Where captions of the page's video may lie, the likeliest first: three at most."""
    tracks = [*_tracks(markup), *_player_tracks(markup)]
    language = next(iter(markup.values("html", "lang")), "").lower()[:2]
    tracks.sort(key=lambda track: (track[1].lower()[:2] != language, track[2]))
    files = [markup.absolute(url) for url in markup.values("a[href$='.vtt'], a[href$='.srt']", "href")]
    yield from [url for url in [*(url for url, _language, _is_made in tracks), *files] if url][:3]


def _tracks(markup: Markup) -> Iterator[tuple[str, str, bool]]:
    """(address, language, whether a machine wrote it) of the captions that the page's own player shows."""
    for node in markup.tree.css("track[src]"):
        said = node.attributes
        if (said.get("kind") or "subtitles").lower() in ("captions", "subtitles"):
            yield markup.absolute(said.get("src") or ""), said.get("srclang") or "", False


def _player_tracks(markup: Markup) -> Iterator[tuple[str, str, bool]]:
    for _attributes, content in markup.scripts:
        _before, sign, rest = content.partition(_PLAYER)
        for tracks in as_json(rest) if sign else ():
            for track in tracks if isinstance(tracks, list) else ():
                if isinstance(track, dict) and (url := markup.absolute(str(track.get("baseUrl", "")))):
                    yield f"{url}&fmt=json3", str(track.get("languageCode", "")), track.get("kind") == "asr"


def _events(data: Any) -> Iterator[Cue]:
    events = data.get("events") if isinstance(data, dict) else None
    for event in events if isinstance(events, list) else ():
        parts = event.get("segs") if isinstance(event, dict) else None
        words = (
            "".join(str(part.get("utf8", "")) for part in parts if isinstance(part, dict))
            if isinstance(parts, list)
            else ""
        )
        start = event.get("tStartMs", 0) if words.strip() else None
        if isinstance(start, int | float):
            yield start / 1000, words


def _fetched(url: str) -> str:
    return decoded(fetch(url, accept=CAPTION_TYPES, max_bytes=MAX_BYTES, seconds=SECONDS))
