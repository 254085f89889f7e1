"""Whether the index says what the posts say: everything it holds compared with the same worked out anew."""

from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np
from django.http import QueryDict
from pyroaring import BitMap

from linklog.core.vendor_sql import holding_phrase
from linklog.search import archive as archives
from linklog.search.archive import Archive, ManyValued, keys_of
from linklog.search.engine import matching
from linklog.search.index import HEAD
from linklog.search.models import Document, Facts, Posting
from linklog.search.request import read
from linklog.search.tests.brute_force import PlainPost, plain_posts

COLUMNS = ("kind", "day", "month", "site", "series", "flags", "published")


def found(q: str, is_author: bool = False, **parameters: str) -> set[int]:
    """The keys of all that a search finds now."""
    data = QueryDict(mutable=True)
    data.update({"q": q, **parameters})
    keys, is_partial = matching(read(data), archives.current(), is_author)
    assert not is_partial
    return set(keys_of(keys).tolist())


def assert_whole() -> None:
    """Documents, facts, postings, the database's index of phrases and the memory of this process: all say what the posts say."""
    posts = plain_posts()
    assert_documents(posts)
    assert_postings(posts)
    assert_phrases(posts)
    assert state(archives.current()) == state(Archive().followed())


def assert_documents(posts: list[PlainPost]) -> None:
    held = {row[0]: list(row[1:]) for row in Document.objects.values_list("pk", "title", "tags", "body", "page")}
    assert held == {post["key"]: [row.strip() for row in post["rows"]] for post in posts}
    assert set(Facts.objects.values_list("pk", flat=True)) == held.keys()


def assert_postings(posts: list[PlainPost]) -> None:
    wanted: dict[str, set[int]] = defaultdict(set)
    for post in posts:
        for place, row in enumerate(post["rows"]):
            for stem in row.split():
                wanted[stem].add(post["key"])
                if place < 2:
                    wanted[HEAD + stem].add(post["key"])
    held: dict[str, set[int]] = defaultdict(set)
    for word, documents in Posting.objects.values_list("word", "documents"):
        if keys := BitMap.deserialize(bytes(documents)):
            held[bytes(word).decode()] |= set(keys)
    assert held == wanted


def assert_phrases(posts: list[PlainPost], at_most: int = 40) -> None:
    """Of some pairs of neighbours in the texts, and of pairs that end one column and begin the next."""
    texts = [row.split() for post in posts for row in post["rows"]]
    pairs = {pair for text in texts for pair in pairwise(text)}
    apart = {(one[-1], other[0]) for one, other in pairwise(texts) if one and other}
    everything = np.array(sorted(post["key"] for post in posts), np.int64)
    for pair in [*sorted(pairs)[:: max(1, len(pairs) // at_most)], *sorted(apart)[:5]] if posts else []:
        wanted = [post["key"] for post in posts if any(f" {' '.join(pair)} " in row for row in post["rows"])]
        assert sorted(holding_phrase(pair, everything).tolist()) == wanted, pair


def state(archive: Archive) -> dict[str, Any]:
    """All that an archive says, in a form that does not tell how it came to say it."""
    keys = keys_of(archive.known)
    said: dict[str, Any] = {name: set(getattr(archive, name)) for name in ("known", "public", "scheduled", "drafts")}
    said |= {name: getattr(archive, name)[keys].tolist() for name in COLUMNS}
    for name in ("tag", "credit"):
        column = getattr(archive, name)
        assert isinstance(column, ManyValued)
        said[name] = {key: sorted(_values(column, key)) for key in keys.tolist()}
        said[f"{name} counts"] = {
            value: count for value, count in enumerate(archive.counts(name, keys).tolist()) if count
        }
        masked = archive.counts(name, keys, np.isin(np.arange(archive.size), keys))
        assert {value: count for value, count in enumerate(masked.tolist()) if count} == said[f"{name} counts"]
    return said


def _values(column: ManyValued, key: int) -> list[int]:
    return [int(value) for value in column.values[column.starts[key] : column.starts[key] + column.lengths[key]]]
