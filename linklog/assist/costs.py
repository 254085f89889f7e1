"""Arithmetic of tokens and dollars: exact, and of no table."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

MILLION = 1_000_000
_MAX_DOLLARS = Decimal(9_999_999)  # of what the ledger's column holds
_MAX_TOKENS = 1_000_000_000
_MESSAGE_TOKENS = 100  # what surrounds the words: roles, turns, names


@dataclass(frozen=True)
class Rate:
    """Dollars a million tokens of `model`, which is a name or the beginning of one with a *, since a day."""

    model: str
    since: dt.date
    input: Decimal
    cached_input: Decimal
    output: Decimal

    def cost(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> Decimal:
        """In dollars, exactly. `input_tokens` include the cached ones."""
        cached = min(cached_tokens, input_tokens)
        dollars = (input_tokens - cached) * self.input + cached * self.cached_input + output_tokens * self.output
        return min(dollars / MILLION, _MAX_DOLLARS)

    def fits(self, model: str) -> bool:
        return model.startswith(self.model[:-1]) if self.model.endswith("*") else model == self.model


def text_tokens(text: str) -> int:
    """No model makes more tokens of a text than it has bytes."""
    return len(text.encode("utf-8", "surrogatepass")) + _MESSAGE_TOKENS


def image_tokens(model: str, width: int, height: int) -> int:
    """At most, by what the makers of models publish: some count patches of 32 × 32 pixels, up to 2.5 tokens each, others tiles of
    512 × 512. One model counts so many for a tile that its images cost no less than its elder's.
    """
    if "4o-mini" in model:
        return 2_833 + 5_667 * (width // 512 + 1) * (height // 512 + 1)
    return 300 + width * height // 400


def tokens(number: object) -> int:
    """A count of tokens as a server gave it, if it is one."""
    return min(max(number, 0), _MAX_TOKENS) if isinstance(number, int) else 0


def scale_top(dollars: Decimal) -> Decimal:
    """The least of 4, 8, 20, 40, 80 … times a power of ten that holds it: a scale up to there divides into four round steps."""
    size = Decimal("0.0000001")
    while True:
        for step in (4, 8, 20):
            if dollars <= step * size:
                return step * size
        size *= 10


def price_text(dollars: Decimal) -> str:
    """With as many digits as it has, two at least: $0.40, $0.0375."""
    return f"${dollars:.2f}" if dollars == round(dollars, 2) else f"${dollars.normalize():f}"


def cost_text(dollars: Decimal | None) -> str:
    """“0.002 ¢”, “12 ¢”, “$1.68”; for None that the price is not known."""
    if dollars is None:
        return _("price not known")
    if dollars >= 1:
        return f"${dollars.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
    cents = dollars * 100
    places = Decimal(1) if cents >= 10 or not cents else Decimal(1).scaleb(cents.adjusted() - 1)
    text = f"{cents.quantize(places, ROUND_HALF_UP):f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} ¢"
