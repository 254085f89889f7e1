"""A year drawn as bars: posts by month, stacked by kind. The table beside it says the same in numbers."""

import datetime as dt
from typing import Any

from django import template
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

register = template.Library()

WIDTH, HEIGHT = 640, 220
LEFT, TOP, BOTTOM = 46, 14, 30
BAR = 30


@register.inclusion_tag("posts/partials/year_chart.html")
def year_chart(year: int, months: list[dict[str, Any]]) -> dict[str, Any]:
    """`months` as the year page has them: each with `first`, `total` and `kinds`, pairs of kind and count."""
    top = _round_top(max(month["total"] for month in months))
    step = (WIDTH - LEFT) / 12
    bars = [
        bar
        for month in months
        for bar in _stack(month, LEFT + (month["first"].month - 1) * step + (step - BAR) / 2, top)
    ]
    return {
        "title": _("Posts in each month of %(year)s") % {"year": year},
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH,
        "bars": bars,
        "lines": [{"n": n, "x": LEFT - 6, "y": _y(n, top), "text_y": _y(n, top) + 4} for n in (0, top // 2, top)],
        "labels": [
            {"text": _month_name(number), "x": round(LEFT + (number - 0.5) * step), "y": HEIGHT - 6}
            for number in range(1, 13)
        ],
        "kinds": [(kind, names[1]) for kind, names in settings.LINKLOG_KIND_NAMES.items()],
    }


def _stack(month: dict[str, Any], x: float, top: int) -> list[dict[str, Any]]:
    """The rectangles of one month, the first kind at the bottom."""
    bars, below = [], 0
    for kind, n in month["kinds"]:
        if n:
            y = _y(below + n, top)
            bars.append({"kind": kind, "x": round(x), "y": y, "width": BAR, "height": _y(below, top) - y})
            below += n
    return bars


def _y(n: int, top: int) -> int:
    return HEIGHT - BOTTOM - round((HEIGHT - BOTTOM - TOP) * n / top)


def _round_top(most: int) -> int:
    """The scale's end: the next even 1, 2, 4, 6, 8 or 10 times a power of ten."""
    power = 1
    while most > 10 * power:
        power *= 10
    return next(step * power for step in (2, 4, 6, 8, 10) if step * power >= most)


def _month_name(number: int) -> str:
    return date_format(dt.date(2000, number, 1), "M")
