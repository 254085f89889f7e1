"""What the page about the assistant tells: what each task sends to which model, and what that cost, this month and before."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linklog.assist import client, ledger, prices, prompts
from linklog.assist.costs import cost_text, price_text, scale_top
from linklog.assist.ledger import AssistError
from linklog.assist.models import ModelCall

# Of each prompt its name for people, and what is sent with it
TASKS = {
    "alt-text": (
        _("Alt text"),
        _("The image as a small JPEG without metadata, the title of the post, and the words just before and after it."),
    ),
    "tags": (
        _("Tags"),
        _("The title and text of the post, the beginning of the page it links to, and names of your tags."),
    ),
    "title": (_("Title and summary"), _("The text of the post, and title and beginning of the page it links to.")),
    "passages": (_("Passages to quote"), _("Title and text of the page that you captured.")),
    "tag-description": (
        _("Description of a tag"),
        _("The name of the tag, and titles and first words of public posts that carry it."),
    ),
}
MONTHS = 12
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 220, 80, 32, 16
STEPS = 4
_BAR = 0.6  # of the room that a month has


@dataclass(frozen=True)
class TaskFacts:
    """One task: what is sent, to whom, for how much."""

    label: str
    sends: str
    is_edited: bool
    model: str
    server: str = ""
    problem: str = ""  # why it cannot be asked
    price_in: str = ""
    price_out: str = ""
    since: dt.date | None = None
    caution: str = ""  # where the price is not known


@dataclass(frozen=True)
class Bar:
    """A month of the drawing, in coordinates of its SVG."""

    day: dt.date
    x: float
    y: float
    width: float
    height: float
    cost: str
    questions: int

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class Chart:
    """Bars, and the lines of the scale behind them as (height, label)."""

    bars: list[Bar]
    ticks: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = HEIGHT - BOTTOM


def tasks() -> list[TaskFacts]:
    """Of all tasks that have a model. Loads the library, which takes a moment."""
    return [_facts(name) for name in prompts.names() if client.available(name)]


def _facts(name: str) -> TaskFacts:
    label, sends = map(str, TASKS[name])
    is_edited, model = prompts.is_edited(name), client.model_for(name)
    try:
        model, server = client.names_of(model)
    except AssistError as error:
        return TaskFacts(label, sends, is_edited, model, problem=str(error))
    facts = TaskFacts(label, sends, is_edited, model, server, caution=prices.caution(model))
    if not (rate := prices.rate_of(model)):
        return facts
    return replace(facts, price_in=price_text(rate.input), price_out=price_text(rate.output), since=rate.since)


def month() -> dict[str, object]:
    """Dollars are shown as words; `part` is how much of the limit is spent, in hundredths."""
    spent, limit = ledger.spent(), settings.LINKLOG_MODEL_CAP
    calls = ModelCall.objects.filter(asked__gte=ledger.month_start())
    return {
        "spent": cost_text(spent),
        "limit": f"${limit:,.2f}",
        "part": min(round(spent / limit * 100), 100) if limit else 100,
        "questions": calls.count(),
        "has_unpriced": calls.filter(dollars=None, state=ModelCall.State.DONE).exists(),
    }


def last_calls(number: int = 15) -> list[ModelCall]:
    return list(ModelCall.objects.select_related("asked_by")[:number])


def chart() -> Chart | None:
    """What each of the last MONTHS cost; None where nothing was ever asked."""
    days = _first_days()
    found = _by_month(days[0])
    if not found:
        return None
    top = scale_top(max(dollars for dollars, _questions in found.values()))
    full, room = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT) / MONTHS
    bars = []
    for number, day in enumerate(days):
        dollars, questions = found.get(day, (Decimal(0), 0))
        height = round(float(dollars / top) * full, 1)
        x, y = round(LEFT + room * (number + (1 - _BAR) / 2), 1), round(HEIGHT - BOTTOM - height, 1)
        bars.append(Bar(day, x, y, round(room * _BAR, 1), height, cost_text(dollars), questions))
    ticks = [(HEIGHT - BOTTOM - full * step / STEPS, cost_text(top * step / STEPS)) for step in range(STEPS + 1)]
    return Chart(bars, ticks)


def _by_month(since: dt.date) -> dict[dt.date, tuple[Decimal, int]]:
    """Dollars and questions of each month, by its first day."""
    start = timezone.make_aware(dt.datetime.combine(since, dt.time()))
    rows = (
        ModelCall.objects.filter(asked__gte=start)
        .annotate(month=TruncMonth("asked"))
        .order_by("month")
        .values_list("month")
        .annotate(dollars=Sum(Coalesce("dollars", "reserved_dollars")), questions=Count("pk"))
    )
    return {timezone.localdate(month): (dollars, questions) for month, dollars, questions in rows}


def _first_days() -> list[dt.date]:
    """Of the last MONTHS, the present one last."""
    days = [timezone.localdate().replace(day=1)]
    while len(days) < MONTHS:
        days.insert(0, (days[0] - dt.timedelta(days=1)).replace(day=1))
    return days
