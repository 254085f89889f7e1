"""One worker's searches, timed: `bench.search` starts this in a process of its own for each archive, whose LINKLOG_HOME it is given.

    LINKLOG_HOME=/tmp/large python -m bench.worker 5        (rounds; prints JSON)

Each search is timed twice: as `engine.search` (a page of 30 keys and all facets), and as /search.json through Django's test client with
its middleware, the posts and their snippets. No answer is kept between searches.
"""

import json
import os
import random
import resource
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench.resample import MARK

SLOWEST = 5  # searches named one by one


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

    times, partial = timed(mixed(made_of["originals"]), client, rounds)
    return made_of | {
        "reading_seconds": round(reading, 2),
        "memory_mb": {
            "before": before,
            "archive": read - before,
            "after": resident() - before,
            "peak": peak() - before,
        },
        "partial": partial,
        "engine": summary(times["engine"]),
        "json": summary(times["json"]),
    }


def timed(searches: list[tuple[str, str]], client: Any, rounds: int) -> tuple[dict[str, Any], int]:
    """({way of asking: {search: milliseconds, the median of `rounds`}}, how many answers were partial)."""
    from django.http import QueryDict

    from linklog.search import answers
    from linklog.search.engine import search
    from linklog.search.request import read

    taken: dict[str, dict[Any, list[float]]] = {"engine": defaultdict(list), "json": defaultdict(list)}
    partial = set()
    for number in range(rounds):
        for place in random.Random(number).sample(range(len(searches)), len(searches)):
            kind, query_string = searches[place]
            started = time.perf_counter()
            outcome = search(read(QueryDict(query_string)))
            taken["engine"][(place, kind, query_string)].append((time.perf_counter() - started) * 1000)
            answers._kept.clear()
            started = time.perf_counter()
            response = client.get(f"/search.json?{query_string}")
            taken["json"][(place, kind, query_string)].append((time.perf_counter() - started) * 1000)
            assert response.status_code == 200, query_string
            assert response.json()["total"] == outcome.total, query_string
            if outcome.is_partial:
                partial.add(place)
    medians = {way: {key: statistics.median(each) for key, each in found.items()} for way, found in taken.items()}
    return medians, len(partial)


def summary(medians: dict[tuple[int, str, str], float]) -> dict[str, Any]:
    """Percentiles over all searches and over those of each kind, and the slowest."""
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
    at = {
        name: ordered[min(int(len(ordered) * share), len(ordered) - 1)] for name, share in (("p50", 0.5), ("p95", 0.95))
    }
    return {name: round(value, 2) for name, value in {**at, "max": ordered[-1]}.items()}


def resident() -> int:
    """Megabytes of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**10


if __name__ == "__main__":
    main()
