"""How often a client may ask for something dear in a minute.

A reader's request never writes to the database, and memory of one process does not see the others: so a client's requests are counted
in a small file mapped into memory. A counter is chosen by a keyed hash of the client, so nobody can aim at another's; two clients
share one by chance once in `SLOTS`. Processes that count at the same instant may lose a count, which costs nothing here.
"""

import mmap
import os
import struct
import threading
import time
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

SLOTS = 65_536
_SLOT = struct.Struct("<II")  # the minute, and how often in it
_IPV6_CLIENT = 64  # bits: what a provider gives to one customer


def client_of(request: HttpRequest) -> str:
    """The network a request comes from: an IPv4 address or the first half of an IPv6 one; "" where that is not known.

    Behind a proxy that is trusted (LINKLOG_TRUST_PROXY) it is the last address in X-Forwarded-For, which the proxy wrote and the
    client cannot choose. A proxy that writes none leaves all clients unknown, for its own address would stand for all of them.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY:
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, _IPV6_CLIENT), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


class Budget:
    """So many times a minute for each client. `path` is the file of counters, made when it is first needed; 0 a minute means no limit."""

    def __init__(self, path: Path, a_minute: int) -> None:
        self.path, self.a_minute = path, a_minute
        self._lock = threading.Lock()
        self._counters: mmap.mmap | None = None

    def spend(self, client: str) -> int:
        """0 where `client` may go on, as one that is not known always may; otherwise the seconds until it may ask again."""
        if not self.a_minute or not client:
            return 0
        with self._lock:
            count = self._count(client) + 1
            _SLOT.pack_into(self._mapped(), self._place(client), _minute(), count)
        return 0 if count <= self.a_minute else seconds_left()

    def spent(self, client: str) -> int:
        """How often `client` asked in this minute, refusals included. Asking that costs nothing."""
        with self._lock:
            return self._count(client)

    def _count(self, client: str) -> int:
        minute, count = _SLOT.unpack_from(self._mapped(), self._place(client))
        return int(count) if minute == _minute() else 0

    def _place(self, client: str) -> int:
        digest = blake2b(client.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=4).digest()
        return int.from_bytes(digest) % SLOTS * _SLOT.size

    def _mapped(self) -> mmap.mmap:
        if self._counters is None:
            with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
                if os.fstat(file.fileno()).st_size < SLOTS * _SLOT.size:
                    file.truncate(SLOTS * _SLOT.size)
                self._counters = mmap.mmap(file.fileno(), SLOTS * _SLOT.size)
        return self._counters


def seconds_left() -> int:
    """Until the next minute, in which everyone has a new budget."""
    return max(1, 60 - int(time.time() % 60))


def _minute() -> int:
    return int(time.time() // 60)
