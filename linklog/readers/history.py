"""From readings to lines over time: subscribers per feed, in all and for the readers that bring most."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from linklog.readers.models import FeedReading

REMEMBERED_DAYS = 14
FEEDS_SHOWN = 12
LINES_SHOWN = 4


@dataclass(frozen=True)
class FeedHistory:
    """A feed's subscribers on each of `days`: `total`, and the readers with most of them now, as (name, counts)."""

    feed: str
    days: list[dt.date]
    total: list[int]
    readers: list[tuple[str, list[int]]]

    @property
    def now(self) -> int:
        return self.total[-1]

    @property
    def rows(self) -> list[tuple[dt.date, int]]:
        """(day, total), the newest first."""
        return list(zip(self.days, self.total, strict=True))[::-1]


def histories(last: dt.date, days: int) -> list[FeedHistory]:
    """The feeds with the most subscribers on the day `last`, over the `days` up to it. One query."""
    first = last - dt.timedelta(days=days - 1)
    found = FeedReading.objects.filter(day__gte=first - dt.timedelta(days=REMEMBERED_DAYS), day__lte=last)
    told: dict[str, dict[str, dict[dt.date, int]]] = defaultdict(lambda: defaultdict(dict))
    for feed, reader, day, subscribers in (
        found.order_by().values_list("feed", "reader", "day", "subscribers").iterator()
    ):
        told[feed][reader][day] = subscribers
    shown = [first + dt.timedelta(days=number) for number in range(days)]
    feeds = [_history(feed, shown, readers) for feed, readers in told.items()]
    feeds = [history for history in feeds if any(history.total)]
    return sorted(feeds, key=lambda history: (-history.now, history.feed))[:FEEDS_SHOWN]


def _history(feed: str, days: list[dt.date], readers: dict[str, dict[dt.date, int]]) -> FeedHistory:
    lines = {reader: latest_counts(days, told) for reader, told in readers.items()}
    total = [sum(counts) for counts in zip(*lines.values(), strict=True)]
    most = sorted(lines.items(), key=lambda line: (-line[1][-1], -max(line[1]), line[0]))
    return FeedHistory(feed, days, total, most[:LINES_SHOWN])


@dataclass(frozen=True)
class Change:
    """Subscribers of all feeds now, and how many more (or fewer) than a week and 30 days before."""

    now: int
    in_a_week: int
    in_a_month: int


def change(last: dt.date) -> Change | None:
    """How subscribers changed up to the day `last`; None where no reader told of any. One query."""
    days = [last, last - dt.timedelta(days=7), last - dt.timedelta(days=30)]
    told: dict[tuple[str, str], dict[dt.date, int]] = defaultdict(dict)
    found = FeedReading.objects.filter(day__gte=days[-1] - dt.timedelta(days=REMEMBERED_DAYS), day__lte=last)
    for feed, reader, day, subscribers in found.order_by().values_list("feed", "reader", "day", "subscribers"):
        told[feed, reader][day] = subscribers
    if not told:
        return None
    now, week, month = (
        sum(counts) for counts in zip(*(latest_counts(days, one) for one in told.values()), strict=True)
    )
    return Change(now, now - week, now - month)


def latest_counts(days: Iterable[dt.date], told: dict[dt.date, int]) -> list[int]:
    """For each day what the reader told last, 0 when that is more than REMEMBERED_DAYS ago."""
    counts = []
    for day in days:
        recent = (day - dt.timedelta(days=ago) for ago in range(REMEMBERED_DAYS + 1))
        counts.append(next((told[one] for one in recent if one in told), 0))
    return counts
