"""The only way out to the network: one fetch that reaches nothing but public servers, and takes no more from them than it should.

Redirects are followed here, each as strictly as the address that was given. There are no cookies, no credentials and no proxies. What
goes wrong is a FetchError whose text is for the author; what exactly it was goes to the log alone, for nobody shall explore a network
by asking for pages.
"""

import logging
import math
import re
import ssl
import time
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Literal
from urllib.parse import urljoin

import httpcore2
from django.conf import settings
from django.utils.translation import gettext as _

from linklog import __version__
from linklog.core.http import coding
from linklog.core.http.addresses import WebAddress, parse
from linklog.core.http.connections import Deadline, Line, NotPublic, TooMuch
from linklog.core.http.turns import GAP_SECONDS, turn

HTML_TYPES = ("text/html", "application/xhtml+xml")
MAX_REDIRECTS = 5
MAX_WIRE = 2_000_000  # bytes of a body as it is sent
MAX_PIECES = 20_000  # of a body; a site that sends it byte by byte costs more time than it is worth
_TIMEOUTS = {"connect": 3.0, "read": 5.0, "write": 5.0}
# Of the client library, of the system (TLS among it), and of what is spelt wrong
_CLIENT_ERRORS = (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError, OSError, ValueError)
logger = logging.getLogger(__name__)


class FetchError(Exception):
    """Why a page could not be read, as a sentence for the author. `status` is what the site answered, 0 if it did not."""

    def __init__(self, sentence: str, detail: object = "", status: int = 0) -> None:
        super().__init__(sentence)
        self.detail, self.status = detail, status


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


@dataclass(frozen=True)
class _Wish:
    """What is asked for, at whichever address it turns out to be."""

    method: str
    accept: Collection[str]
    max_bytes: int
    deadline: Deadline
    gap: float


def fetch(
    url: str,
    *,
    accept: Collection[str] = HTML_TYPES,
    max_bytes: int = 5_000_000,
    seconds: float = 10.0,
    headers: Mapping[str, str] | None = None,
    method: Literal["GET", "HEAD"] = "GET",
    patiently: bool = False,
) -> Answer:
    """What is at `url`, if it is of a type in `accept` and of `max_bytes` at most, within `seconds`. Raises FetchError.

    `headers` go to the origin of `url` alone, not to where it redirects. Background work fetches `patiently`: every host then has some
    seconds of rest before it is asked again, and waiting for them does not count.
    """
    wish = _Wish(method, accept, max_bytes, Deadline(time.monotonic() + seconds), GAP_SECONDS if patiently else 0)
    headers, host = headers or {}, ""
    try:
        address = _parsed(url)
        for _hop in range(MAX_REDIRECTS + 1):
            host = address.authority
            found = _ask_in_turn(address, headers, wish)
            if isinstance(found, Answer):
                return found
            following = _parsed(found, address.url)
            headers = headers if following.origin == address.origin else {}
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
        raise FetchError(_not_public())
    return address


def _ask_in_turn(address: WebAddress, headers: Mapping[str, str], wish: _Wish) -> Answer | str:
    """The answer to one request, or where it redirects."""
    began = time.monotonic()
    try:
        with turn(address.host, math.inf if wish.gap else wish.deadline.at, wish.gap):
            if wish.gap:
                wish.deadline.at += time.monotonic() - began
            return _ask(address, headers, wish)
    except NotPublic as error:
        raise FetchError(_not_public(), error) from error
    except TooMuch as error:
        raise FetchError(_too_large(), "of its header") from error
    except (httpcore2.ReadTimeout, httpcore2.WriteTimeout, TimeoutError) as error:
        raise FetchError(_("The site took too long to answer."), error) from error
    except _CLIENT_ERRORS as error:
        # One sentence for a name that is not known, a port that is closed or filtered, a bad certificate and what is no web server
        raise FetchError(_("The site could not be reached, or does not answer as web sites do."), error) from error


def _ask(address: WebAddress, headers: Mapping[str, str], wish: _Wish) -> Answer | str:
    sent: dict[bytes | str, bytes | str] = {
        "Host": address.authority,
        "User-Agent": f"Linklog/{__version__} (+{settings.LINKLOG_URL})",
        "Accept": ", ".join(wish.accept),
        "Accept-Encoding": "gzip, br",
        "Connection": "close",
    }
    sent.update(headers)
    url = httpcore2.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)
    request = httpcore2.Request(wish.method, url, headers=sent, extensions={"timeout": _TIMEOUTS})
    with closing(Line(wish.deadline)) as line:
        connection = httpcore2.HTTPConnection(url.origin, ssl_context=_tls(), network_backend=line)
        response = connection.handle_request(request)
        line.allowance = min(MAX_WIRE, wish.max_bytes)
        return _read(address, response, wish)


def _read(address: WebAddress, response: httpcore2.Response, wish: _Wish) -> Answer | str:
    status, headers = response.status, _headers(response)
    if status in (301, 302, 303, 307, 308) and "location" in headers:
        return headers["location"]
    if not 200 <= status < 300:
        raise FetchError(_refusal(status), status=status)
    content_type, charset = _content_type(headers.get("content-type", ""))
    if wish.method != "HEAD" and content_type not in wish.accept:
        raise FetchError(_no_page(content_type), status=status)
    decode = coding.decoder(headers.get("content-encoding", "").strip().lower())
    body, is_cut = _body(response, decode, wish)
    if is_cut and content_type not in HTML_TYPES:
        raise FetchError(_too_large(), status=status)
    return Answer(address.url, status, content_type, charset, headers, body, is_cut)


def _headers(response: httpcore2.Response) -> dict[str, str]:
    """Those of an answer, as UTF-8 where they are; several of a name are one list."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name = raw_name.decode("latin-1").lower()
        try:
            value = raw_value.decode()
        except UnicodeDecodeError:
            value = raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _content_type(value: str) -> tuple[str, str]:
    """A media type in lower case, and its charset; "" for what is none. Some servers say the same twice."""
    kind = re.match(r"\s*([\w.+-]{1,60}/[\w.+-]{1,60})(?:\s*,\s*\1)*\s*(?:;|$)", value, re.ASCII)
    charset = re.search(r";\s*charset\s*=\s*[\"']?([\w.:-]{1,40})", value, re.ASCII | re.IGNORECASE)
    return kind[1].lower() if kind else "", charset[1].lower() if charset else ""


def _body(response: httpcore2.Response, decode: coding.Decoder, wish: _Wish) -> tuple[bytes, bool]:
    """The body without its coding, and whether it was cut."""
    body = bytearray()
    try:
        for number, piece in enumerate(response.iter_stream(), 1):
            wish.deadline.left()
            body += decode(piece, wish.max_bytes + 1 - len(body))
            if len(body) > wish.max_bytes or number == MAX_PIECES:
                return bytes(body[: wish.max_bytes]), True
    except TooMuch:
        return bytes(body), True
    return bytes(body), False


@cache
def _tls() -> ssl.SSLContext:
    return httpcore2.default_ssl_context()


# What the author is told -------------------------------------------------------------------------------------------
def _not_public() -> str:
    return _("That address is not part of the public web.")


def _too_large() -> str:
    return _("What is there is too large to be read.")


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
