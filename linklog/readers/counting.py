"""From the User-Agent of a feed reader to rows of FeedReading, without a query in the reader's request.

Services that fetch a feed once for many people say so: "Feedbin - 12 subscribers". What they say is kept in the memory of this
process and written once a minute by a thread; nothing is written when nothing grew. At most a minute of it is lost in a crash:
readers come again within the hour.
"""

import atexit
import datetime as dt
import logging
import os
import re
import threading

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from linklog.core.xml import strip_illegal
from linklog.readers.models import MAX_FEED_LENGTH, MAX_READER_LENGTH, FeedReading

Key = tuple[dt.date, str, str]

FLUSH_SECONDS = 60
MAX_KEYS = 1_000
MAX_SUBSCRIBERS = 10_000_000
MAX_USER_AGENT_LENGTH = 1_000

_SUBSCRIBERS = re.compile(r"(?<![\d.,])([0-9]{1,12}) subscribers?\b")
_PRODUCT = re.compile(r"[^\s/;,()]+")

logger = logging.getLogger(__name__)


def parse(user_agent: str) -> tuple[str, int] | None:
    """(name of the feed reader, its subscribers); None where it tells of none, or of more than there can be."""
    user_agent = strip_illegal(user_agent[:MAX_USER_AGENT_LENGTH])
    match = _SUBSCRIBERS.search(user_agent)
    if match is None or int(match[1]) > MAX_SUBSCRIBERS:
        return None
    name = _PRODUCT.match(user_agent.strip())
    if (
        name is None or name[0] == "Mozilla"
    ):  # names itself within the comment: "(compatible; Reader/1.0; 3 subscribers)"
        parts = [part.strip(" -+") for part in re.split("[;,()]", user_agent[: match.start()])]
        parts = [part for part in parts if part and "://" not in part]
        name = _PRODUCT.match(parts[-1]) if parts else name
    return (name[0][:MAX_READER_LENGTH] if name else "?"), int(match[1])


class Gathering:
    """What was told since the last write: bounded, shared by the threads of a process, never by two processes."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pending: dict[Key, int] = {}

    def add(self, key: Key, subscribers: int) -> None:
        """Keep the highest count per key. Beyond MAX_KEYS new ones are dropped, so that made-up names cost no memory."""
        with self.lock:
            if key in self.pending or len(self.pending) < MAX_KEYS:
                self.pending[key] = max(subscribers, self.pending.get(key, 0))

    def take(self) -> dict[Key, int]:
        """All of it; the gathering is empty afterwards."""
        with self.lock:
            taken, self.pending = self.pending, {}
        return taken


_gathering = Gathering()


def record(feed: str, user_agent: str) -> None:
    """Note what this reader of the feed at path `feed` tells of its subscribers. Touches memory alone."""
    told = parse(user_agent)
    if told is not None:
        reader, subscribers = told
        _gathering.add((timezone.localdate(), feed[:MAX_FEED_LENGTH], reader), subscribers)
        _see_to_thread()


def flush() -> int:
    """Write what was gathered, each day's highest count. Returns how many rows changed.

    When the database does not answer, everything is kept for the next time.
    """
    taken = _gathering.take()
    try:
        return _write(taken)
    except DatabaseError:
        logger.warning("Subscriber counts could not be written; kept for the next time.", exc_info=True)
        for key, subscribers in taken.items():
            _gathering.add(key, subscribers)
        return 0


def _write(told: dict[Key, int]) -> int:
    """One read; one short transaction if anything grew. Safe beside other processes: a lower count never replaces a higher."""
    if not told:
        return 0
    days, feeds = {key[0] for key in told}, {key[1] for key in told}
    rows = FeedReading.objects.filter(day__in=days, feed__in=feeds).order_by()
    known = {(row.day, row.feed, row.reader): row.subscribers for row in rows}
    grown = sorted((key, count) for key, count in told.items() if count > known.get(key, -1))
    if not grown:
        return 0
    new = [FeedReading(day=day, feed=feed, reader=reader, subscribers=count) for (day, feed, reader), count in grown]
    with transaction.atomic():
        FeedReading.objects.bulk_create(new, ignore_conflicts=True, batch_size=200)
        for (day, feed, reader), count in grown:
            FeedReading.objects.filter(day=day, feed=feed, reader=reader, subscribers__lt=count).update(
                subscribers=count
            )
    return len(grown)


# The thread ----------------------------------------------------------------------------------------------------------------

_is_serving = False
_thread: threading.Thread | None = None
_starting = threading.Lock()


def start() -> None:
    """From now on, write once a minute from a thread, and once more at the end of the process. For processes that serve."""
    global _is_serving
    if not _is_serving:
        _is_serving = True
        atexit.register(flush)
        os.register_at_fork(after_in_child=_begin_again)


def _begin_again() -> None:
    """In a forked child: the parent's counts are the parent's to write, and its locks may be held by threads that are gone."""
    global _gathering, _starting
    _gathering, _starting = Gathering(), threading.Lock()


def _see_to_thread() -> None:
    """The thread is started by the first count in each process, so that a server may fork when it likes."""
    global _thread
    if _is_serving and (_thread is None or not _thread.is_alive()):
        with _starting:
            if _thread is None or not _thread.is_alive():
                _thread = threading.Thread(target=_keep_flushing, name="feed-readers", daemon=True)
                _thread.start()


def _keep_flushing() -> None:
    wait = threading.Event().wait
    while not wait(FLUSH_SECONDS):
        try:
            flush()
        except Exception:
            logger.exception("Subscriber counts could not be written.")
        finally:
            connection.close()
