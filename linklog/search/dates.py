"""Dates as people type them after `from:` and `to:`: 2024, 2024-01, 2024-01-31."""

import calendar
import datetime as dt
import re

_DATE = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?)?")
_FIRST, _LAST = 1, dt.date.max.toordinal()


def bounds(field: str, text: str) -> tuple[int, int]:
    """(first, last) ordinal day that `from:text` or `to:text` lets through, both included; an empty range for no date."""
    days = days_of(text)
    if days is None:
        return _LAST, _FIRST
    return (days[0], _LAST) if field == "from" else (_FIRST, days[1])


def days_of(text: str) -> tuple[int, int] | None:
    """The first and last ordinal day of the year, month or day that `text` names; None where it names none."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(match[name]) if match[name] else None for name in ("year", "month", "day"))
    try:
        first = dt.date(year or 0, month or 1, day or 1)
        last_month = month or 12
        last = first if day else dt.date(first.year, last_month, calendar.monthrange(first.year, last_month)[1])
    except ValueError:
        return None
    return first.toordinal(), last.toordinal()
