"""Writes of the search index alone: what it holds of posts that stayed as they are."""

from collections.abc import Iterable

from linklog.core.vendor_sql import writing
from linklog.search import index, upkeep


@writing()
def reindex(keys: Iterable[int]) -> None:
    """Make what search knows of these posts anew: after its rules changed, or where it is missing."""
    index.update(keys)


@writing()
def doubt(keys: range) -> None:
    """Let what search knows of these posts count as made by other rules, so that it is made anew."""
    upkeep.doubt(keys)


def tidy_index() -> int:
    """Drop what the search index holds of posts that are gone. Returns how many rows were put right or dropped."""
    count = 0
    for some in upkeep.batches(upkeep.strays()):
        with writing():
            count += upkeep.prune(some)
    for some in upkeep.batches(upkeep.unheld_words()):
        with writing():
            count += upkeep.forget_words(some)
    return count


@writing()
def replaced() -> None:
    """This database took the place of another: tell every process that holds something of the other in memory."""
    upkeep.begin_anew()
