"""What the assistant cost, counted so that the month's limit holds: the most that a question can cost is set aside before it is asked.

What was set aside counts until the answer is there, and for good where the process died. A model whose price nobody knows counts as the
dearest one known, for a limit that does not hold for it would be none.
"""

import datetime as dt
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from linklog.assist.costs import cost_text, tokens
from linklog.assist.models import ModelCall
from linklog.assist.prices import dearest_rate, rate_of
from linklog.core.vendor_sql import writing

AT_ONCE = 2  # questions, of all processes together
CALL_SECONDS = 60  # for an answer, from its first byte to its last
_SMALLEST = Decimal("0.000000000001")  # a token at the least price there can be
_WAIT_SECONDS = 20  # for one's turn
_LOOK_SECONDS = 0.2


class AssistError(Exception):
    """Why there is no suggestion, as a sentence for the author. `dollars` is what asking for it counts as nevertheless."""

    def __init__(self, sentence: str, dollars: Decimal = Decimal(0)) -> None:
        super().__init__(sentence)
        self.dollars = dollars


class LimitReached(AssistError):
    """The question might cost more than what is left."""


@dataclass(frozen=True)
class Usage:
    """Tokens by the server's own count."""

    input: int
    cached: int
    output: int


def spent(since: dt.datetime | None = None) -> Decimal:
    """In dollars, of this month unless told; with what is set aside."""
    calls = ModelCall.objects.filter(asked__gte=since or month_start())
    found = calls.aggregate(sum=Sum(Coalesce("dollars", "reserved_dollars")))["sum"] or Decimal(0)
    return found.quantize(_SMALLEST)  # SQLite adds floating point numbers


def month_start() -> dt.datetime:
    return timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def dollars_for(model: str, input_tokens: int, output_tokens: int) -> Decimal:
    """What so many tokens count as."""
    return (rate_of(model) or dearest_rate()).cost(input_tokens, output_tokens)


def reserve(*, most: Decimal, **fields: Any) -> ModelCall:
    """Sets `most` dollars aside for a question, when it is its turn. Raises LimitReached, or AssistError where others take too long."""
    until = time.monotonic() + _WAIT_SECONDS
    while not (call := _reserved(most, fields)):
        if time.monotonic() > until:
            raise AssistError(_("Other questions are still under way. Try again in a moment."))
        time.sleep(_LOOK_SECONDS)
    return call


def _reserved(most: Decimal, fields: dict[str, Any]) -> ModelCall | None:
    with writing():
        since = timezone.now() - dt.timedelta(seconds=CALL_SECONDS + 5)
        if ModelCall.objects.filter(state=ModelCall.State.RESERVED, asked__gt=since).count() >= AT_ONCE:
            return None
        if spent() + most > settings.LINKLOG_MODEL_CAP:
            raise LimitReached(
                _(
                    "The month's limit of %(cap)s would be passed: this may cost up to %(most)s, and %(spent)s are spent or set aside."
                )
                % {"cap": f"${settings.LINKLOG_MODEL_CAP:.2f}", "most": cost_text(most), "spent": cost_text(spent())}
            )
        return ModelCall.objects.create(reserved_dollars=most, **fields)


def settle(call: ModelCall, usage: Usage | None, seconds: float) -> None:
    """What it cost by the server's own count; without one, all that was set aside."""
    call.state, call.seconds = ModelCall.State.DONE, seconds
    _charge(call, usage)
    call.save()


def fail(call: ModelCall, problem: str, seconds: float, *, is_refusal: bool, usage: Usage | None = None) -> None:
    """There is no answer that can be used. A question that the server refused costs nothing, any other what it may have cost."""
    call.state, call.seconds, call.problem = ModelCall.State.FAILED, seconds, problem[:300]
    _charge(call, Usage(0, 0, 0) if is_refusal else usage)
    call.save()


def _charge(call: ModelCall, usage: Usage | None) -> None:
    rate = rate_of(call.model)
    if usage is None:
        call.dollars = call.reserved_dollars if rate else None
        return
    call.input_tokens, call.output_tokens = tokens(usage.input), tokens(usage.output)
    call.cached_tokens = min(tokens(usage.cached), call.input_tokens)
    cost = (rate or dearest_rate()).cost(call.input_tokens, call.output_tokens, call.cached_tokens)
    call.dollars = cost if rate else None
    call.reserved_dollars = call.reserved_dollars if rate else cost
