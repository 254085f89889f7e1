"""Social cards: 1200 × 630, in any script, whatever stands in them."""

import io

import pytest
from PIL import Image

from linklog.core import cards
from linklog.core.cards import Card, draw


def card(**over: object) -> Card:
    facts: dict[str, object] = {
        "words": "How tides are told", "label": "Blogmark", "source": "Ada · example.org", "site": "A log", "accent": "#9b2c12",
    }  # fmt: skip
    return Card(**(facts | over))  # type: ignore[arg-type]


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    return image.convert("L")


def ink(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many dark pixels lie in `box`."""
    return sum(image.crop(box).histogram()[:110])


@pytest.mark.parametrize(
    "words",
    [
        "Hm.",
        "word " * 500,
        "x" * 5_000,
        "Donaudampfschifffahrtsgesellschaftskapitän " * 9,
        "عنوان طويل بالعربية with English",
        "日本語のタイトル",
        "👩‍👩‍👧‍👦🎉" * 40,
        "\u202e\u0000\u200b\ufffe reversed",
        "é" * 50 + "\u0301" * 500,
        "",
    ],
)
def test_a_card_is_drawn_of_any_words_and_stays_within_its_margins(words: str) -> None:
    image = opened(draw(card(words=words)))
    assert ink(image, (1125, 0, 1200, 630)) == 0
    assert len(draw(card(words=words))) < 60_000


def test_a_short_title_stands_larger_than_a_long_one() -> None:
    short, _lines = cards._set("Tides", 1040, is_bold=True)
    long, lines = cards._set("How tides are told by those who never saw the sea " * 4, 1040, is_bold=True)
    assert short.size > long.size
    assert len(lines) > 3


def test_what_is_cut_says_so() -> None:
    _font, lines = cards._set("tide " * 300, 1040, is_bold=True)
    assert lines[-1].endswith("…")


def test_a_title_in_a_script_that_no_font_has_gives_way_to_the_name_of_the_site(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cards, "_system_path", lambda letter: "")
    unwritten = opened(draw(card(words="日本語のタイトル", site="A log")))
    assert ink(unwritten, (60, 130, 1140, 480)) == ink(opened(draw(card(words="A log"))), (60, 130, 1140, 480)) > 0


def test_a_quotation_has_its_rule_and_another_card_none() -> None:
    rule = (cards._MARGIN, 150, cards._MARGIN + 5, 160)
    assert opened(draw(card(is_quoted=True))).crop(rule).getextrema()[0] < 120
    assert opened(draw(card(words="i"))).crop(rule).getextrema()[0] > 200
