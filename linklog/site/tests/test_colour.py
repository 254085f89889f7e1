"""The accent colour, made readable."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linklog.site import colour

TOKENS = Path(colour.__file__).parents[1] / "static" / "css" / "tokens.css"
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_known_contrasts() -> None:
    assert colour.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour.contrast("#ffffff", "#ffffff") == pytest.approx(1)
    assert colour.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@given(COLOURS)
def test_any_accent_becomes_readable_on_both_papers(accent: str) -> None:
    for paper in (colour.PAPER_LIGHT, colour.PAPER_DARK):
        readable = colour.readable(accent, paper)
        assert re.fullmatch(r"#[0-9a-fA-F]{6}", readable)
        assert colour.contrast(readable, paper) >= 4.5


@given(COLOURS)
def test_an_accent_that_is_readable_stays(accent: str) -> None:
    for paper in (colour.PAPER_LIGHT, colour.PAPER_DARK):
        if colour.contrast(accent, paper) >= colour.READABLE:
            assert colour.readable(accent, paper) == accent


def test_the_papers_are_those_of_the_style_sheet() -> None:
    declared = re.search(r"--paper:\s*light-dark\(\s*(#\w{6})\s*,\s*(#\w{6})\s*\)", TOKENS.read_text())
    assert declared is not None
    assert declared.groups() == (colour.PAPER_LIGHT, colour.PAPER_DARK)
