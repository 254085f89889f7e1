"""What facets count, of every post, in this process's memory: arrays of integers indexed by the post's key, and bitmaps of keys.

A million posts take some 60 MB and a second to read. Each use first asks the database which posts changed since (one indexed row),
so memory follows every write of every process. Whoever may not see drafts searches `public`, from which drafts and what is
scheduled are absent; what is scheduled appears when its time comes.
"""

import copy
import heapq
import threading
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from django.db.models import Max
from pyroaring import BitMap

from linklog.core.vendor_sql import integers
from linklog.posts.models import Credit, PostTag
from linklog.search.index import Flag
from linklog.search.models import Change, Facts

Array = np.ndarray

READ_AT_ONCE = 50_000  # keys, so that reading a large archive leaves no large holes in memory
FOLLOW_AT_MOST = 1_000  # changes; behind by more, everything is read anew
KEPT_BITMAPS = 500
LATEST = 20_000  # posts in the order of their dates are kept at hand
PATIENCE_SECONDS = 0.2  # to wait for another thread that takes in changes
_SPARE = 1_024  # room for new posts before the arrays must grow
_COLUMNS = {"kind": np.uint8, "day": np.int32, "site": np.int32, "series": np.int32, "flags": np.uint8}
_COLUMNS |= {"published": np.int64}
_FACTS = ("post_id", *_COLUMNS)
_KEY_BITS = 24  # of the order of posts: 16 million keys below the seconds of its date
NOTHING = (0, 0)  # a change that no database has


class ManyValued:
    """For each post, any number of values above 0: a pool of (owner, value) pairs, sorted at first, and where each owner's begin.

    Owners are as wide as numpy's own indexes, or each count would first have to make them so.
    """

    def __init__(self, size: int, owners: Array, values: Array) -> None:
        self.owners, self.values = owners, values
        self.used = len(self.values)
        self.lengths = np.bincount(self.owners, minlength=size).astype(np.int32)
        self.starts = (np.cumsum(self.lengths) - self.lengths).astype(np.int32)

    def __copy__(self) -> "ManyValued":
        copied = object.__new__(ManyValued)
        vars(copied).update({name: copy.copy(value) for name, value in vars(self).items()})
        return copied

    def grow(self, size: int) -> None:
        self.lengths, self.starts = _grown(self.lengths, size), _grown(self.starts, size)

    def put(self, key: int, values: Sequence[int]) -> None:
        """Replace the values of a post. Its old ones stay in the pool as 0, which nothing counts."""
        if list(values) == self.of(key):
            return
        self.values[self.starts[key] : self.starts[key] + self.lengths[key]] = 0
        end = self.used + len(values)
        if end > len(self.values):
            self.owners, self.values = _grown(self.owners, 2 * end), _grown(self.values, 2 * end)
        self.owners[self.used : end], self.values[self.used : end] = key, list(values)
        self.starts[key], self.lengths[key], self.used = self.used, len(values), end

    def counts(self, keys: Array, is_in: Array | None) -> Array:
        """How many of the posts `keys` have each value, by value. `is_in` is the same set as a mask, for when it is large."""
        if is_in is not None:
            found = self.values[: self.used].compress(is_in.take(self.owners[: self.used]))
        else:
            lengths = self.lengths[keys]
            ends = np.cumsum(lengths)
            found = self.values[
                np.repeat(self.starts[keys] - (ends - lengths), lengths) + np.arange(ends[-1] if len(ends) else 0)
            ]
        counts = np.bincount(found, minlength=1)
        counts[0] = 0
        return counts

    def pairs(self, is_in: Array) -> tuple[Array, Array]:
        """(post, value) of every value of the posts in the mask `is_in`. A value 0 is none."""
        chosen = is_in[self.owners[: self.used]]
        return self.owners[: self.used][chosen], self.values[: self.used][chosen]

    def of(self, key: int) -> list[int]:
        """The values of a post."""
        values: list[int] = self.values[self.starts[key] : self.starts[key] + self.lengths[key]].tolist()
        return values

    def holders(self, value: int) -> Array:
        """The keys of the posts that have `value`."""
        return self.owners[: self.used][self.values[: self.used] == value]


class Archive:
    """The facts of all posts, as they stood at the change `seen`. Each differs from the one before it by its `generation`."""

    def __init__(self, generation: int = 0) -> None:
        self.generation = generation + 1
        self.seen = NOTHING
        self.known = BitMap()
        self._due: list[tuple[int, int]] = []  # a heap of what is scheduled: when, and which
        self._bitmaps: dict[tuple[str, int], BitMap] = {}
        self._made: dict[str, Any] = {}

    # Reading and following ---------------------------------------------------------------------------------------------

    def followed(self) -> "Archive":
        """This archive, or a new one where other writers did something since or a post's time has come: a reader keeps what it has.

        The last change seen must be there still; where it is not, too many came after it, or this is another database.
        """
        changes = Change.objects.filter(pk__gte=self.seen[0]).order_by("pk").values_list("pk", "post")
        found = list(changes[: FOLLOW_AT_MOST + 2])
        archive = self
        if len(found) > FOLLOW_AT_MOST or found[:1] != [self.seen]:
            archive = Archive(self.generation)
            archive._read()
        elif len(found) > 1:
            archive = self._copy()
            archive._take({key for _pk, key in found[1:]})
            archive.seen = found[-1]
        return archive._at(int(time.time()))

    def _copy(self) -> "Archive":
        """One that can be changed without this one changing."""
        archive = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, (np.ndarray, BitMap, ManyValued, list)):
                setattr(archive, name, copy.copy(value))
        archive._bitmaps, archive._made, archive.generation = {}, {}, self.generation + 1
        return archive

    def _at(self, now: int) -> "Archive":
        """With everything public that is due."""
        if not self._due or self._due[0][0] > now:
            return self
        archive = self._copy()
        while archive._due and archive._due[0][0] <= now:
            _when, key = heapq.heappop(archive._due)
            if key in archive.scheduled and archive.published[key] <= now:
                archive.scheduled.discard(key)
                archive.public.add(key)
        return archive

    def _read(self) -> None:
        self.seen = Change.objects.order_by("-pk").values_list("pk", "post").first() or NOTHING
        size = (Facts.objects.aggregate(newest=Max("pk"))["newest"] or 0) + 1 + _SPARE
        columns = {name: np.zeros(size, kind) for name, kind in _COLUMNS.items()}
        known = BitMap()
        for start in range(0, size, READ_AT_ONCE):
            bounds = (start, min(start + READ_AT_ONCE, size) - 1)  # what comes meanwhile is followed afterwards
            keys, *values = integers(_FACTS, "search_facts WHERE post_id BETWEEN %s AND %s", bounds)
            known |= bitmap_of(keys)
            for column, read in zip(columns.values(), values, strict=True):
                column[keys] = read
        self.size, self.known = size, known
        self.kind, self.day, self.site, self.series, self.flags, self.published = columns.values()
        self.month = _months(self.day)
        self.tag = ManyValued(size, *self._pairs(PostTag._meta.db_table, "tag_id"))
        self.credit = ManyValued(size, *self._pairs(Credit._meta.db_table, "person_id"))
        self._sort_out(known)

    def _pairs(self, table: str, value: str) -> tuple[Array, Array]:
        """(post, value) of each row, sorted by post."""
        all_owners, all_values = [], []
        for start in range(0, self.size, READ_AT_ONCE):
            bounds = (start, min(start + READ_AT_ONCE, self.size) - 1)
            owners, values = integers(["post_id", value], f"{table} WHERE post_id BETWEEN %s AND %s", bounds)
            order = np.argsort(owners, kind="stable")
            all_owners.append(owners[order])
            all_values.append(values[order].astype(np.int32))
        return np.concatenate(all_owners), np.concatenate(all_values)

    def _sort_out(self, known: BitMap) -> None:
        """Who is public, scheduled or a draft, from the columns."""
        keys = keys_of(known)
        is_draft = (self.flags[keys] & Flag.DRAFT) > 0
        self.drafts = bitmap_of(keys[is_draft])
        rest = keys[~is_draft]
        later = self.published[rest] > int(time.time())
        self.public, self.scheduled = bitmap_of(rest[~later]), bitmap_of(rest[later])
        self._due = [(int(self.published[key]), int(key)) for key in rest[later]]
        heapq.heapify(self._due)

    def _take(self, keys: set[int]) -> None:
        """Read the facts of these posts anew."""
        rows = {row["post_id"]: row for row in Facts.objects.filter(pk__in=keys).values(*_FACTS)}
        tags, credits = (
            _grouped(table.objects.filter(post__in=keys).values_list("post_id", value).order_by("position"))
            for table, value in ((PostTag, "tag_id"), (Credit, "person_id"))
        )
        self._grow(max(keys))
        for key in keys:
            for bitmap in (self.public, self.scheduled, self.drafts, self.known):
                bitmap.discard(key)
            row = rows.get(key)
            if row is not None:
                self._put(key, row)
            self.tag.put(key, tags.get(key, []) if row else [])
            self.credit.put(key, credits.get(key, []) if row else [])

    def _put(self, key: int, row: dict[str, int]) -> None:
        for name in _FACTS[1:]:
            getattr(self, name)[key] = row[name]
        self.month[key] = _months(np.array([row["day"]]))[0]
        self.known.add(key)
        if row["flags"] & Flag.DRAFT:
            self.drafts.add(key)
        elif row["published"] > time.time():
            self.scheduled.add(key)
            heapq.heappush(self._due, (row["published"], key))
        else:
            self.public.add(key)

    def _grow(self, key: int) -> None:
        if key < self.size:
            return
        self.size = key + 1 + max(_SPARE, key // 4)
        for name in (*_FACTS[1:], "month"):
            setattr(self, name, _grown(getattr(self, name), self.size))
        self.tag.grow(self.size)
        self.credit.grow(self.size)

    # Asking --------------------------------------------------------------------------------------------------------------

    def having(self, name: str, value: int) -> BitMap:
        """The keys of the posts whose `name` (kind, site, series, month, tag, credit) is `value`, or holds it. Not to be changed."""
        found = self._bitmaps.get((name, value))
        if found is None:
            if len(self._bitmaps) >= KEPT_BITMAPS:
                self._bitmaps.clear()
            column = getattr(self, name)
            keys = column.holders(value) if isinstance(column, ManyValued) else np.flatnonzero(column == value)
            found = self._bitmaps[(name, value)] = bitmap_of(keys)
        return found

    def having_any(self, name: str) -> BitMap:
        """The keys of the posts that have any `name` at all (tag, credit)."""
        return bitmap_of(np.flatnonzero(getattr(self, name).lengths))

    def between(self, name: str, first: int, last: int) -> BitMap:
        """The keys of the posts whose `name` (day, month) lies from `first` to `last`."""
        column = getattr(self, name)
        return bitmap_of(np.flatnonzero((column >= first) & (column <= last)))

    def flagged(self, flag: Flag) -> BitMap:
        return bitmap_of(np.flatnonzero(self.flags & np.uint8(flag)))

    def counts(self, name: str, keys: Array, is_in: Array | None = None) -> Array:
        """How many of the posts `keys` have each value of `name`, by value."""
        column = getattr(self, name)
        return column.counts(keys, is_in) if isinstance(column, ManyValued) else np.bincount(column[keys], minlength=1)

    def pairs(self, name: str, within: BitMap) -> tuple[Array, Array]:
        """(post, value) of every value of `name` that the posts `within` have. A value 0 is none."""
        keys, column = keys_of(within), getattr(self, name)
        return column.pairs(self.mask(keys)) if isinstance(column, ManyValued) else (keys, column[keys])

    def mask(self, keys: Array) -> Array:
        """Whether a post is among `keys`, by its key."""
        mask = np.zeros(self.size, bool)
        mask[keys] = True
        return mask

    def mask_if_many(self, keys: Array) -> Array | None:
        """The mask, where looking through everything in order is quicker than at each of `keys`."""
        return self.mask(keys) if len(keys) * 8 > self.size else None

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` returns, found once for as long as nothing changes. Not to be changed."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def newest(self, keys: Array, number: int) -> Array:
        """The first `number` of the posts `keys` by date, the newest first; of one date, the higher key first."""
        if len(keys) > LATEST:  # then there are most likely enough of them among the latest of all
            latest = self.once("latest", lambda: self._sorted(keys_of(self.known), LATEST))
            found: Array = latest[self.mask(keys)[latest]][:number]
            if len(found) == number:
                return found
        return self._sorted(keys, number)

    def _sorted(self, keys: Array, number: int) -> Array:
        order = (self.published[keys] << _KEY_BITS) + keys
        if len(keys) > number:
            chosen = np.argpartition(order, len(keys) - number)[len(keys) - number :]
            keys, order = keys[chosen], order[chosen]
        return keys[np.argsort(-order)]


def _grown(column: Array, size: int) -> Array:
    grown = np.zeros(size, column.dtype)
    grown[: len(column)] = column
    return grown


def _months(days: Array) -> Array:
    """Proleptic ordinals (1 is 0001-01-01) as months counted from year 0; 0 for no day."""
    months = (days.astype(np.int64) - 719_163).astype("datetime64[D]").astype("datetime64[M]").astype(
        np.int64
    ) + 1970 * 12
    return np.where(days > 0, months, 0).astype(np.int32)


def bitmap_of(keys: Array) -> BitMap:
    return BitMap(
        array("I", keys.astype(np.uint32).tobytes())
    )  # an array is taken as it is, many times faster than numpy's


def keys_of(bitmap: BitMap) -> Array:
    """The keys in `bitmap`, in order."""
    return np.frombuffer(bitmap.to_array(), dtype=np.uint32).astype(np.int64) if bitmap else np.zeros(0, np.int64)


def _grouped(rows: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    grouped: dict[int, list[int]] = {}
    for key, value in rows:
        grouped.setdefault(key, []).append(value)
    return grouped


_current = Archive()
_lock = threading.Lock()


def current() -> Archive:
    """The facts of all posts as they are now, of which nothing changes while it is used.

    While another thread reads a large archive anew, which takes seconds, the one before it is what there is.
    """
    global _current
    if not _lock.acquire(timeout=PATIENCE_SECONDS if _current.seen != NOTHING else -1):
        return _current
    try:
        _current = _current.followed()
        return _current
    finally:
        _lock.release()


def knowing(key: int) -> Archive:
    """The facts as this process followed them last, or as they are now where it has not met `key`: for what may be a little old.

    Costs no query where the post is known. What the database must be asked about all the same is whether a post is public.
    """
    return _current if key in _current.known else current()


def forget() -> None:
    """Read everything anew at the next use: for tests, whose database is put back between them."""
    global _current
    with _lock:
        _current = Archive(_current.generation)
