"""The arithmetic of tokens and dollars, and which price a model has."""

import datetime as dt
from decimal import Decimal

import pytest

from linklog.assist import prices
from linklog.assist.costs import Rate, cost_text, image_tokens, text_tokens, tokens
from linklog.assist.models import Price

RATE = Rate("m", dt.date(2024, 1, 1), Decimal("0.0375"), Decimal("0.01"), Decimal("0.15"))


def test_a_known_case() -> None:
    """68,000 photographs at 260 tokens in and 100 out, at $0.0375 and $0.15 a million: $0.663 and $1.02 are $1.683, shown as $1.68."""
    assert RATE.cost(68_000 * 260, 68_000 * 100) == Decimal("1.683")
    assert sum(RATE.cost(260, 100) for _photo in range(68_000)) == Decimal("1.683")
    assert cost_text(Decimal("1.683")) == "$1.68"
    assert cost_text(RATE.cost(260, 100)) == "0.0025 ¢"


def test_cached_tokens_cost_what_cached_tokens_cost() -> None:
    assert RATE.cost(1_000_000, 0, 400_000) == Decimal("0.0265")
    assert RATE.cost(100, 0, 900) == RATE.cost(100, 0, 100)


@pytest.mark.parametrize(
    ("dollars", "text"),
    [("0", "0 ¢"), ("0.0000001", "0.00001 ¢"), ("0.0000231", "0.0023 ¢"), ("0.00213", "0.21 ¢"), ("0.05", "5 ¢"),
     ("0.123", "12 ¢"), ("0.5", "50 ¢"), ("1", "$1.00"), ("1234.567", "$1,234.57")],
)  # fmt: skip
def test_a_cost_is_read_at_a_glance(dollars: str, text: str) -> None:
    assert cost_text(Decimal(dollars)) == text


def test_an_unknown_price_is_not_called_free() -> None:
    assert cost_text(None) == "price not known"


@pytest.mark.parametrize("text", ["", "word " * 100, "日本語の文章", "<|endoftext|>", "\ud800 lone", "🜁" * 50, "\x00"])
def test_tokens_of_any_text_can_be_bounded(text: str) -> None:
    assert text_tokens(text) >= len(text)


def test_what_a_server_counts_is_a_number_that_fits() -> None:
    assert [tokens(value) for value in (7, -1, 10**20, None, "7", 2.5)] == [7, 0, 10**9, 0, 0, 0]


@pytest.mark.parametrize(
    ("model", "published"),
    # as their makers publish it for 1024 × 1024 pixels
    [
        ("gpt-4o", 765),
        ("gpt-4o-mini", 25_501),
        ("gpt-4.1-nano", 2_520),
        ("claude-sonnet-4", 1_398),
        ("gemini-2.5-pro", 1_032),
    ],
)
def test_tokens_of_an_image_are_never_too_few(model: str, published: int) -> None:
    assert image_tokens(model, 1_024, 1_024) >= published


@pytest.mark.django_db
class TestPrices:
    """Of the table that Linklog brings, and of the author's own."""

    def test_the_table_can_be_read_and_its_days_are_past(self) -> None:
        table = prices._table()
        assert len(table) > 30
        assert all(rate.since <= dt.date.today() and rate.cached_input <= rate.input <= rate.output for rate in table)

    def test_the_name_decides_then_the_longest_beginning(self) -> None:
        assert getattr(prices.rate_of("gpt-4.1-mini"), "input", None) == Decimal("0.40")
        assert getattr(prices.rate_of("gemini-2.5-flash-lite-001"), "input", None) == Decimal("0.10")
        assert getattr(prices.rate_of("gemini-1.5-flash-8b-001"), "input", None) == Decimal("0.0375")
        assert prices.rate_of("my-own") is None

    def test_the_authors_price_comes_first_from_its_day_on(self) -> None:
        today = dt.date.today()
        Price.objects.create(model="gpt-4.1-mini", since=today - dt.timedelta(1), input=7, output=9)
        Price.objects.create(model="gpt-4.1-mini", since=today + dt.timedelta(9), input=8, output=9)
        rate = prices.rate_of("gpt-4.1-mini")
        assert rate is not None
        assert (rate.input, rate.cached_input, rate.output) == (7, 7, 9)

    def test_no_known_model_is_dearer_than_an_unknown_one(self) -> None:
        Price.objects.create(model="x*", since="2020-01-01", input=900, output=1)
        dearest = prices.dearest_rate()
        assert (dearest.input, dearest.output) == (900, 75)
