"""A large archive out of a small one: real posts imported as ever, then drawn at random again and again until there are enough.

    LINKLOG_HOME=/tmp/large python -m bench.resample 100000

A copy has the text, tags and credits of its original, an address and identifiers of its own, and another day. Days are drawn at random
too, so that the order of keys is not that of dates, which is the harder case. The vocabulary does not grow with the archive; how often
a word occurs does, and that is what a search costs. Rows are multiplied by the database, postings by arithmetic on keys: nothing is
analysed a second time. Only for a scratch database: while it is built, it is not safe against a power cut.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import numpy as np

CORPUS = Path(__file__).parents[2] / "shared/corpus/weblog-2002-2010.json.gz"
SEED = 2002
MOST_DAYS = 6_000  # that a copy is younger than its original
AT_ONCE = 50_000  # copies
MARK = "resampled.json"  # in the folder of a site that is whole: what it was made of

Integers = np.ndarray[tuple[int], np.dtype[np.int64]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Fill the empty site at LINKLOG_HOME.")
    parser.add_argument("size", type=int, help="how many posts; 0: only the originals")
    arguments = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "linklog.settings"
    import django

    django.setup()
    build(arguments.size)


def build(size: int) -> None:
    """Fill the site of this process with `size` posts, or the originals alone where they are more."""
    from django.conf import settings

    from linklog.posts.models import Post

    started = time.perf_counter()
    import_originals()
    originals = Post.objects.count()
    if size > originals:
        multiply(size - originals, originals)
    seconds = round(time.perf_counter() - started, 1)
    made_of = {"posts": Post.objects.count(), "originals": originals, "corpus": corpus_name(), "seconds": seconds}
    (settings.HOME / MARK).write_text(json.dumps(made_of))
    say(f"{made_of['posts']:,} posts in {seconds:.0f} s")


def corpus_name() -> str:
    return "a weblog's posts of 2002 to 2010" if CORPUS.exists() else "the demo's posts, for want of a larger corpus"


def import_originals() -> None:
    from django.core.management import call_command
    from django.db.models import Max

    from linklog.demo.management.commands.demo import Command
    from linklog.ops import installation
    from linklog.posts.models import Post

    installation.prepare()
    if CORPUS.exists():
        call_command("import", str(CORPUS), verbosity=0)
    else:
        call_command(Command(), "--no-serve", "--quiet")
    if Post.objects.aggregate(last=Max("pk"))["last"] != Post.objects.count():
        raise SystemExit("bench.resample: the originals must be the only posts there ever were")


def multiply(number: int, originals: int) -> None:
    """Add `number` copies of posts drawn from the first `originals`."""
    chance = np.random.default_rng(SEED)
    sources = chance.integers(1, originals + 1, number)
    days = chance.integers(1, MOST_DAYS, number)
    database = import_module("bench.resample_sql").of_this_database()
    database.begin()
    keys = np.arange(originals + 1, originals + 1 + number)
    for start in range(0, number, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        database.copy(keys[part].tolist(), sources[part].tolist(), days[part].tolist())
        say(f"{min(start + AT_ONCE, number):,} of {number:,} copies")
    write_postings(np.concatenate([np.arange(1, originals + 1), sources]), originals)
    say("the index of phrases")
    database.finish()


def write_postings(sources: Integers, originals: int) -> None:
    """Replace every posting by one of all copies. `sources` are the originals of the posts 1, 2, 3 and so on."""
    from linklog.search.models import Posting

    copies = np.argsort(sources, kind="stable") + 1
    ends = np.cumsum(np.bincount(sources, minlength=originals + 1))
    starts = np.concatenate([[0], ends[:-1]])
    held = originals_by_word()
    Posting.objects.all().delete()
    rows: list[Posting] = []
    for place, (word, documents) in enumerate(held, 1):
        keys = np.sort(np.concatenate([copies[starts[one] : ends[one]] for one in documents]))
        rows += [Posting(word=word, chunk=chunk, documents=documents) for chunk, documents in chunks(keys)]
        if len(rows) >= AT_ONCE or place == len(held):
            Posting.objects.bulk_create(rows, batch_size=5_000)
            rows = []
            say(f"{place:,} of {len(held):,} words")


def originals_by_word() -> list[tuple[bytes, Sequence[int]]]:
    from pyroaring import BitMap

    from linklog.search.models import Posting

    rows = Posting.objects.order_by("word").values_list("word", "documents")
    return [(bytes(word), list(BitMap.deserialize(bytes(documents)))) for word, documents in rows]


def chunks(keys: Integers) -> Iterator[tuple[int, bytes]]:
    """(chunk, its bitmap) of the sorted `keys`, as the index writes them."""
    from linklog.search.archive import bitmap_of
    from linklog.search.models import CHUNK

    of_keys = keys // CHUNK
    borders = np.flatnonzero(np.diff(of_keys)) + 1
    for part in np.split(keys, borders):
        yield int(part[0] // CHUNK), bitmap_of(part).serialize()


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
