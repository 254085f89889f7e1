"""One worker's searches, timed: `bench.search` starts this in a process of its own for each archive, whose LINKLOG_HOME it is given.

    LINKLOG_HOME=/tmp/large python -m bench.worker 5        (rounds; prints JSON)

Each search is timed in two ways: as `engine.search` (a page of 30 keys and all facets), and as /search.json through Django's test
client with its middleware, the posts and their snippets. No answer is kept between searches. Beside the time that passed stands the
time of processors, of this process and of PostgreSQL's for it: what would have passed had the machine nothing else to do.
"""

import json
import os
import random
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.resample import MARK

MEASURES = ("elapsed", "processor")
SLOWEST = 5  # searches named one by one

Search = tuple[int, str, str]  # place, kind, query string
Times = dict[Search, dict[str, list[float]]]  # milliseconds by measure


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "linklog.settings", "LINKLOG_SEARCH_BUDGET": "0"}
    import django

    django.setup()
    print(json.dumps(measured(int(sys.argv[1]))))


def measured(rounds: int) -> dict[str, Any]:
    """What this process' archive costs, as `bench.search` prints it."""
    from django.conf import settings
    from django.test import Client

    from linklog.search import archive

    made_of = json.loads(Path(settings.HOME, MARK).read_text())
    client = Client(headers={"host": "localhost"})
    client.get("/"), client.get("/search/nothing-here")  # what any worker has loaded
    before = resident()
    started = time.perf_counter()
    archive.current()
    reading = time.perf_counter() - started
    read = resident()
    from bench.queries import mixed

    searches = [(place, *search) for place, search in enumerate(mixed(made_of["originals"]))]
    engine, whole, partial = timed(searches, client, rounds)
    return made_of | {
        "reading_seconds": round(reading, 2),
        "memory_mb": {
            "before": before,
            "archive": read - before,
            "after": resident() - before,
            "peak": peak() - before,
        },
        "partial": partial,
        "engine": summary(engine),
        "json": summary(whole),
    }


def timed(searches: list[Search], client: Any, rounds: int) -> tuple[Times, Times, list[str]]:
    """The times of `engine.search`, those of /search.json, and which searches were ever answered in part."""
    from django.http import QueryDict

    from linklog.search import answers
    from linklog.search.engine import search
    from linklog.search.request import read

    clock = Clock()
    engine, whole = (defaultdict[Search, dict[str, list[float]]](lambda: defaultdict(list)) for _way in range(2))
    partial = set()
    for number in range(rounds):
        for asked in random.Random(number).sample(searches, len(searches)):
            query_string = asked[-1]
            with clock.running(engine[asked]):
                outcome = search(read(QueryDict(query_string)))
            answers._kept.clear()
            with clock.running(whole[asked]):
                response = client.get(f"/search.json?{query_string}")
            document = response.json()
            if outcome.is_partial or document.get("partial"):
                partial.add(query_string)
            else:
                assert document["total"] == outcome.total, query_string
    return engine, whole, sorted(partial)


class Clock:
    """Takes the time that passes, and that of processors: of this process, and of the database's where it is another."""

    def __init__(self) -> None:
        from django.db import connection

        connection.ensure_connection()
        info = getattr(connection.connection, "info", None)
        self.database = Path(f"/proc/{info.backend_pid}/schedstat") if info else None

    @contextmanager
    def running(self, taken: dict[str, list[float]]) -> Iterator[None]:
        """Add to `taken`, by measure, the milliseconds of what is done within."""
        started = self.now()
        yield
        for measure, begin, end in zip(MEASURES, started, self.now(), strict=True):
            taken[measure].append((end - begin) * 1000)

    def now(self) -> tuple[float, float]:
        elsewhere = int(self.database.read_text().split()[0]) / 1e9 if self.database else 0.0
        return time.perf_counter(), time.process_time() + elsewhere


def summary(times: Times) -> dict[str, Any]:
    """By measure, of the medians over rounds, percentiles over all searches and over those of each kind; and the slowest."""
    return {
        measure: _summary({asked: statistics.median(each[measure]) for asked, each in times.items()})
        for measure in MEASURES
    }


def _summary(medians: dict[Search, float]) -> dict[str, Any]:
    kinds: dict[str, list[float]] = {"all": list(medians.values())}
    for (_place, kind, _query), milliseconds in sorted(medians.items()):
        kinds.setdefault(kind, []).append(milliseconds)
    slowest = sorted(medians.items(), key=lambda item: -item[1])[:SLOWEST]
    return {
        "ms": {kind: percentiles(values) for kind, values in kinds.items()},
        "slowest": [{"query": query, "ms": round(milliseconds, 1)} for (_p, _k, query), milliseconds in slowest],
    }


def percentiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    places = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {name: round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 2) for name, share in places.items()}


def resident() -> int:
    """Megabytes of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**10


if __name__ == "__main__":
    main()
