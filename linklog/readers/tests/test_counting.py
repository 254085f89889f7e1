"""How subscribers are counted: in memory while readers wait, in the table a minute later."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import DatabaseError
from django.test import Client

from linklog.readers import counting
from linklog.readers.models import FeedReading

NOON = dt.datetime(2025, 3, 21, 12, tzinfo=dt.UTC)
FEED = "/atom/everything/"
FEEDBIN = "Feedbin feed-id:1234 - {} subscribers"


@pytest.fixture(autouse=True)
def _noon():
    counting._gathering.take()
    with time_machine.travel(NOON, tick=False):
        yield
    counting._gathering.take()


def rows() -> list[tuple[str, str, str, int]]:
    return [(str(row.day), row.feed, row.reader, row.subscribers) for row in FeedReading.objects.all()]


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        ("Feedbin feed-id:1234 - 12 subscribers", ("Feedbin", 12)),
        ("Feedly/1.0 (+http://www.feedly.com/fetcher.html; 1 subscriber; like FeedFetcher-Google)", ("Feedly", 1)),
        (
            "NewsBlur Feed Fetcher - 7 subscribers - https://newsblur.com/site/1 (Mozilla/5.0 (Macintosh) Safari)",
            ("NewsBlur", 7),
        ),
        ("Mozilla/5.0 (compatible; Bloglovin/1.0; http://www.bloglovin.com; 3 subscribers)", ("Bloglovin", 3)),
        (
            "Mozilla/5.0 (compatible; theoldreader.com; 10000000 subscribers; feed-id=a)",
            ("theoldreader.com", 10_000_000),
        ),
        ("Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 0 subscribers; )", ("Inoreader", 0)),
        ("5 subscribers", ("5", 5)),
        ("A" * 300 + " 5 subscribers", ("A" * 100, 5)),
        ("Reader (10000001 subscribers)", None),
        ("Reader (99999999999999999999 subscribers)", None),
        ("Reader (1,234 subscribers)", None),
        ("Reader (-5 subscriberships)", None),
        ("Mozilla/5.0 Firefox/140.0", None),
        ("Reader " + "x" * 2000 + " 5 subscribers", None),
        ("", None),
    ],
)
def test_a_reader_is_known_by_its_product_and_what_it_tells(user_agent: str, told: tuple[str, int] | None) -> None:
    assert counting.parse(user_agent) == told


def test_no_query_is_made_while_a_reader_waits() -> None:
    """Without the `db` fixture a query is an error."""
    counting.record(FEED, FEEDBIN.format(12))
    assert counting._gathering.pending == {(NOON.date(), FEED, "Feedbin"): 12}


def test_a_feed_request_is_counted_whether_answered_in_full_or_by_304(client: Client, db: None) -> None:
    first = client.get(FEED, headers={"User-Agent": FEEDBIN.format(3)})
    again = client.get(FEED, headers={"User-Agent": FEEDBIN.format(4), "If-None-Match": first["ETag"]})
    client.get("/rss/everything/?before=2020-01-01", headers={"User-Agent": FEEDBIN.format(5)})
    client.get("/tags/unknown.atom", headers={"User-Agent": FEEDBIN.format(6)})
    client.get("/", headers={"User-Agent": FEEDBIN.format(7)})
    assert again.status_code == 304
    assert rows() == []
    assert counting.flush() == 2
    assert rows() == [("2025-03-21", FEED, "Feedbin", 4), ("2025-03-21", "/rss/everything/", "Feedbin", 5)]


def test_a_day_keeps_the_most_that_was_told_and_each_day_its_own(db: None) -> None:
    for count in (5, 9, 7):
        counting.record(FEED, FEEDBIN.format(count))
    counting.flush()
    for count in (8, 6):
        counting.record(FEED, FEEDBIN.format(count))
    assert counting.flush() == 0
    counting.record(FEED, FEEDBIN.format(11))
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
        counting.record(FEED, FEEDBIN.format(4))
        assert counting.flush() == 2
    assert rows() == [("2025-03-21", FEED, "Feedbin", 11), ("2025-03-22", FEED, "Feedbin", 4)]


def test_nothing_new_costs_one_read_and_no_write(db: None, django_assert_num_queries) -> None:
    counting.record(FEED, FEEDBIN.format(5))
    counting.flush()
    counting.record(FEED, FEEDBIN.format(5))
    with django_assert_num_queries(1):
        counting.flush()
    with django_assert_num_queries(0):
        counting.flush()


def test_a_lower_count_of_another_process_does_not_replace_a_higher(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other process writes between our read and our write."""
    bulk_create = FeedReading.objects.bulk_create
    day = NOON.date()

    def other_first(*args, **kwargs):
        FeedReading.objects.create(day=day, feed=FEED, reader="Feedbin", subscribers=9)
        return bulk_create(*args, **kwargs)

    monkeypatch.setattr(FeedReading.objects, "bulk_create", other_first)
    counting.record(FEED, FEEDBIN.format(5))
    counting.flush()
    assert rows() == [("2025-03-21", FEED, "Feedbin", 9)]


def test_what_could_not_be_written_is_kept_for_the_next_time(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args, **kwargs):
        raise DatabaseError("gone")

    counting.record(FEED, FEEDBIN.format(5))
    with monkeypatch.context() as patch:
        patch.setattr(FeedReading.objects, "bulk_create", fail)
        assert counting.flush() == 0
    counting.record(FEED, FEEDBIN.format(3))
    assert counting.flush() == 1
    assert rows() == [("2025-03-21", FEED, "Feedbin", 5)]


def test_made_up_names_cannot_fill_the_memory() -> None:
    for number in range(counting.MAX_KEYS + 50):
        counting.record(FEED, f"Reader{number} - 5 subscribers")
    counting.record(FEED, "Reader0 - 6 subscribers")
    told = counting._gathering.take()
    assert len(told) == counting.MAX_KEYS
    assert told[NOON.date(), FEED, "Reader0"] == 6


def test_a_long_path_is_cut_and_still_written(db: None) -> None:
    counting.record("/tags/" + "x" * 500 + ".atom", "Reader - 5 subscribers")
    assert counting.flush() == 1


def test_many_threads_lose_no_count() -> None:
    def tell(first: int) -> None:
        for number in range(first, first + 100):
            counting.record(f"/tags/t{number}.atom", f"Reader - {number + 1} subscribers")

    threads = [threading.Thread(target=tell, args=(number * 50,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counting._gathering.take()) == 450


def test_a_thread_is_started_by_the_first_count_and_only_where_requests_are_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = []
    monkeypatch.setattr(counting, "_keep_flushing", lambda: started.append(threading.current_thread().daemon))
    monkeypatch.setattr(counting, "_thread", None)
    counting.record(FEED, FEEDBIN.format(5))
    assert started == []
    monkeypatch.setattr(counting, "_is_serving", True)
    counting.record(FEED, FEEDBIN.format(5))
    assert counting._thread is not None
    counting._thread.join()
    assert started == [True]


def test_a_forked_process_begins_with_nothing_told() -> None:
    counting.record(FEED, FEEDBIN.format(5))
    before = counting._gathering
    counting._begin_again()
    assert counting._gathering.pending == {}
    assert before.pending


def test_the_wsgi_application_counts() -> None:
    import linklog.wsgi

    assert linklog.wsgi.application
    for thread in threading.enumerate():
        if thread.name == "search-archive":  # not to meet the database of the next test
            thread.join()
    assert counting._is_serving
    counting._is_serving = False
