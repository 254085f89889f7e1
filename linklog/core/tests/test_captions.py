"""Captions hold words and times, whatever the file held."""

import pytest

from linklog.core.captions import read, rewritten

SUBRIP = "1\n00:00:01,000 --> 00:00:02,500\nThe <i>tide</i> turns\nat noon\n\n2\n00:00:03,000 --> 00:00:04,000\n{\\an8}A & B\n"
WEBVTT = """WEBVTT - Title

STYLE
::cue { background: url(https://spy.example/x) }

REGION
id:x

NOTE where this was written

one
00:01.000 --> 00:02.500 position:10% line:0
<v Somebody><c.loud>The tide</c> &amp; the moon

00:03.000 --> 00:04.000
<img src=x onerror=__x()>&lt;script&gt;__x()&lt;/script&gt;
"""


def test_subrip_becomes_webvtt() -> None:
    assert rewritten(SUBRIP) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nThe tide turns\nat noon\n\n00:00:03.000 --> 00:00:04.000\nA &amp; B\n"
    )


def test_only_words_and_times_are_left() -> None:
    assert rewritten(WEBVTT) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nThe tide &amp; the moon\n\n"
        "00:00:03.000 --> 00:00:04.000\n&lt;script&gt;__x()&lt;/script&gt;\n"
    )


def test_what_is_written_is_read_as_the_same() -> None:
    for text in (SUBRIP, WEBVTT):
        assert rewritten(rewritten(text)) == rewritten(text)


def test_no_words_end_their_cue_or_begin_another() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nx &#10;&#10;00:00:09.000 --&gt; 00:00:10.000&#10;y\n"
    written = rewritten(text)
    assert written.count(" --> ") == 1
    assert len(read(written)) == 1


@pytest.mark.parametrize("text", ["", "hello", "WEBVTT", "<html>", "WEBVTT\n\nx --> y\n", "\0" * 1000, "1\n2\n3\n"])
def test_what_is_no_captions_gives_none(text: str) -> None:
    assert rewritten(text) == ""
