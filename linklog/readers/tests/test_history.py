"""From readings to what is said of them."""

import datetime as dt

import pytest

from linklog.readers.history import change
from linklog.readers.models import FeedReading

pytestmark = pytest.mark.django_db

TODAY = dt.date(2025, 3, 21)


def told(days_ago: int, reader: str, subscribers: int, feed: str = "/atom/everything/") -> None:
    day = TODAY - dt.timedelta(days=days_ago)
    FeedReading.objects.create(day=day, feed=feed, reader=reader, subscribers=subscribers)


def test_all_readers_of_all_feeds_are_counted_now_and_a_week_and_a_month_ago() -> None:
    told(1, "Feedbin", 12)
    told(8, "Feedbin", 9)
    told(31, "Feedbin", 10)
    told(0, "Feedly", 5, "/atom/entries/")
    told(60, "NewsBlur", 100)
    found = change(TODAY)
    assert found is not None
    assert (found.now, found.in_a_week, found.in_a_month) == (17, 8, 7)


def test_where_no_reader_told_of_any_nothing_is_said() -> None:
    assert change(TODAY) is None
