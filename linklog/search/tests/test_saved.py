"""What an author types or pastes, as a search to keep."""

from contextlib import suppress

import pytest
from django.http import QueryDict

from linklog.search.request import BadRequest, read
from linklog.search.saved import cleaned


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("  ", ""),
        ("tag=tides&type=entry", "type=entry&tag=tides"),
        ("type=entry&tag=tides&tag=tides", "type=entry&tag=tides"),
        ("?tag=tides", "tag=tides"),
        ("/search/?tag=tides&exclude.year=2024", "tag=tides&exclude.year=2024"),
        ("https://links.example/search/?q=brass++clocks&sort=relevance&page=7#main", "q=brass+clocks"),
        ("/search.atom?q=c%23", "q=c%23"),
        ("q=c#", "q=c%23"),
        ("q=what?", "q=what%3F"),
        ("q=%22a b%22 OR tag:日本", "q=%22a+b%22+OR+tag%3A%E6%97%A5%E6%9C%AC"),
        ("q=a&tag=", "q=a"),
        (
            'q="brass clock" from:2020-01-01&type=blogmark&exclude.tag=repairs',
            "q=%22brass+clock%22+from%3A2020-01-01&type=blogmark&exclude.tag=repairs",
        ),
        ("page=999&q=a", "q=a"),
    ],
)
def test_a_search_is_kept_in_one_spelling_which_asks_for_the_same(text: str, kept: str) -> None:
    assert set(cleaned(text).split("&")) == set(kept.split("&"))
    assert cleaned(cleaned(text)) == cleaned(text)
    assert read(QueryDict(cleaned(text))).query_string() == cleaned(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tags=tides", "no “tags”"),
        ("q=a&utm_source=x", "no “utm_source”"),
        ("brass clocks", "no “brass clocks”"),
        ("/search/", "every post"),
        ("/tags/tides/", "every post"),
        ("sort=date", "every post"),
        ("q=((", "every post"),
        ("tag=a&tag=b&tag=c&tag=d&tag=e", "4 values at most"),
        ("&" * 2_000, "4 values at most"),
        ("q=" + "x" * 201, "200 characters"),
        ("q=" + "+".join(f"w{number}" for number in range(13)), "12 words"),
    ],
)
def test_what_a_reader_would_find_passed_over_or_cut_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence):
        cleaned(text)


@pytest.mark.parametrize(
    "text", ["%", "q=%ff%00%ed%a0%80", "a\x00b=c", "q=\x0b\x1f\ufffe\u2028", "=", "&=&", "q=" + "(" * 150, "\ud800=1"]
)
def test_odd_characters_are_refused_or_left_out_but_no_error(text: str) -> None:
    with suppress(BadRequest):
        cleaned(text).encode()
