"""Searches as requests ask for them: answers are kept until something changes, and a client has a budget for those found anew.

Readers of pages come first. `linklog.search.middleware` lets only so many searches in at a time, and refuses there, before anything
is read for it, who goes on asking past its budget; and while very many ask together, all but those who asked little.
"""

import threading
from collections import OrderedDict

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import ngettext

from linklog.core.budget import Budget, client_of, seconds_left
from linklog.search import archive as archives
from linklog.search import embedding_models
from linklog.search.engine import Outcome, search
from linklog.search.request import Request
from linklog.search.suggest import did_you_mean

KEPT = 500  # answers of a worker
BUDGET = Budget(settings.HOME / "search-budget", settings.LINKLOG_SEARCH_BUDGET)
PATIENCE = 20  # searches past its budget: who asks on after that is refused at the door
EVERYONE = "everyone"  # counted as a client, too
CROWD = 3  # times the budget of one: when all together ask more, they are many that walk the facets
FEW = 10  # searches of a client that are answered in a crowd as well
_kept: OrderedDict[tuple[Request, bool, int], Outcome] = OrderedDict()
_lock = threading.Lock()


class TooMany(Exception):
    """The client spent its budget; `seconds` tells when it has a new one."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        return refusal_sentence(self.seconds)


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
    if payer is not None:
        _charge(client_of(payer))
    outcome = search(request, is_author, archive)
    if not outcome.total:
        outcome.suggestion = did_you_mean(request)
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
    """Why this client is not even asked what it searches for; None where it is."""
    if not BUDGET.a_minute or not (client := client_of(http_request)):
        return None
    asked = BUDGET.spent(client)
    is_crowd = asked > FEW and BUDGET.spent(EVERYONE) > CROWD * BUDGET.a_minute
    return TooMany(seconds_left()) if is_crowd or asked > BUDGET.a_minute + PATIENCE else None


def refusal_sentence(seconds: int) -> str:
    sentence = "Too many searches. Try again in %(n)s second.", "Too many searches. Try again in %(n)s seconds."
    return ngettext(*sentence, seconds) % {"n": seconds}


def _charge(client: str) -> None:
    """Take a search off the client's budget. Those that no address tells apart have the crowd's together."""
    seconds = BUDGET.spend(client)
    BUDGET.spend(EVERYONE)
    if not client and BUDGET.spent(EVERYONE) > CROWD * BUDGET.a_minute > 0:
        seconds = seconds_left()
    if seconds:
        raise TooMany(seconds)
