"""Searches as requests ask for them: answers are kept until something changes, a client has a budget, and a process so much room.

Readers of pages come first. A crawler that walks the facets spends its budget; many that walk together are held to a share of each
worker's time, those that asked most being refused first; and who goes on asking is refused by `linklog.search.middleware`, before
anything is read for it.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest

from linklog.core.budget import Allowance, Budget, client_of
from linklog.search import archive as archives
from linklog.search import embedding_models
from linklog.search.engine import Outcome, search
from linklog.search.request import Request

BUSY_SECONDS = 2  # after which a worker that has no time for searches may have some
NO_LIMIT = 1e9  # seconds
KEPT = 500  # answers of a worker
BUDGET = Budget(settings.HOME / "search-budget", settings.LINKLOG_SEARCH_BUDGET)
# Of a thread: searches take as long as the worker is busy, and so become fewer
ALLOWANCE = Allowance(share=0.2, most=1.0 if settings.LINKLOG_SEARCH_BUDGET else NO_LIMIT)
# Half of a worker's threads stay free for pages, whoever searches
_room = threading.BoundedSemaphore(max(1, settings.LINKLOG_THREADS // 2))
_kept: OrderedDict[tuple[Request, bool, int], Outcome] = OrderedDict()
_lock = threading.Lock()


class TooMany(Exception):
    """The client spent its budget, or the worker has no room; `seconds` tells when to ask again."""

    def __init__(self, seconds: int, is_busy: bool = False) -> None:
        super().__init__(seconds)
        self.seconds, self.is_busy = seconds, is_busy


def answer(request: Request, http_request: HttpRequest) -> Outcome:
    """The outcome of `request` for who asks: kept, or found now at the client's cost."""
    is_author = asks_for_drafts(request) and bool(http_request.user.is_staff)
    return _answer(request, is_author, http_request)


def public_answer(request: Request, http_request: HttpRequest) -> Outcome:
    """As `answer`, but the same for everyone: an author is shown no drafts either."""
    return _answer(request, False, http_request)


def curated_answer(request: Request) -> Outcome:
    """The outcome of a search that the author chose: the same for everyone, and it costs its readers nothing."""
    return _answer(request, False, None)


def _answer(request: Request, is_author: bool, payer: HttpRequest | None) -> Outcome:
    archive = archives.current()
    key = (request, is_author, archive.generation)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    if payer is not None and (seconds := BUDGET.spend(client_of(payer))):
        raise TooMany(seconds)
    with _one_of_few():
        outcome = search(request, is_author, archive)
    with _lock:
        if not outcome.is_partial and not embedding_models.is_resting():
            _kept[key] = outcome
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return outcome


def asks_for_drafts(request: Request) -> bool:
    """Whether the answer depends on who asks."""
    return any(one.name == "is" for one in request.query.fields())


def cache_control(request: Request) -> str:
    """What a cache may do with the answer: ask again each time, and be told 304; nothing where drafts may be in it."""
    return "private, no-store" if asks_for_drafts(request) else "no-cache"


def refusal(http_request: HttpRequest) -> TooMany | None:
    """Why this client is not even asked what it searches for; None where it is. The less time is left, the sooner."""
    client = client_of(http_request)
    if seconds := BUDGET.overdrawn(client):
        return TooMany(seconds)
    left = ALLOWANCE.left()
    return TooMany(BUSY_SECONDS) if not left or BUDGET.overdrawn(client, left) else None


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _room.acquire(blocking=False):
        raise TooMany(1, is_busy=True)
    try:
        yield
    finally:
        _room.release()
