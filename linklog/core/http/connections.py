"""Connections to public servers alone: a host is resolved once, every address is checked, and one that was checked is connected to.

So neither a name that changes its mind nor one with two addresses leads inside. What comes over a connection is measured, and all of
it ends with one deadline; the client library's own time limits are for each read and so never end a site that sends a byte a second.
"""

import queue
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpcore2
from django.conf import settings

from linklog.core.http.addresses import IPAddress, is_public

MAX_HEADER = 64_000  # bytes of an answer before its body, interim answers included
RESOLVE_SECONDS = 5.0


class NotPublic(Exception):
    """An address that nobody may connect to."""


class TooMuch(Exception):
    """The site sends more than it may."""


@dataclass
class Deadline:
    """The moment, by the monotonic clock, when everything ends."""

    at: float

    def left(self, most: float | None = None) -> float:
        """The seconds until then, `most` at most. Raises ReadTimeout when there are none."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout("the time for everything is over")
        return seconds if most is None else min(seconds, most)


class Line(httpcore2.SyncBackend):
    """Makes one connection and measures it. `allowance` is how many bytes may yet be read: at first those of a header."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline, self.allowance = deadline, MAX_HEADER
        self.stream: httpcore2.NetworkStream | None = None

    def close(self) -> None:
        if self.stream:
            self.stream.close()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any
    ) -> httpcore2.NetworkStream:
        refused: Exception = httpcore2.ConnectError("the name is not known")
        for address in _checked_addresses(host, port, self.deadline):
            try:
                stream = super().connect_tcp(str(address), port, self.deadline.left(timeout))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                refused = error
                continue
            if ip_address(stream.get_extra_info("server_addr")[0]) != address:
                stream.close()
                raise NotPublic(f"{address} became another one")
            return _Stream(stream, self)
        raise refused

    def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> httpcore2.NetworkStream:
        raise NotPublic(path)


class _Stream(httpcore2.NetworkStream):
    """A connection within its line's deadline and allowance."""

    def __init__(self, stream: httpcore2.NetworkStream, line: Line) -> None:
        self._stream, self._line = stream, line
        line.stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._line.allowance <= 0:
            raise TooMuch
        data = self._stream.read(min(max_bytes, self._line.allowance), self._line.deadline.left(timeout))
        self._line.allowance -= len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._line.deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = self._line.deadline.left(timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._line)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _checked_addresses(host: str, port: int, deadline: Deadline) -> list[IPAddress]:
    """What `host` resolves to. One address among them that may not be reached forbids them all."""
    addresses = [ip_address(found) for found in _resolved(host, port, deadline.left(RESOLVE_SECONDS))]
    for address in addresses:
        if not is_public(address) and not any(address in network for network in settings.LINKLOG_FETCH_NETWORKS):
            raise NotPublic(str(address))
    return addresses


def _resolved(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of `host`, each once. The system's resolver knows no deadline, so it works in a thread that may be left behind."""
    answers: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def resolve() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        answers.put(list(dict.fromkeys(str(address[0]) for *_, address in found)))

    threading.Thread(target=resolve, daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except queue.Empty:
        return []
