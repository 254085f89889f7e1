"""Lists that have addresses of their own: the posts of a tag, a person, a kind, a month, and what is counted beside them.

A list is what it has fixed, as pairs of a column of the archive and a value. Which posts it holds, in what order and how many, is
known in memory; the rows of a page are then read by key, and only those that the database, too, holds for public.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.http import HttpRequest
from pyroaring import BitMap

from linklog.posts.models import KINDS
from linklog.posts.paging import PAGE_SIZE, Cursor, PostPage, page_by
from linklog.search.archive import Archive, Array, keys_of
from linklog.search.facets import FACETS

Fixed = tuple[tuple[str, int], ...]

UNKNOWN = -1  # a value that no post has
TAGS = 24  # counted beside a list, those used most
KEPT = 500  # lists whose counts are


@dataclass(frozen=True)
class Counts:
    """How many posts a list holds, and how many of them have each value. Tags are keys."""

    total: int
    kinds: list[tuple[str, int]]
    years: list[tuple[str, int]]
    tags: list[tuple[int, int]]


@dataclass(frozen=True)
class Used:
    """A label of public posts, how many they are, and when the newest of them was published."""

    label: Any
    n: int
    latest: dt.datetime


def of_kind(kind: str) -> Fixed:
    return (("kind", list(KINDS).index(kind)),)


def of_month(year: int, month: int) -> Fixed:
    return (("month", year * 12 + month - 1),)


def of_tags(keys: list[int]) -> Fixed:
    """The list of posts that have every one of these tags."""
    return tuple(("tag", key) for key in keys)


def of_person(key: int) -> Fixed:
    return (("credit", key),)


def posts_of(archive: Archive, fixed: Fixed) -> BitMap:
    """The keys of the public posts of a list."""
    found = archive.public
    for name, value in fixed:
        found = found & archive.having(name, value)
    return found


def page_of(request: HttpRequest, archive: Archive, fixed: Fixed, size: int = PAGE_SIZE) -> PostPage:
    """The page of a list that `?before=` asks for. No more is sorted than it shows."""
    keys = keys_of(posts_of(archive, fixed))
    return page_by(request, lambda cursor, number: newest_before(archive, keys, cursor, number), size)


def newest_before(archive: Archive, keys: Array, cursor: Cursor | None, number: int) -> list[int]:
    """The first `number` of the posts `keys` that stand behind `cursor`, the newest first. The archive knows dates to the second."""
    if cursor is not None:
        (stamp, key), published = cursor, archive.published[keys]
        if key is None:
            keys = keys[published < stamp.timestamp()]
        else:
            second = int(stamp.timestamp())
            keys = keys[(published < second) | ((published == second) & (keys < key))]
    found: list[int] = archive.newest(keys, number).tolist()
    return found


def counts_of(archive: Archive, fixed: Fixed) -> Counts:
    """What is counted beside a list: kept, for so many lists, until something changes."""
    kept: dict[Fixed, Counts] = archive.once("lists", dict)
    found = kept.get(fixed)
    if found is None:
        if len(kept) >= KEPT:
            kept.clear()
        found = kept[fixed] = _counts(archive, posts_of(archive, fixed))
    return found


def days_of(archive: Archive, fixed: Fixed) -> dict[dt.date, int]:
    """How many posts of a list stand on each day that has any."""
    days, counts = np.unique(archive.day[keys_of(posts_of(archive, fixed))], return_counts=True)
    return {dt.date.fromordinal(day): n for day, n in zip(days.tolist(), counts.tolist(), strict=True) if day}


def used(archive: Archive, name: str, labels: QuerySet[Any]) -> list[Used]:
    """Those of `labels` (of the column `name`: tag, credit, series) that public posts have, in their order: one query."""
    counts, latest = _uses(archive, name)
    known = len(counts)
    return [
        Used(label, int(counts[label.pk]), dt.datetime.fromtimestamp(int(latest[label.pk]), dt.UTC))
        for label in labels
        if label.pk < known and counts[label.pk]
    ]


def most_used(archive: Archive, name: str, number: int) -> list[int]:
    """The keys of the labels that most public posts have, of those as many the older label first."""
    counts, _latest = _uses(archive, name)
    return [key for key, _n in _most(counts, number)]


def _counts(archive: Archive, found: BitMap) -> Counts:
    keys = keys_of(found)
    is_in = archive.mask_if_many(keys)
    kinds, years = (FACETS[name].counts(archive, keys, is_in) for name in ("type", "year"))
    return Counts(len(keys), kinds, years, _most(archive.counts("tag", keys, is_in), TAGS))


def _uses(archive: Archive, name: str) -> tuple[Array, Array]:
    """By label: how many public posts have it, and when the newest of them was published. Found once until something changes."""
    found: tuple[Array, Array] = archive.once(
        f"uses of {name}", lambda: _counted(*archive.pairs(name, archive.public), archive)
    )
    return found


def _counted(owners: Array, values: Array, archive: Archive) -> tuple[Array, Array]:
    counts = np.bincount(values, minlength=1)
    counts[0] = 0
    latest = np.zeros(len(counts), np.int64)
    np.maximum.at(latest, values, archive.published[owners])
    return counts, latest


def _most(counts: Array, number: int) -> list[tuple[int, int]]:
    """(value, count) of the largest counts above 0."""
    values = np.flatnonzero(counts)
    values = values[np.argsort(-counts[values], kind="stable")[:number]]
    return list(zip(values.tolist(), counts[values].tolist(), strict=True))
