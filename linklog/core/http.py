"""The only way out to the network: one fetch that reaches nothing but public servers, and never more of them than it should.

Each hop is resolved once, every address it resolves to is checked, and the connection goes to the one that was checked, so that
neither a redirect nor a name that changes its mind leads inside. There are no cookies, no credentials and no proxies. Whatever goes
wrong is a FetchError whose text is for the author; what exactly it was goes to the log alone, for nobody shall learn about the
network by asking for pages.
"""

import logging
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import urljoin

import httpcore2
from django.conf import settings
from django.utils.translation import gettext as _

from linklog import __version__
from linklog.core import coding
from linklog.core.addresses import IPAddress, WebAddress, is_public, parse

HTML_TYPES = ("text/html", "application/xhtml+xml")
MAX_REDIRECTS = 5
MAX_HEADER = 64_000  # bytes of an answer before its body, interim answers included
MAX_WIRE = 2_000_000  # bytes of a body as it is sent
CONNECT_SECONDS, READ_SECONDS = 3.0, 5.0
GAP_SECONDS = 2.0  # between two requests that background work makes of one host
_TIMEOUTS = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS}
_CLIENT_ERRORS = (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError, OSError, ValueError)
logger = logging.getLogger(__name__)


class FetchError(Exception):
    """Why a page could not be read, as a sentence for the author. `status` is what the site answered, 0 if it did not."""

    def __init__(self, sentence: str, detail: object = "", status: int = 0) -> None:
        super().__init__(sentence)
        self.detail, self.status = detail, status


class _TooMuch(Exception):
    """The site sends more than it may."""


@dataclass(frozen=True)
class Answer:
    """What a site answered with a status of success."""

    url: str  # after all redirects, without a fragment
    status: int
    content_type: str  # without its parameters
    charset: str  # as the header names it
    headers: dict[str, str]  # by lower-case names
    body: bytes  # without its content coding
    is_cut: bool  # whether there was more; of HTML the first part is enough


@dataclass
class _Deadline:
    at: float

    def left(self, most: float | None = None) -> float:
        """The seconds until then, `most` at most. Raises TimeoutException when there are none."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout("the time for everything is over")
        return seconds if most is None else min(seconds, most)


def fetch(
    url: str,
    *,
    accept: Iterable[str] = HTML_TYPES,
    max_bytes: int = 5_000_000,
    seconds: float = 10.0,
    headers: Mapping[str, str] | None = None,
    method: Literal["GET", "HEAD"] = "GET",
    patiently: bool = False,
) -> Answer:
    """What is at `url`, if it is of a type in `accept` and of `max_bytes` at most, within `seconds`. Raises FetchError.

    `headers` go to the host of `url` alone, not to where it redirects. Background work fetches `patiently`: it leaves each host some
    seconds of rest, which do not count.
    """
    deadline = _Deadline(time.monotonic() + seconds)
    asked = {"Accept": ", ".join(accept), **(headers or {})}
    host = ""
    try:
        address = _parsed(url)
        for _hop in range(MAX_REDIRECTS + 1):
            host = address.authority
            with _turn(address.host, deadline, GAP_SECONDS if patiently else 0):
                found = _ask(address, method, asked, tuple(accept), max_bytes, deadline)
            if isinstance(found, Answer):
                return found
            following = _parsed(found, address.url)
            if following.authority != address.authority:
                asked = {"Accept": asked["Accept"]}
            address = following
        raise FetchError(_("The address leads from one to the next without an end."))
    except FetchError as error:
        logger.info("Nothing fetched from %.300r: %s (%.300r)", host, error, error.detail)  # a path may hold secrets
        raise


def decoded(answer: Answer) -> str:
    """The body as text, whatever it holds."""
    return coding.text(answer.body, answer.charset)


def _parsed(url: str, base: str = "") -> WebAddress:
    try:
        address = parse(urljoin(base, url) if base else url)
    except ValueError as error:
        raise FetchError(_("That is not the address of a web page."), error) from error
    if not {"*", str(address.port)} & set(settings.LINKLOG_FETCH_PORTS):
        raise FetchError(_("Pages on port %(port)s are not read.") % {"port": address.port})
    if address.is_inner_name and not settings.LINKLOG_FETCH_NETWORKS:
        raise _not_public(address.host)
    return address


def _ask(
    address: WebAddress,
    method: str,
    headers: Mapping[str, str],
    accept: tuple[str, ...],
    max_bytes: int,
    deadline: _Deadline,
) -> Answer | str:
    """One request: the answer, or where it redirects."""
    line = _Line(deadline)
    origin = httpcore2.Origin(address.scheme.encode(), address.host.encode(), address.port)
    sent: dict[bytes | str, bytes | str] = {
        "Host": address.authority,
        "User-Agent": f"Linklog/{__version__} (+{settings.LINKLOG_URL})",
        "Accept-Encoding": "gzip, br",
        "Connection": "close",
    }
    sent.update(headers)
    request = httpcore2.Request(
        method,
        httpcore2.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target),
        headers=sent,
        extensions={"timeout": _TIMEOUTS},
    )
    try:
        connection = httpcore2.HTTPConnection(origin, ssl_context=_tls(), network_backend=line)
        with closing(connection):
            response = connection.handle_request(request)
            line.allow(min(MAX_WIRE, max_bytes))
            return _read(address, method, response, accept, max_bytes, deadline)
    except _TooMuch as error:
        raise FetchError(_("What is there is too large to be read."), "more than its header may have") from error
    except (httpcore2.ReadTimeout, httpcore2.WriteTimeout) as error:
        raise FetchError(_("The site took too long to answer."), error) from error
    except _CLIENT_ERRORS as error:
        raise _unreachable(error) from error


def _read(
    address: WebAddress,
    method: str,
    response: httpcore2.Response,
    accept: tuple[str, ...],
    max_bytes: int,
    deadline: _Deadline,
) -> Answer | str:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    if response.status in (301, 302, 303, 307, 308) and "location" in headers:
        return _utf8(headers["location"])
    if not 200 <= response.status < 300:
        raise FetchError(_refusal(response.status), status=response.status)
    content_type, charset = _content_type(headers.get("content-type", ""))
    if method != "HEAD" and content_type not in accept:
        raise FetchError(_no_page(content_type), status=response.status)
    decode = coding.decoder(headers.get("content-encoding", "").strip().lower())
    body, is_cut = _body(response, decode, max_bytes, deadline)
    if is_cut and content_type not in HTML_TYPES:
        raise FetchError(_("What is there is too large to be read."), status=response.status)
    return Answer(address.url, response.status, content_type, charset, headers, body, is_cut)


def _body(
    response: httpcore2.Response, decode: coding.Decoder, max_bytes: int, deadline: _Deadline
) -> tuple[bytes, bool]:
    """The body without its coding, and whether it was cut."""
    body = bytearray()
    try:
        for piece in response.iter_stream():
            deadline.left()
            body += decode(piece, max_bytes + 1 - len(body))
            if len(body) > max_bytes:
                return bytes(body[:max_bytes]), True
    except _TooMuch:
        return bytes(body), True
    return bytes(body), False


def _content_type(value: str) -> tuple[str, str]:
    """A media type in lower case, and its charset; "" for what is none."""
    kind = re.match(r"\s*([\w.+-]{1,60}/[\w.+-]{1,60})\s*(?:;|$)", value, re.ASCII)
    charset = re.search(r";\s*charset\s*=\s*[\"']?([\w.:-]{1,40})", value, re.ASCII | re.IGNORECASE)
    return kind[1].lower() if kind else "", charset[1].lower() if charset else ""


def _utf8(value: str) -> str:
    """A header's value in the characters that it was most likely written in."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        return value


# What the author is told -----------------------------------------------------------------------------------------------
def _unreachable(detail: object) -> FetchError:
    """One sentence for a name that is not known, a port that is closed or filtered, a bad certificate and what is no web server."""
    return FetchError(_("The site could not be reached, or does not answer as web sites do."), detail)


def _not_public(detail: object) -> FetchError:
    return FetchError(_("That address is not part of the public web."), detail)


def _refusal(status: int) -> str:
    if status in (404, 410):
        return _("The site says that there is no such page (%(status)s).") % {"status": status}
    if status in (401, 402, 403, 429, 451):
        return _("The site does not let this page be read (%(status)s).") % {"status": status}
    return _("The site answered with an error (%(status)s).") % {"status": status}


def _no_page(content_type: str) -> str:
    if not content_type:
        return _("The site does not say what is there, so it was not read.")
    return _("What is there is not a page, but %(type)s.") % {"type": content_type}


# Connections ---------------------------------------------------------------------------------------------------------
@cache
def _tls() -> ssl.SSLContext:
    return httpcore2.default_ssl_context()


class _Line(httpcore2.SyncBackend):
    """Connects to a checked address, and measures what comes over the one connection that it makes."""

    def __init__(self, deadline: _Deadline) -> None:
        self.deadline = deadline
        self.allowed = MAX_HEADER  # bytes yet to be read

    def allow(self, more: int) -> None:
        self.allowed = more

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any
    ) -> httpcore2.NetworkStream:
        refused: Exception | None = None
        for address in _checked_addresses(host, port, self.deadline):
            try:
                stream = super().connect_tcp(str(address), port, self.deadline.left(timeout))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                refused = error
                continue
            if ip_address(stream.get_extra_info("server_addr")[0]) != address:
                stream.close()
                raise _not_public(f"{address} became another address")
            return _Stream(stream, self)
        raise _unreachable(refused)

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.NetworkStream:
        raise _not_public("a socket of this machine")


class _Stream(httpcore2.NetworkStream):
    """A connection that ends with its line's deadline and allowance."""

    def __init__(self, stream: httpcore2.NetworkStream, line: _Line) -> None:
        self._stream, self._line = stream, line

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._line.allowed <= 0:
            raise _TooMuch
        data = self._stream.read(min(max_bytes, self._line.allowed), self._line.deadline.left(timeout))
        self._line.allowed -= len(data)
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


def _checked_addresses(host: str, port: int, deadline: _Deadline) -> list[IPAddress]:
    """What `host` resolves to. One address among them that may not be reached forbids them all."""
    addresses = [ip_address(found) for found in _resolved(host, port, deadline.left(READ_SECONDS))]
    for address in addresses:
        if not is_public(address) and not any(address in network for network in settings.LINKLOG_FETCH_NETWORKS):
            raise _not_public(address)
    return addresses


def _resolved(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of `host`, each once. The system's resolver knows no time limit, so it works in a thread that may be left alone."""
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


# Being no burden -----------------------------------------------------------------------------------------------------
_turns = threading.Condition()
_busy: set[str] = set()
_left: dict[str, float] = {}  # when the last request of a host ended


@contextmanager
def _turn(host: str, deadline: _Deadline, gap: float) -> Iterator[None]:
    """One request of a host at a time in this process, and `gap` seconds after the last one. With a gap, waiting moves the deadline."""
    began = time.monotonic()
    with _turns:
        while host in _busy or _rest(host, gap) > 0:
            if not gap and time.monotonic() >= deadline.at:
                raise FetchError(_("The site took too long to answer."), "others are asking it")
            _turns.wait(_rest(host, gap) if host not in _busy else None if gap else deadline.at - time.monotonic())
        _busy.add(host)
    if gap:
        deadline.at += time.monotonic() - began
    try:
        yield
    finally:
        with _turns:
            now = time.monotonic()
            for rested in [name for name, ended in _left.items() if now - ended > GAP_SECONDS]:
                del _left[rested]
            _busy.discard(host)
            _left[host] = now
            _turns.notify_all()


def _rest(host: str, gap: float) -> float:
    """The seconds that `host` is yet to be left alone."""
    return _left[host] + gap - time.monotonic() if host in _left else 0
