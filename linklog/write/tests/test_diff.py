"""What differs between two states is told word by word, escaped, and in bounded time."""

import re
import time

import pytest

from linklog.core import html
from linklog.write import fields as editor_fields
from linklog.write.diff import fields_diff, words_diff


def test_words_that_went_and_came_are_marked() -> None:
    assert words_diff("Low water at six.", "Low water at seven.") == "Low water at <del>six</del><ins>seven</ins>."


def test_only_fields_that_differ_are_told_under_their_names() -> None:
    old = editor_fields.known({"title": "Tide", "body": "Same"})
    assert re.findall("<h3>(.*?)</h3>", fields_diff(old, old | {"title": "Tides"})) == ["Title"]
    assert fields_diff(old, old) == ""


@pytest.mark.parametrize("text", ["<script>__x()</script>", "a & b", '"><img src=x onerror=__x()>', "<ins>", "</del>"])
def test_both_texts_are_escaped(text: str) -> None:
    for old, new in ((text, ""), ("", text), (text, text + "!"), (f"{text} a", f"{text} b")):
        marked = str(words_diff(old, new))
        rest = re.sub("</?(?:ins|del)>", "", marked)
        assert not set(rest) & set("<>\"'")


@pytest.mark.parametrize(("old", "new"), [("", ""), ("a b c", "c b a"), ("日本語", "日本"), ("one\ntwo", "one\nthree")])
def test_the_marks_taken_away_leave_both_texts(old: str, new: str) -> None:
    marked = str(words_diff(old, new))
    assert html.to_text(re.sub("<ins>.*?</ins>", "", marked, flags=re.S)).split() == old.split()
    assert html.to_text(re.sub("<del>.*?</del>", "", marked, flags=re.S)).split() == new.split()


def test_a_long_text_that_stayed_is_cut_around_what_changed() -> None:
    same = "tide " * 5000
    assert len(words_diff(f"{same}one", f"{same}two")) < 500


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ab " * 100_000, "ba " * 100_000),
        (" ".join(map(str, range(1999))), " ".join(map(str, range(1998, -1, -1)))),
        ("x" * 500_000, "y" * 500_000),
    ],
)
def test_it_ends_soon_whatever_the_texts(old: str, new: str) -> None:
    start = time.process_time()
    words_diff(old, new)
    assert time.process_time() - start < 5
