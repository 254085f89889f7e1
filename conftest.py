"""Fixtures for every room's tests: fast settings, and a real Chromium in front of the real server for tests marked
`browser`. The environment the tests run in is made in tests/environment.py.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, BrowserType, Page, expect, sync_playwright

from tests import model_server as model_servers
from tests import s3
from tests.website import Website, serving

DESKTOP_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_NAMES = ("chromium-headless-shell", *DESKTOP_NAMES)  # without a window a page takes it a quarter of the time
CHROMIUM_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but the site under test: a demo post may show an image or a video of another host.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
CORE = Path(__file__).parent / "linklog" / "core"
LINKLOG = [sys.executable, "-m", "linklog"]
START_SECONDS = 60
EXPECT_MILLISECONDS = 15_000  # on a machine that does other things as well
STOP_SECONDS = 20

PageAt = Callable[..., Page]


@dataclass(frozen=True)
class LiveSite:
    """A demo site served by `linklog serve`, and who may sign in there."""

    url: str
    home: Path
    owner: str
    password: str


@dataclass
class LiveServer:
    """`linklog serve` with all its processes, which can be stopped or killed, and started again upon the same data."""

    home: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        log = self.home / "server.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [*LINKLOG, "serve", "--port", str(self.port)],
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,  # a group of its own, to be killed as one
            )
        wait_until_healthy(self.url, self.process, log)

    def kill(self) -> None:
        """As a power cut would."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--browser", metavar="PATH", help="the Chromium to test with; found on the PATH unless given")


def pytest_configure(config: pytest.Config) -> None:
    """Settings whose production values are slow (password hashes) or need a build (hashed names of static files)."""
    from django.conf import settings

    static_files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES=settings.STORAGES | {"staticfiles": static_files},
    ).enable()


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All browser tests go to one worker, so that one server and one Chromium are started. What knows no database is tested upon one."""
    if "DATABASE_URL" in os.environ:
        once = {item for item in items if CORE in item.path.parents and not item.get_closest_marker("django_db")}
        config.hook.pytest_deselected(items=list(once))
        items[:] = [item for item in items if item not in once]
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(autouse=True)
def _fresh_search() -> None:
    """What search holds in memory belongs to the database of the test before."""
    from linklog.search import archive

    archive.forget()


@pytest.fixture(scope="session")
def chromium_path(pytestconfig: pytest.Config) -> str:
    found = pytestconfig.getoption("--browser") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not found:
        pytest.fail("no Chromium found; install the package chromium, or give --browser PATH", pytrace=False)
    return str(found)


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread until it stops, which Django takes for a call from async code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=EXPECT_MILLISECONDS)
        chromium = launch(playwright.chromium, chromium_path)
        yield chromium
        chromium.close()


@pytest.fixture
def desktop_browser(browser: Browser) -> Iterator[Browser]:
    """A Chromium with all that it has on a desk, for what the one without a window lacks."""
    path = next(filter(None, map(shutil.which, DESKTOP_NAMES)), None)
    if not path:
        pytest.fail("no Chromium found; install the package chromium", pytrace=False)
    chromium = launch(browser.browser_type, path)
    yield chromium
    chromium.close()


def launch(browser_type: BrowserType, path: str) -> Browser:
    arguments = CHROMIUM_ARGUMENTS + (["--no-sandbox"] if os.geteuid() == 0 else [])
    return browser_type.launch(executable_path=path, args=arguments)


@pytest.fixture
def page_at(browser: Browser, live_site: LiveSite) -> Iterator[PageAt]:
    """`page_at(width, scheme)` opens an empty page of that width in CSS pixels, "light" or "dark"; relative addresses
    are those of the live site. An exception in a script, a refusal by the Content-Security-Policy, or a part of the
    site that a page asked for in vain fails the test.
    """
    contexts, troubles = [], []

    def open_page(width: int = 1280, scheme: str = "light", **options: Any) -> Page:
        viewport = {"width": width, "height": 900}
        context = browser.new_context(base_url=live_site.url, viewport=viewport, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        page.on("console", lambda message: troubles.extend(console_troubles(page.url, message.type, message.text)))
        page.on("response", lambda response: troubles.extend(response_troubles(page.url, live_site.url, response)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def console_troubles(where: str, kind: str, text: str) -> list[str]:
    """Failed loads are left to `response_troubles`, which knows of whose."""
    return [f"{where}: {text}"] if kind == "error" and not text.startswith("Failed to load resource") else []


def response_troubles(where: str, site: str, response: Any) -> list[str]:
    """A document may well answer 404, a style sheet or a script of the site's own may not."""
    is_part = response.url.startswith(site) and response.request.resource_type not in {"document", "fetch", "xhr"}
    return [f"{where}: {response.status} {response.url}"] if is_part and response.status >= 400 else []


@pytest.fixture(scope="session")
def site_server(
    tmp_path_factory: pytest.TempPathFactory, _model_server: model_servers.ModelServer
) -> Iterator[LiveServer]:
    """The real server, as a process of its own, with the tests' model as its assistant. A test that kills it starts it again."""
    server = server_of(tmp_path_factory.mktemp("live-site"))
    _model_server.configure(server.home / "llm")
    server.environment["LINKLOG_MODEL"] = model_servers.MODEL
    yield server
    server.stop()


@pytest.fixture(scope="session")
def live_site(site_server: LiveServer) -> LiveSite:
    """The demo content in a SQLite database of its own, served."""
    made = subprocess.run(
        [*LINKLOG, "demo", "--no-serve", "--json"],
        env=site_server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.fail(f"linklog demo ended with {made.returncode}:\n{made.stdout}{made.stderr}", pytrace=False)
    demo = json.loads(made.stdout)
    site_server.start()
    return LiveSite(site_server.url, site_server.home, demo["owner"], demo["password"])


@pytest.fixture(scope="session")
def author_state(browser: Browser, live_site: LiveSite) -> Any:
    """The cookies of the owner, signed in, for `page_at(storage_state=…)`."""
    context = browser.new_context(base_url=live_site.url)
    sign_in(context.new_page(), live_site)
    state = context.storage_state()
    context.close()
    return state


def server_of(home: Path) -> LiveServer:
    """A server that was not started yet, with its data in `home`, on SQLite."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"LINKLOG_HOME": str(home), "LINKLOG_URL": f"http://127.0.0.1:{port}"}
    environment |= {
        "LINKLOG_FETCH_NETWORKS": "127.0.0.0/8,::1/128",
        "LINKLOG_FETCH_PORTS": "*",
    }  # the tests' other sites
    return LiveServer(home, port, environment)


def sign_in(page: Page, site: LiveSite) -> None:
    page.goto("/account/login/")
    page.get_by_label("Username").fill(site.owner)
    page.get_by_label("Password", exact=True).fill(site.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/write/")


@pytest.fixture(scope="session")
def s3_server() -> Iterator[s3.S3Server]:
    """A real S3-compatible server. Tests that ask for it belong to the xdist group "s3", and leave it running."""
    with s3.running_server() as server:
        yield server


@pytest.fixture(scope="session")
def _website() -> Iterator[Website]:
    with serving() as site:
        yield site


@pytest.fixture
def website(_website: Website, settings: Any) -> Website:
    """Somebody else's website, which this process and the live site may read although it is on this machine."""
    settings.LINKLOG_FETCH_NETWORKS, settings.LINKLOG_FETCH_PORTS = [ip_network("127.0.0.0/8")], ["*"]
    _website.asked.clear()
    _website.may_answer.clear()
    return _website


@pytest.fixture(scope="session")
def _model_server() -> Iterator[model_servers.ModelServer]:
    with model_servers.serving() as server:
        yield server


@pytest.fixture
def model_server(
    _model_server: model_servers.ModelServer, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[model_servers.ModelServer]:
    """A language model behind a real server, set for this process as for the live site. What it was asked is in order."""
    _model_server.forget()
    _model_server.configure(tmp_path / "llm")
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path / "llm"))
    settings.LINKLOG_MODEL = model_servers.MODEL
    yield _model_server
    assert _model_server.complaints == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(f"{url}/healthz", timeout=5):
                return
        except (URLError, HTTPException, OSError):
            time.sleep(0.2)
    pytest.fail(f"the server did not become healthy:\n{log.read_text(errors='replace')}", pytrace=False)
