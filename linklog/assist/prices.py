"""What models cost: the table that Linklog brings, and prices that the author set, which come before it."""

import csv
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from linklog.assist.costs import Rate, price_text
from linklog.assist.models import Price

_TABLE = Path(__file__).with_name("prices.csv")


def rate_of(model: str) -> Rate | None:
    """What `model` costs today: as the author set it, else as the table has it; None where neither knows."""
    return _latest(_own_rates(), model) or _latest(_table(), model)


def dearest_rate() -> Rate:
    """What a model counts as whose price nobody knows, so that the month's limit holds for it as well."""
    known = [*_table(), *_own_rates()]
    return Rate(
        "*",
        dt.date.min,
        max(rate.input for rate in known),
        max(rate.cached_input for rate in known),
        max(rate.output for rate in known),
    )


def caution(model: str) -> str:
    """A sentence for who pays, where nobody knows what `model` costs; else ""."""
    if rate_of(model):
        return ""
    dearest = dearest_rate()
    return _(
        "The price of %(model)s is not known. Until it is set, it counts as the dearest known: %(input)s in and %(output)s out for a "
        "million tokens."
    ) % {"model": model, "input": price_text(dearest.input), "output": price_text(dearest.output)}


def _latest(rates: Iterable[Rate], model: str) -> Rate | None:
    """The one that names the model most exactly, of these the last that has begun."""
    fitting = [rate for rate in rates if rate.fits(model) and rate.since <= timezone.localdate()]
    return max(fitting, key=lambda rate: (len(rate.model), not rate.model.endswith("*"), rate.since), default=None)


def _own_rates() -> list[Rate]:
    return [
        Rate(row.model, row.since, row.input, row.input if row.cached_input is None else row.cached_input, row.output)
        for row in Price.objects.all()
    ]


@cache
def _table() -> tuple[Rate, ...]:
    with _TABLE.open(newline="") as file:
        return tuple(
            Rate(
                row["model"],
                dt.date.fromisoformat(row["since"]),
                Decimal(row["input"]),
                Decimal(row["cached_input"] or row["input"]),
                Decimal(row["output"]),
            )
            for row in csv.DictReader(file)
        )
