"""What the fetcher takes from real servers at most: bytes, time, and turns."""

import gzip
import math
import os
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise

import brotli
import pytest

from linklog.core import http
from linklog.core.http import fetch, turns
from linklog.core.tests.fetching import (
    CHUNKED,
    SECONDS,
    TOO_LARGE,
    TOO_SLOW,
    UNREACHABLE,
    SiteOf,
    sentence,
)
from linklog.core.tests.other_site import answer, redirect

pytestmark = pytest.mark.usefixtures("only_one_address_is_public")


# Sizes ---------------------------------------------------------------------------------------------------------------
@cache
def bomb(coding: str) -> bytes:
    """Much of nothing: 300 MB in 296 kB of gzip, 50 MB in less of Brotli."""
    if coding == "br":
        return brotli.compress(bytes(50_000_000), quality=1)
    packer, million = zlib.compressobj(9, wbits=31), bytes(1_000_000)
    first, following = (packer.compress(million) + packer.flush(zlib.Z_FULL_FLUSH) for _time in range(2))
    return first + following * 299


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("br", brotli.compress),
        ("x-gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("identity", bytes),
        ("", bytes),
    ],
)
def test_a_packed_page_is_unpacked(site_of: SiteOf, coding: str, pack: Callable[[bytes], bytes]) -> None:
    assert fetch(site_of(answer(pack(b"<p>Hello"), Content_Encoding=coding)).url).body == b"<p>Hello"


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_bomb_is_cut(site_of: SiteOf, coding: str) -> None:
    site = site_of(answer(bomb(coding), Content_Encoding=coding))
    began = time.monotonic()
    found = fetch(site.url)
    assert (found.body, found.is_cut) == (bytes(5_000_000), True)
    assert time.monotonic() - began < 5


def test_a_bomb_in_a_bomb_is_unpacked_once_or_not_at_all(site_of: SiteOf) -> None:
    twice = gzip.compress(bomb("gzip"))
    assert len(twice) < 2_000
    assert fetch(site_of(answer(twice, Content_Encoding="gzip")).url).body == bomb("gzip")
    assert sentence(site_of(answer(twice, Content_Encoding="gzip, gzip")).url) == UNREACHABLE
    both = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + b"Content-Encoding: gzip\r\n" * 2 + b"\r\n" + twice
    assert sentence(site_of(both).url) == UNREACHABLE


@pytest.mark.parametrize(
    ("coding", "body"),
    [("deflate", zlib.compress(b"<p>")), ("deflate", b"\x03\x00"), ("zstd", b"\x28\xb5\x2f\xfd"), ("compress", b"\x1f\x9d"),
     ("gzip", b"<p>"), ("br", b"\xff\xff\xff<p>"), ("br, gzip", b""), ("aes128gcm", b""), ("*", b"")],
)  # fmt: skip
def test_a_coding_that_was_not_asked_for_is_refused(site_of: SiteOf, coding: str, body: bytes) -> None:
    assert sentence(site_of(answer(body, Content_Encoding=coding)).url) == UNREACHABLE


def endless(piece: bytes, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n") -> Iterator[bytes]:
    yield head
    while True:
        yield piece


def test_of_an_endless_page_the_first_part_is_used(site_of: SiteOf) -> None:
    found = fetch(site_of(lambda path, request: endless(b"a" * 65_536)).url)
    assert found.is_cut
    assert 2_000_000 <= len(found.body) <= 2_000_000 + http.connections.MAX_HEADER


def test_of_a_large_page_the_first_part_is_used(site_of: SiteOf) -> None:
    found = fetch(site_of(answer(b"a" * 10_000_000)).url)
    assert found.is_cut
    assert not fetch(site_of(answer(b"a" * 1_000)).url, max_bytes=1_000).is_cut
    assert fetch(site_of(answer(b"a" * 1_001)).url, max_bytes=1_000).body == b"a" * 1_000


def test_a_page_in_countless_pieces_is_cut(site_of: SiteOf) -> None:
    found = fetch(site_of(lambda path, request: endless(b"1\r\na\r\n" * 500, CHUNKED)).url)
    assert (found.body, found.is_cut) == (b"a" * http.MAX_PIECES, True)


def test_what_is_no_page_is_read_whole_or_not_at_all(site_of: SiteOf) -> None:
    site = site_of(answer(b"[" * 1_001, content_type="application/json"))
    assert sentence(site.url, accept=["application/json"], max_bytes=1_000) == TOO_LARGE
    assert fetch(site.url, accept=["application/json"], max_bytes=1_001).body == b"[" * 1_001


def numbered_headers() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for number in range(100_000):
        yield b"X-%d: a\r\n" % number
    yield b"Content-Type: text/html\r\n\r\n"


@pytest.mark.parametrize(
    "reply",
    [
        numbered_headers,
        lambda: endless(b"a" * 10_000, b"HTTP/1.1 200 OK\r\nX-Long: "),
        lambda: endless(b"HTTP/1.1 100 Continue\r\n\r\n", b""),
        lambda: endless(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", b""),
        lambda: endless(b"\r\n" * 1_000, b""),
    ],
)
def test_a_flood_of_headers_is_left(site_of: SiteOf, reply: Callable[[], Iterator[bytes]]) -> None:
    began = time.monotonic()
    assert sentence(site_of(lambda path, request: reply()).url) in (TOO_LARGE, UNREACHABLE)
    assert time.monotonic() - began < 5


def test_bombs_and_floods_need_little_memory(site_of: SiteOf) -> None:
    """Measured in a process of its own: the growth of its largest size."""
    sites = [
        site_of(answer(bomb("gzip"), Content_Encoding="gzip")),
        site_of(answer(bomb("br"), Content_Encoding="br")),
        site_of(lambda path, request: endless(b"a" * 65_536)),
        site_of(lambda path, request: endless(b"1\r\na\r\n" * 500, CHUNKED)),
        site_of(lambda path, request: numbered_headers()),
    ]
    program = f"""
import pathlib, re, django
django.setup()
from linklog.core.http import FetchError, fetch
def largest():
    return int(re.search(r"VmHWM:\\s*(\\d+) kB", pathlib.Path("/proc/self/status").read_text())[1])
before = largest()
for url in {[site.url for site in sites]}:
    try:
        fetch(url)
    except FetchError:
        pass
print((largest() - before) / 1024)
"""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "linklog.settings",
        "LINKLOG_FETCH_PORTS": "*",
        "LINKLOG_FETCH_NETWORKS": "127.0.0.1/32",
    }
    child = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert all(site.requests for site in sites)
    assert float(child.stdout) < 50  # MB


# Times ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n", b"a"),
        (CHUNKED, b"1\r\na\r\n"),
        (CHUNKED, b"1"),
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        (b"HTTP/1.1 302 Found\r\nLocation: /", b"a"),
    ],
)
def test_a_site_that_sends_drop_by_drop_is_left_at_the_deadline(site_of: SiteOf, head: bytes, piece: bytes) -> None:
    def drops(path: str, request: str) -> Iterator[bytes]:
        yield head
        while site.wait(0.05):
            yield piece

    site = site_of(drops)
    began = time.monotonic()
    assert sentence(site.url, seconds=SECONDS) == TOO_SLOW
    assert SECONDS <= time.monotonic() - began < SECONDS + 3


def test_all_hops_together_have_one_deadline(site_of: SiteOf) -> None:
    def reply(path: str, request: str) -> Iterator[bytes]:
        site.wait(0.1)
        yield redirect(f"{path}a")

    site = site_of(reply)
    began = time.monotonic()
    assert sentence(site.url, seconds=SECONDS) == TOO_SLOW
    assert time.monotonic() - began < SECONDS + 3


def test_a_site_that_says_nothing_is_left(site_of: SiteOf, monkeypatch: pytest.MonkeyPatch) -> None:
    def silence(path: str, request: str) -> Iterator[bytes]:
        site.wait(60)
        yield b""

    site = site_of(silence)
    monkeypatch.setitem(http._TIMEOUTS, "read", 0.2)
    began = time.monotonic()
    assert sentence(site.url) == TOO_SLOW
    assert time.monotonic() - began < 5


def test_a_resolver_that_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: answered.wait(60) and [])
    began = time.monotonic()
    assert sentence("http://a.example/", seconds=0.3) == UNREACHABLE
    assert time.monotonic() - began < 5
    answered.set()


# Being no burden -----------------------------------------------------------------------------------------------------
def at_once(work: Callable[[], object], times: int) -> None:
    threads = [threading.Thread(target=work) for _time in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_host_is_asked_once_at_a_time(site_of: SiteOf) -> None:
    inside: list[int] = []
    most: list[int] = []

    def slowly(path: str, request: str) -> bytes:
        inside.append(1)
        most.append(len(inside))
        site.wait(0.02)
        inside.pop()
        return answer()

    site = site_of(slowly)
    at_once(lambda: fetch(site.url), 10)
    assert most == [1] * 10


def test_who_waits_for_others_waits_no_longer_than_the_deadline(site_of: SiteOf) -> None:
    with turns.turn("127.0.0.1", math.inf, 0):
        assert sentence("http://127.0.0.1/", seconds=0.1) == TOO_SLOW


def test_background_work_leaves_a_host_its_rest(site_of: SiteOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "GAP_SECONDS", 0.1)
    times: list[float] = []

    def reply(path: str, request: str) -> bytes:
        times.append(time.monotonic())
        return redirect("/there") if path == "/" else answer()

    site = site_of(reply)
    at_once(lambda: fetch(site.url, patiently=True, seconds=0.3), 3)
    assert len(times) == 6
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.1


def test_the_rest_is_two_seconds() -> None:
    assert http.GAP_SECONDS == 2.0


def test_what_is_remembered_of_hosts_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "GAP_SECONDS", 0.0)
    for number in range(100):
        with turns.turn(f"{number}.example", math.inf, 0):
            pass
    assert len(turns._ended) <= 1
