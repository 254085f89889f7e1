"""Screenshots of pages: what is taken, for whom, and that the browser which takes them reaches nothing by itself."""

import io
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser

from linklog.accounts.models import Role, User
from linklog.capture import screenshots
from linklog.capture.screenshots import Screenshot, forget_old, take
from linklog.core import processes
from linklog.posts.models.post import new_code
from tests.website import Website

LURES = """<!doctype html><title>Nothing of yours leaves</title><body style="background: #0000ff; height: 3000px">
<link rel=stylesheet href=/page.css><link rel=preconnect href="{tcp}"><link rel=dns-prefetch href="{tcp}"><link rel=prefetch href="{tcp}/p">
<link rel=preload as=image href="{tcp}/q"><link rel=modulepreload href="{tcp}/m.js"><link rel=manifest href="{tcp}/n">
<img src="{tcp}/i"><img srcset="{tcp}/j 2x"><video src="{tcp}/v" autoplay></video><audio src="{tcp}/a" autoplay></audio>
<iframe src="{tcp}/f"></iframe><object data="{tcp}/o"></object><embed src="{tcp}/e"><script src="{tcp}/s.js"></script>
<iframe srcdoc="<img src='{tcp}/g'>"></iframe><svg><image href="{tcp}/h"/></svg><a id=ping href="#x" ping="{tcp}/ping">x</a>
<form id=form method=post action="{tcp}/form" target=_blank><input name=x value=y></form><style>@import "{tcp}/c.css";
@font-face {{ font-family: x; src: url("{tcp}/x.woff2") }} p {{ font-family: x; background: url("{tcp}/b") }}</style><p>x
<script type=module>
const post = {{ method: "POST", body: "x", mode: "no-cors", keepalive: true }};
const known = {{ username: "x", credential: "y" }};
const tries = [
  () => fetch("{tcp}/fetch", {{ mode: "no-cors" }}), () => fetch("{tcp}/post", post), () => fetch("/posted", post),
  () => navigator.sendBeacon("{tcp}/beacon", "x"), () => new EventSource("{tcp}/events"),
  () => new WebSocket("{tcp}/socket".replace("http", "ws")), () => new WebSocket(location.origin.replace("http", "ws")),
  () => open("{tcp}/window"), () => document.getElementById("form").submit(), () => document.getElementById("ping").click(),
  () => navigator.serviceWorker.register("/worker.js"), () => new Worker("/worker.js"), () => new SharedWorker("/worker.js"),
  () => new WebTransport("https://{udp}/"),
  async () => {{
    const urls = ["stun:{udp}", "turn:{udp}?transport=udp", "turn:{host}?transport=tcp"];
    const call = new RTCPeerConnection({{ iceServers: [{{ urls, ...known }}] }});
    call.createDataChannel("x");
    await call.setLocalDescription(await call.createOffer());
  }},
];
for (const attempt of tries) try {{ await Promise.race([attempt(), new Promise((done) => setTimeout(done, 100))]); }} catch {{ }}
</script>"""
WORKER = """try {{ importScripts("{tcp}/imported.js"); }} catch {{ }}
fetch("{tcp}/worker").catch(() => 0); new WebSocket("{tcp}/socket".replace("http", "ws"));"""


class Listener:
    """Counts who comes, and answers nobody."""

    def __init__(self, address: str, kind: socket.SocketKind) -> None:
        self.socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
        self.socket.bind((address, 0))
        self.came = 0
        if kind == socket.SOCK_STREAM:
            self.socket.listen(100)
        host = f"[{address}]" if ":" in address else address
        self.place = f"{host}:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                if self.socket.type == socket.SOCK_STREAM:
                    self.socket.accept()[0].close()
                else:
                    self.socket.recv(2_000)
                self.came += 1
        except OSError:
            return  # closed

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR) if self.socket.type == socket.SOCK_STREAM else None
        self.socket.close()


@contextmanager
def page_of_lures(page: str, worker: str) -> Iterator[tuple[str, list[str]]]:
    """A site of that page; its address, and what was asked of it."""
    asked: list[str] = []
    contents = {
        "/": ("text/html", page),
        "/worker.js": ("text/javascript", worker),
        "/page.css": ("text/css", "p { color: red }"),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path} {self.headers.get('Upgrade', '')}".strip())
            kind, body = contents.get(self.path, ("text/plain", "nothing"))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_HEAD = do_GET

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def inner_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process with the browser may read although it is on this machine."""
    monkeypatch.setenv("LINKLOG_FETCH_NETWORKS", "127.0.0.1/32")
    monkeypatch.setenv("LINKLOG_FETCH_PORTS", "*")


def taken(url: str) -> tuple[Screenshot, dict[str, Any]]:
    wanted = Screenshot(7, new_code())
    wanted.tell(state="waiting")
    take.func(wanted.by, wanted.code, url)
    return wanted, wanted.told()


@pytest.mark.browser
@pytest.mark.usefixtures("inner_networks")
def test_a_page_that_tries_everything_reaches_nothing_but_through_the_fetcher(
    monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    with ExitStack() as stack:
        listeners = [
            Listener(address, kind)
            for address in ("127.0.0.1", "127.0.0.2", "::1")
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)
        ]
        for listener in listeners:
            stack.callback(listener.close)
        pairs = zip(listeners[::2], listeners[1::2], strict=True)
        places = [{"tcp": f"http://{tcp.place}", "host": tcp.place, "udp": udp.place} for tcp, udp in pairs]
        page, worker = ("".join(text.format(**place) for place in places) for text in (LURES, WORKER))
        url, asked = stack.enter_context(page_of_lures(page, worker))
        monkeypatch.setenv("LINKLOG_FETCH_PORTS", url.rpartition(":")[2])
        wanted, told = taken(url)
        assert told == {"state": "ready", "url": f"{url}/", "title": "Nothing of yours leaves"}
        assert wanted.picture.exists()
        assert {line.split()[0] for line in asked} == {"GET"}
        assert "GET /page.css" in asked
        assert not any("websocket" in line for line in asked)
        assert [listener.came for listener in listeners] == [0] * 6
        # That the lures are lures: a browser as people have it follows them
        ordinary = browser.new_page()
        ordinary.goto(url, wait_until="commit")
        deadline = time.monotonic() + 10
        while (listeners[0].came < 10 or "POST /posted" not in asked) and time.monotonic() < deadline:
            ordinary.wait_for_timeout(50)
        ordinary.context.close()
        assert listeners[0].came >= 10
        assert "POST /posted" in asked


@pytest.mark.browser
@pytest.mark.usefixtures("inner_networks")
def test_a_screenshot_shows_the_page_as_far_as_is_sensible(website: Website) -> None:
    page = "<!doctype html><title>A long page</title><body style='margin: 0'><div style='height: 9000px; background: #00f'></div>"
    with page_of_lures(page, "") as (url, _asked):
        wanted, told = taken(url)
    assert (told["state"], told["title"]) == ("ready", "A long page")
    with Image.open(io.BytesIO(wanted.picture.read_bytes())) as picture:
        assert picture.size == (1600, 6250)
        assert picture.convert("RGB").getpixel((800, 6000)) == (0, 0, 255)


@pytest.mark.browser
@pytest.mark.usefixtures("inner_networks")
@pytest.mark.parametrize(
    ("script", "state"),
    [
        ("while (true) {}", "failed"),
        ("const all = []; while (true) all.push(new Float64Array(1e6).fill(1))", "failed"),
        ("setInterval(() => fetch('/again'), 10)", "ready"),
        ("setTimeout(() => location.href = 'file:///etc/passwd'); alert(1); confirm(2); print()", "ready"),
    ],
)
def test_a_page_that_never_rests_ends_in_time_and_leaves_nothing_running(
    script: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screenshots, "SECONDS", 8)
    began = time.monotonic()
    with page_of_lures(f"<!doctype html><title>Restless</title><p>x<script>{script}</script>", "") as (url, asked):
        _wanted, told = taken(url)
    assert told["state"] == state
    assert told.get("problem", ".").endswith(".")
    assert time.monotonic() - began < 45
    assert len(asked) <= 200
    assert not _browsers()


def _browsers() -> list[str]:
    """The command lines of browsers like ours."""
    found = []
    for pid in processes.family(1):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read()
        except OSError:
            continue
        if b"nowhere.invalid" in line and b"--type=" not in line:
            found.append(line.decode(errors="replace"))
    return found


@pytest.mark.usefixtures("inner_networks")
@pytest.mark.parametrize("url", ["http://127.0.0.2:9/", "http://10.0.0.1/", "file:///etc/passwd", "http://[::1]/"])
def test_a_page_that_nobody_may_read_is_not_taken(url: str) -> None:
    wanted, told = taken(url)
    assert told["state"] == "failed"
    assert not wanted.picture.exists()


def test_a_screenshot_is_kept_for_a_day() -> None:
    old, new = Screenshot(1, new_code()), Screenshot(1, new_code())
    for one in (old, new):
        one.tell(state="ready")
        one.picture.touch()
    for file in (old.note, old.picture):
        os.utime(file, (0, time.time() - 86_500))
    forget_old()
    assert [one.told() for one in (old, new)] == [{}, {"state": "ready"}]
    assert [one.picture.exists() for one in (old, new)] == [False, True]


def test_without_a_browser_nothing_is_offered_or_taken(settings: Any, client: Client, db: None) -> None:
    settings.LINKLOG_CHROMIUM = "/nowhere/chromium"
    client.force_login(User.objects.create_user("ada", role=Role.OWNER))
    assert "page-screenshot" not in client.get("/write/new/blogmark/").content.decode()
    assert client.post("/write/screenshot/", {"url": "https://page.example/"}).status_code == 404


def test_what_was_asked_for_is_taken_by_a_job_and_shown_to_its_author_alone(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("ada", role=Role.CONTRIBUTOR))
    assert client.post("/write/screenshot/", {"url": "javascript:alert(1)"}).status_code == 400
    answer = client.post("/write/screenshot/", {"url": "https://page.example/"})
    assert answer.status_code == 202
    follow = answer.json()["follow"]
    assert client.get(follow).json() == {"state": "waiting"}
    assert client.get(f"{follow}picture/").status_code == 404
    wanted = screenshots.find(User.objects.get(), follow.split("/")[-2])
    assert wanted is not None
    wanted.picture.write_bytes(b"\x89PNG")
    wanted.tell(state="ready", url="https://page.example/", title="A page")
    told = client.get(follow).json()
    picture = client.get(told["picture"])
    assert (picture["Content-Type"], picture["Cache-Control"].split(",")[0]) == ("image/png", "max-age=0")
    assert b"".join(picture.streaming_content) == b"\x89PNG"
    wanted.picture.unlink()
    assert client.get(told["picture"]).status_code == 404
    wanted.picture.touch()
    other = Client()
    other.force_login(User.objects.create_user("eve", role=Role.OWNER))
    assert [other.get(address).status_code for address in (follow, told["picture"])] == [404, 404]


def test_a_picture_of_which_nothing_was_told_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Screenshot(1, new_code())
    wanted.tell(state="waiting")
    wanted.picture.touch()  # and then its process was killed
    monkeypatch.setattr(screenshots, "_browsed", lambda url, picture: {})
    take.func(1, wanted.code, "https://page.example/")
    assert wanted.told()["state"] == "failed"
