"""Captions as paragraphs."""

import json

import pytest

from linklog.capture.github import source_of
from linklog.capture.markup import Markup
from linklog.capture.transcripts import cues, moment, paragraphs, transcript

SUBRIP = "1\n00:00:01,500 --> 00:00:03,000\n<i>The tide</i>\n\n2\n00:01:00,000 --> 00:01:02,000\n{\\an8}turns.\n"
LONG = "A sentence of some length that is said in one breath and then another one. "


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SUBRIP, [(1, "The tide"), (60, "turns.")]),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>The <b>tide</b>\n", [(1, "The tide")]),
        ("\ufeffWEBVTT\n\n00:01.000 --> 00:02.000\nTide\n", [(1, "Tide")]),
        ('{"events": [{"tStartMs": 1500, "segs": [{"utf8": "The"}, {"utf8": " tide"}]}, {"segs": 7}, 3]}', [(1, "The tide")]),
        ("WEBVTT\n\nnonsense", []),
        ("nothing", []),
        ("{", []),
        ("", []),
    ],
)  # fmt: skip
def test_captions_of_every_form_are_read(text: str, found: list[tuple[int, str]]) -> None:
    assert paragraphs(cues(text)) == found


def test_captions_that_roll_are_said_once() -> None:
    rolling = [(0, "one"), (1, "one\ntwo"), (2, "two\nthree")]
    assert paragraphs(rolling) == [(0, "one two three")]


def test_paragraphs_end_with_a_sentence() -> None:
    found = paragraphs([(number, f"{LONG} {number} is one.") for number in range(20)])
    assert len(found) > 3
    assert all(text.endswith("one.") for _second, text in found)


def test_a_page_may_hold_the_transcript_itself() -> None:
    data = {"@type": "VideoObject", "transcript": "The tide.\n\nIt turns."}
    html = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    assert transcript(Markup(html, "https://a.example/")) == [(0, "The tide."), (0, "It turns.")]


@pytest.mark.parametrize(
    ("url", "at"),
    [
        ("https://www.youtube.com/watch?v=x&t=3s", "https://www.youtube.com/watch?v=x&t=61s"),
        ("https://youtu.be/x", "https://youtu.be/x?t=61s"),
        ("https://a.example/v#part", "https://a.example/v#t=61"),
    ],
)
def test_a_moment_of_a_video_has_an_address(url: str, at: str) -> None:
    assert moment(url, 61) == at


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/ada/code",
        "https://github.com/ada/code/issues/1",
        "https://github.com.evil.example/ada/code/blob/main/a.py",
        "https://evil.example/github.com/ada/code/blob/main/a.py",
        "https://github.com/ada/../code/blob/main/a.py?x",
    ],
)
def test_what_is_no_file_of_a_repository_is_not_taken_for_one(url: str) -> None:
    assert source_of(url) is None


def test_a_pinned_file_is_known_by_its_commit() -> None:
    source = source_of("https://github.com/ada/code/blob/" + "a1" * 20 + "/file.py")
    assert source is not None
    assert source.is_pinned
