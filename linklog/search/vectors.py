"""The vectors of all posts in this process's memory: 154 MB for 100,000 posts of 384 numbers, gone through in some 20 ms.

They follow the same changes as `archive`, and are read when the first question by meaning is asked. Drafts are among them, so
whoever asks says among which posts to look.
"""

import threading
from collections.abc import Iterable, Sequence

import numpy as np
from pyroaring import BitMap

from linklog.search import embedding_models
from linklog.search.archive import FOLLOW_AT_MOST, NOTHING, Archive, Array, keys_of
from linklog.search.models import Change, Embedding

BLOCK = 4_096  # rows
_READ_AT_ONCE = 2_000


class Vectors:
    """The vectors as they stood at the change `seen`, in blocks that are only added to: no reader's copy changes.

    `owners` tells whose each row is; 0 is nobody's, of a post that has another by now or is gone.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self.generation = 0  # of the archive they follow
        self.seen = NOTHING
        self.blocks: list[Array] = []
        self.owners = np.zeros(0, np.int64)
        self.rows = np.zeros(0, np.int32)  # of each post, by its key; -1: it has none

    # Reading and following ---------------------------------------------------------------------------------------------

    def followed(self, archive: Archive) -> "Vectors":
        """These, or new ones with all that happened up to the state of `archive`."""
        changes = Change.objects.filter(pk__gte=self.seen[0], pk__lte=archive.seen[0]).order_by("pk")
        found = list(changes.values_list("pk", "post")[: FOLLOW_AT_MOST + 2])
        if len(found) > FOLLOW_AT_MOST or found[:1] != [self.seen]:
            vectors, rows = Vectors(self.model), Embedding.objects.filter(model=self.model)
        else:
            keys = {key for _pk, key in found[1:]}
            vectors, rows = self._without(keys), Embedding.objects.filter(model=self.model, pk__in=keys)
        vectors._add(rows.values_list("pk", "vector").iterator(_READ_AT_ONCE))
        vectors.seen, vectors.generation = archive.seen, archive.generation
        return vectors

    def _without(self, keys: Iterable[int]) -> "Vectors":
        vectors = Vectors(self.model)
        vectors.blocks, vectors.owners, vectors.rows = [*self.blocks], self.owners.copy(), self.rows.copy()
        rows = [row for key in keys if (row := self._row(key)) is not None]
        vectors.rows[vectors.owners[rows]] = -1
        vectors.owners[rows] = 0
        return vectors

    def _add(self, found: Iterable[tuple[int, bytes | memoryview]]) -> None:
        keys = []
        for key, data in found:
            vector = np.frombuffer(bytes(data), "<f4")
            if not len(vector) or (self.blocks and len(vector) != self.blocks[0].shape[1]):
                continue  # a post that says nothing, or a model that changed under its name
            row = len(self.owners) + len(keys)
            if row == len(self.blocks) * BLOCK:
                self.blocks.append(np.zeros((BLOCK, len(vector)), np.float32))
            self.blocks[row // BLOCK][row % BLOCK] = vector
            keys.append(key)
        size = max([len(self.rows), *(key + 1 for key in keys)])
        rows = np.full(size, -1, np.int32)
        rows[: len(self.rows)] = self.rows
        rows[keys] = np.arange(len(self.owners), len(self.owners) + len(keys))
        self.owners, self.rows = np.concatenate([self.owners, np.array(keys, np.int64)]), rows

    # Asking --------------------------------------------------------------------------------------------------------------

    def of(self, key: int) -> Array | None:
        """The vector of a post; None if it has none."""
        row = self._row(key)
        return None if row is None else self.blocks[row // BLOCK][row % BLOCK]

    def nearest(self, vector: Array, number: int, among: BitMap) -> list[int]:
        """The keys of the posts of `among` that are most like `vector`, the most alike first."""
        if not self.blocks or len(vector) != self.blocks[0].shape[1]:
            return []
        is_among = np.zeros(len(self.rows), bool)
        held = keys_of(among)
        is_among[held[held < len(self.rows)]] = True
        is_among[0] = False
        likeness = np.concatenate([block @ vector for block in self.blocks])[: len(self.owners)]
        places = np.flatnonzero(is_among[self.owners])
        if len(places) > number:
            places = places[np.argpartition(-likeness[places], number)[:number]]
        return list(self.owners[places[np.argsort(-likeness[places], kind="stable")]].tolist())

    def by_likeness(self, keys: Sequence[int], vector: Array) -> list[int]:
        """Those of `keys` that have a vector, the most like `vector` first: for hundreds, of which not all need be gone through."""
        held = {key: one for key in keys if (one := self.of(key)) is not None and len(one) == len(vector)}
        return sorted(held, key=lambda key: -float(held[key] @ vector))

    def _row(self, key: int) -> int | None:
        return int(self.rows[key]) if key < len(self.rows) and self.rows[key] >= 0 else None


_current = Vectors("")
_lock = threading.Lock()


def current(archive: Archive) -> Vectors:
    """The vectors made by the model in use, no older than `archive`."""
    global _current
    with _lock:
        if _current.model != embedding_models.name():
            _current = Vectors(embedding_models.name())
        if _current.generation < archive.generation:
            _current = _current.followed(archive)
        return _current


def forget() -> None:
    """Read everything anew at the next use: for tests, whose database is put back between them."""
    global _current
    with _lock:
        _current = Vectors("")
