"""How much of something dear there may be: how often a client may ask for it in a minute, and how much of a process's time it takes.

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
PATIENCE = 2  # times its budget: who asks on past that is not answered politely any more
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
        now = time.time()
        minute = int(now // 60)
        with self._lock:
            counters = self._mapped()
            place = self._place(client)
            of_minute, count = _SLOT.unpack_from(counters, place)
            count = count + 1 if of_minute == minute else 1
            _SLOT.pack_into(counters, place, minute, count)
        return 0 if count <= self.a_minute else max(1, 60 - int(now % 60))

    def overdrawn(self, client: str, share: float = 1.0) -> int:
        """0, or for a client that asked on and on past this share of its budget the seconds until it may again. Costs nothing."""
        if not self.a_minute or not client:
            return 0
        now = time.time()
        with self._lock:
            of_minute, count = _SLOT.unpack_from(self._mapped(), self._place(client))
        if of_minute != now // 60 or count <= PATIENCE * share * self.a_minute:
            return 0
        return max(1, 60 - int(now % 60))

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


class Allowance:
    """How much of this process's time something dear may take: `share` seconds of each second, saved up to `most` seconds."""

    def __init__(self, share: float, most: float) -> None:
        self.share, self.most = share, most
        self._saved, self._at = most, time.monotonic()
        self._lock = threading.Lock()

    def left(self) -> float:
        """What is saved, as a part of what can be: from 0 to 1."""
        return max(0.0, self.spend(0.0) / self.most)

    def spend(self, seconds: float) -> float:
        """Take off what was used. Returns the seconds saved, below 0 where more was used than there were."""
        with self._lock:
            now = time.monotonic()
            self._saved = min(self.most, self._saved + (now - self._at) * self.share) - seconds
            self._at = now
            return self._saved
