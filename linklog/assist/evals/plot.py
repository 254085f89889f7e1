"""Outcomes as a drawing: quality upwards, cost to the right, as a file of SVG that stands alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.template.loader import render_to_string

from linklog.assist.costs import cost_text, scale_top
from linklog.assist.evals.run import Outcome

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 72, 232, 56, 64
STEPS = 4
LINE = 20  # from one name to the next
ANSWERS = 1_000  # a price is for so many


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Mark:
    """A method: where its dot is, from where to where it may truly be, and where its name stands."""

    name: str
    x: float
    y: float
    low: float
    high: float
    name_y: float
    is_model: bool
    words: str  # for who cannot see it


def svg(title: str, measure: str, outcomes: Sequence[Outcome]) -> str:
    """The document, without those who answered nothing. A model of unknown price stands where those do that cost nothing, and says so."""
    answered = [outcome for outcome in outcomes if outcome.scores]
    dearest = max(outcome.dollars_each for outcome in answered) * ANSWERS
    top_cost = float(scale_top(dearest)) if dearest else 0.0
    marks = apart([_mark(outcome, measure, top_cost) for outcome in answered])
    context = {
        "title": title,
        "measure": measure,
        "marks": marks,
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "names_x": WIDTH - RIGHT + 28,
        "top": TOP,
        "bottom": HEIGHT - BOTTOM,
        "ticks_x": [Tick(_x(top_cost * n / STEPS, top_cost), _dollars(top_cost * n / STEPS)) for n in range(STEPS + 1)]
        if top_cost
        else [Tick(_x(0, 0), "0 ¢")],
        "ticks_y": [Tick(_y(n / 5), f"{n / 5:.0%}") for n in range(6)],
        "answers": f"{ANSWERS:,}",
    }
    return render_to_string("assist/evals.svg", context)


def apart(marks: Sequence[Mark]) -> list[Mark]:
    """Names one below the other, each as near to its dot as the others let it."""
    placed: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: mark.y):
        name_y = max(mark.y, placed[-1].name_y + LINE) if placed else mark.y
        placed.append(Mark(**(vars(mark) | {"name_y": name_y})))
    over = max((placed[-1].name_y - (HEIGHT - BOTTOM)) if placed else 0, 0)
    lowest = float(HEIGHT - BOTTOM + LINE)
    result: list[Mark] = []
    for mark in reversed(placed):
        lowest = min(mark.name_y, lowest - LINE) if over else mark.name_y
        result.insert(0, Mark(**(vars(mark) | {"name_y": lowest})))
    return result


def _mark(outcome: Outcome, measure: str, top_cost: float) -> Mark:
    mean = outcome.measure(measure)
    x = _x(float(outcome.dollars_each * ANSWERS), top_cost)
    name = outcome.method if outcome.has_price else f"{outcome.method} (price not known)"
    words = f"{name}: {measure} {mean.value:.0%} ± {mean.spread:.0%}, {outcome.cost_each} an answer"
    low, high = max(mean.value - mean.spread, 0), min(mean.value + mean.spread, 1)
    return Mark(name, x, _y(mean.value), _y(low), _y(high), _y(mean.value), bool(outcome.version), words)


def _x(cost: float, top_cost: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (0.04 + 0.96 * (cost / top_cost if top_cost else 0)), 1)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share, 1)


def _dollars(cost: float) -> str:
    return cost_text(Decimal(f"{cost:.9f}"))
