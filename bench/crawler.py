"""Readers beside a crawler: do those who read pages notice that somebody walks every facet of search as fast as he can?

    python -m bench.crawler [SECONDS]

A real server with two workers and a corpus (the demo's posts where there is none). Fifty readers open front page, posts, tag pages
and feeds and pause between them, so long that the server works at half of what it can; then a crawler with 16 requests in flight
walks 20,000 addresses that facets link to, from one address and from 200. Readers and crawler are processes of their own.
"""

import asyncio
import itertools
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).parents[1]
CORPUS = ROOT.parent / "shared" / "corpus" / "weblog-2002-2010.json.gz"
DEMO = ROOT / "linklog" / "demo" / "content.json"
READERS, WORKERS, IN_FLIGHT, ADDRESSES, WALKED = 50, 2, 16, 200, 20_000
CALIBRATION_SECONDS, LEAD_SECONDS, ROUNDS = 8, 2, 3
TARGET = 2.0  # times the p99 without a crawler


@dataclass
class Seen:
    """What a process met: seconds that answers took, and how many there were of each status; 0 is none at all."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    lasted: float = 0.0

    def __iadd__(self, other: "Seen") -> "Seen":
        self.seconds += other.seconds
        self.statuses += other.statuses
        self.lasted += other.lasted
        return self

    @property
    def rate(self) -> float:
        return sum(self.statuses.values()) / self.lasted

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)]


class Connection:
    """One kept connection, opened again where the server closed it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.writer: asyncio.StreamWriter | None = None

    async def get(self, path: str, address: str) -> int:
        """The status of the answer, read whole; 0 where there was none."""
        try:
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
            head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\n\r\n"
            self.writer.write(head.encode())
            answer = (await self.reader.readuntil(b"\r\n\r\n")).lower()
            length = re.search(rb"content-length: (\d+)", answer)
            await self.reader.readexactly(int(length[1]) if length else 0)
            if b"connection: close" in answer:
                self.close()
            return int(answer.split(b" ", 2)[1])
        except (OSError, asyncio.IncompleteReadError, ValueError):
            self.close()
            return 0

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.writer = None


def read(port: int, paths: Sequence[str], seconds: float, pause: float) -> Seen:
    """Fifty readers for so many seconds, who pause for `pause` seconds on average."""

    async def reader(number: int, seen: Seen, end: float) -> None:
        chance, connection = random.Random(number), Connection(port)
        await asyncio.sleep(min(chance.random() * pause, seconds))
        while (begun := time.monotonic()) < end:
            status = await connection.get(chance.choice(paths), f"198.51.100.{number}")
            seen.seconds.append(time.monotonic() - begun)
            seen.statuses[status] += 1
            rest = chance.expovariate(1 / pause) if pause else 0
            await asyncio.sleep(max(0.0, min(rest, end - time.monotonic())))
        connection.close()

    return asyncio.run(_together(seconds, [lambda seen, end, n=n: reader(n, seen, end) for n in range(READERS)]))


def crawl(port: int, paths: Sequence[str], seconds: float, addresses: int) -> Seen:
    """A crawler that goes from one of `paths` to the next, and from one of its addresses to the next, without a pause."""
    todo = itertools.cycle(zip(paths, itertools.cycle(f"203.0.113.{n}" for n in range(addresses)), strict=False))

    async def walk(seen: Seen, end: float) -> None:
        connection = Connection(port)
        while (begun := time.monotonic()) < end:
            path, address = next(todo)
            seen.statuses[await connection.get(path, address)] += 1
            seen.seconds.append(time.monotonic() - begun)
        connection.close()

    return asyncio.run(_together(seconds, [walk] * IN_FLIGHT))


async def _together(seconds: float, tasks: Sequence) -> Seen:
    seen, begun = Seen(), time.monotonic()
    await asyncio.gather(*(task(seen, begun + seconds) for task in tasks))
    seen.lasted = time.monotonic() - begun
    return seen


# The site ------------------------------------------------------------------------------------------------------------------


def environment(home: str) -> dict[str, str]:
    """Of a process that works on the site in `home`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("LINKLOG_", "DATABASE_URL"))}
    return {**own, "LINKLOG_HOME": home, "LINKLOG_TRUST_PROXY": "true", "DJANGO_SETTINGS_MODULE": "linklog.settings"}


def linklog(home: str, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "linklog", *arguments], env=environment(home), check=True, stdout=subprocess.DEVNULL
    )


@contextmanager
def served(variables: dict[str, str]) -> Iterator[int]:
    """The site that these variables of the environment name, served on the port that is given."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "linklog", "serve", "--port", str(port), "--workers", str(WORKERS)]
    server = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                fetch(port, "/healthz")
                break
            except OSError:
                if server.poll() is not None:
                    raise
                time.sleep(0.1)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def fetch(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def pages(port: int) -> list[str]:
    """What readers open: of ten pages three front pages, four posts, two tag pages, one feed."""
    chance = random.Random(4)

    def some(sitemap: str, number: int) -> list[str]:
        found = re.findall(r"<loc>https?://[^/<]+([^<]+)</loc>", fetch(port, sitemap))
        return chance.choices(found, k=number)

    feeds = ["/atom/everything/", "/rss/everything/", "/json/everything/", "/atom/links/"]
    return ["/"] * 300 + some("/sitemap-1.xml", 400) + some("/sitemap-tags.xml", 200) + feeds * 25


def facet_addresses(home: str, number: int) -> list[str]:
    """The first `number` addresses that a walk over the facets' links finds, breadth first, in an order of chance."""
    os.environ.update(environment(home))
    import django

    django.setup()
    from django.http import QueryDict

    from linklog.search.engine import search
    from linklog.search.presentation import facets_of
    from linklog.search.request import read as read_request

    found, todo = dict.fromkeys(["/search/"]), deque(["/search/"])
    while todo and len(found) < number:
        request = read_request(QueryDict(todo.popleft().partition("?")[2]))
        values = [value for facet in facets_of(request, search(request)) for value in facet.values]
        new = dict.fromkeys(url for value in values for url in (value.choose_url, value.exclude_url) if url)
        todo.extend(url for url in new if url not in found)
        found |= new
    addresses = list(found)[:number]
    random.Random(4).shuffle(addresses)
    return addresses


# The run -------------------------------------------------------------------------------------------------------------------


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    with (
        tempfile.TemporaryDirectory(prefix="linklog-bench-") as home,
        ProcessPoolExecutor(2, mp_context=get_context("spawn")) as others,
    ):
        linklog(home, "init")
        linklog(home, "import", str(CORPUS if CORPUS.exists() else DEMO), "--quiet")
        walked = others.submit(facet_addresses, home, WALKED).result()
        with served(environment(home)) as port:
            sys.exit(measure(port, walked, seconds, others))


def measure(port: int, walked: list[str], seconds: float, others: ProcessPoolExecutor) -> int:
    """Print a line for each part; 1 where anybody got an answer that is an error. Parts take turns, for machines have moods."""
    paths = pages(port)
    full = others.submit(read, port, paths, CALIBRATION_SECONDS, 0).result()
    pause = READERS / (full.rate / 2)
    print(f"{READERS} readers, {WORKERS} workers; at most {full.rate:.0f} pages a second, half of that from here on")
    print(f"The crawler: {len(walked):,} addresses of facets, {IN_FLIGHT} requests in flight\n")
    parts = {0: "readers alone", 1: "crawler from one address", ADDRESSES: f"crawler from {ADDRESSES} addresses"}
    reading, crawling = ({addresses: Seen() for addresses in parts} for _role in range(2))
    for _round, addresses in itertools.product(range(ROUNDS), parts):
        lasts = seconds / ROUNDS
        crawler = others.submit(crawl, port, walked, lasts + LEAD_SECONDS, addresses) if addresses else None
        time.sleep(LEAD_SECONDS)
        reading[addresses] += others.submit(read, port, paths, lasts, pause).result()
        if crawler:
            crawling[addresses] += crawler.result()
    print(f"{'':<28}{'pages/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'ratio':>8}   the crawler's answers")
    for addresses, name in parts.items():
        seen, told = reading[addresses], crawling[addresses]
        ratio = f"{seen.percentile(0.99) / reading[0].percentile(0.99):.2f}" if addresses else ""
        answers = f"{told.rate:,.0f}/s: {dict(sorted(told.statuses.items()))}" if addresses else ""
        print(
            f"{name:<28}{seen.rate:>9.0f}{seen.percentile(0.5):>9.1f}{seen.percentile(0.99):>9.1f}{ratio:>8}   {answers}"
        )
    errors = sum(n for seen in reading.values() for status, n in seen.statuses.items() if status != 200)
    errors += sum(n for told in crawling.values() for status, n in told.statuses.items() if status not in (200, 429))
    print(f"\nErrors: {errors}. Wanted: a ratio of {TARGET:g} at most.")
    return 1 if errors else 0


if __name__ == "__main__":
    main()
