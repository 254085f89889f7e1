"""The program that opens a page in a Chromium which cannot reach the network, and takes its picture: `python -m linklog.capture.browsing`.

The browser asks for everything here, and `core.http.fetch` answers, which knows where nobody may go. What it would send past this, by a
name or an address, goes to a proxy that does not exist: WebSockets, prefetches and lookups of names end there. It has a profile that is
thrown away, no permissions, no downloads, no windows and no service workers.
"""

import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import django
from django.utils.translation import gettext as _
from playwright.sync_api import Error, Page, Playwright, Route, sync_playwright

from linklog.capture.markup import Markup
from linklog.capture.page import read
from linklog.core.http import HTML_TYPES, Answer, FetchError, decoded, fetch

WIDTH, FIRST_SCREEN, MOST = 1280, 900, 5_000  # pixels of the page
SCALE = 1.25  # so that the picture is as wide as images here may be: 1600 pixels
QUIET_SECONDS = 0.7  # without a request: the page has what it shows
MOST_REQUESTS, MOST_BYTES, AT_ONCE = 200, 30_000_000, 6
SCRIPTS = ("text/javascript", "application/javascript", "application/x-javascript", "application/ecmascript")
FONTS = (
    "font/woff2",
    "font/woff",
    "font/ttf",
    "font/otf",
    "application/font-woff2",
    "application/font-woff",
    "application/octet-stream",
)
IMAGES = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/avif",
    "image/svg+xml",
    "image/x-icon",
    "image/vnd.microsoft.icon",
)
DATA = ("application/json", "text/plain", "application/manifest+json", "application/wasm", *HTML_TYPES, *SCRIPTS)
ACCEPTED = {
    "document": HTML_TYPES,
    "stylesheet": ("text/css",),
    "script": (*SCRIPTS, "application/json"),
    "image": IMAGES,
    "font": FONTS,
    "fetch": DATA,
    "xhr": DATA,
}
PASSED_ON = (
    "content-type",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "content-security-policy",
)
NOWHERE = "nowhere.invalid"  # RFC 6761
ARGUMENTS = [
    f"--proxy-server=http://{NOWHERE}:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--no-pings",
    "--block-new-web-contents",
    "--disable-background-networking",
    "--disable-gpu",
    "--mute-audio",
    "--blink-settings=lazyLoadEnabled=false",
    "--js-flags=--max-old-space-size=256",
]
NO_CALLS = (
    "for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport']) delete globalThis[name];"
)


class Answering:
    """Answers what the page asks for, within limits. Playwright is spoken to in its own thread alone; others fetch meanwhile."""

    def __init__(self, first: Answer, until: float) -> None:
        self.first, self.until = first, until
        self.requests = self.bytes = 0
        self.waiting: list[tuple[Route, Future[Answer]]] = []
        self.pool = ThreadPoolExecutor(AT_ONCE)
        self.busy_at = time.monotonic()

    def asked(self, route: Route) -> None:
        request = route.request
        self.requests += 1
        accept = ACCEPTED.get(request.resource_type, ())
        if request.is_navigation_request() and urldefrag(request.url).url == self.first.url:
            self.fulfil(route, self.first)
        elif request.method != "GET" or not accept or self.requests > MOST_REQUESTS or self.bytes > MOST_BYTES:
            route.abort()
        else:
            self.waiting.append((route, self.pool.submit(self.fetched, request.url, accept)))

    def fetched(self, url: str, accept: tuple[str, ...]) -> Answer:
        answer = fetch(url, accept=accept, seconds=max(0.1, self.until - time.monotonic()))
        self.bytes += len(answer.body)
        return answer

    def answer_done(self) -> None:
        """Hand on what came meanwhile."""
        for route, coming in [pair for pair in self.waiting if pair[1].done()]:
            self.waiting.remove((route, coming))
            try:
                self.fulfil(route, coming.result())
            except FetchError:
                route.abort()
        if self.waiting:
            self.busy_at = time.monotonic()

    def fulfil(self, route: Route, answer: Answer) -> None:
        headers = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
        route.fulfill(status=200, headers=headers, body=answer.body)

    @property
    def is_quiet(self) -> bool:
        return not self.waiting and time.monotonic() - self.busy_at > QUIET_SECONDS


def browse(url: str, picture: Path, chromium: str, seconds: float) -> dict[str, str]:
    """Take the picture. What is known of the page, or a problem."""
    until = time.monotonic() + seconds
    try:
        first = fetch(url)
    except FetchError as error:
        return {"problem": str(error)}
    title = read(Markup(decoded(first), first.url)).title
    answering = Answering(first, until)
    try:
        with sync_playwright() as playwright, _page(playwright, chromium, answering) as page:
            _open(page, answering)
            _take(page, picture, until)
    except Error:
        return {"problem": _("No picture could be taken of that page.")}
    return {"url": first.url, "title": title}


@contextmanager
def _page(playwright: Playwright, chromium: str, answering: Answering) -> Iterator[Page]:
    """An empty page of a new browser, which knows nothing of the environment of this process."""
    with tempfile.TemporaryDirectory() as home:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=ARGUMENTS,
            chromium_sandbox=os.geteuid() != 0,  # as root there is none; nobody should run Linklog as root
            env={"HOME": home, "PATH": os.environ.get("PATH", ""), "TMPDIR": home},
        )
        try:
            context = browser.new_context(
                viewport={"width": WIDTH, "height": FIRST_SCREEN},
                device_scale_factor=SCALE,
                service_workers="block",
                accept_downloads=False,
                reduced_motion="reduce",
            )
            context.add_init_script(NO_CALLS)
            context.route("**/*", answering.asked)
            context.route_web_socket("**/*", lambda socket: socket.close())
            yield context.new_page()
        finally:
            browser.close()


def _open(page: Page, answering: Answering) -> None:
    """Until the page asks for nothing any more, or most of its time is over."""
    left = answering.until - time.monotonic()
    page.goto(answering.first.url, wait_until="commit", timeout=left * 1000)
    while not answering.is_quiet and time.monotonic() < answering.until - left / 3:
        page.wait_for_timeout(50)
        answering.answer_done()


def _take(page: Page, picture: Path, until: float) -> None:
    beside = picture.with_suffix(".part")
    page.screenshot(
        path=beside,
        type="png",
        full_page=True,
        clip={"x": 0, "y": 0, "width": WIDTH, "height": MOST},  # or as much as there is
        animations="disabled",
        timeout=max(1, until - time.monotonic()) * 1000,
    )
    beside.replace(picture)


def _limit(seconds: int) -> None:
    """What this process and each of its browser may use; who started it minds the memory. The clock ends it where nothing else does."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000_000, 100_000_000))
    os.nice(10)
    signal.alarm(seconds)


def main() -> None:
    order: dict[str, Any] = json.loads(sys.stdin.read())
    _limit(order["limit"])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linklog.settings")
    django.setup()
    sys.stdout.write(json.dumps(browse(order["url"], Path(order["picture"]), order["chromium"], order["seconds"])))
    sys.stdout.flush()
    os._exit(0)  # a fetch that still waits for somebody keeps nobody waiting here


if __name__ == "__main__":
    main()
