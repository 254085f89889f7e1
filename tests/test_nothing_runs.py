"""No text that anybody sends is ever run, on any page: every address of a site full of them is opened in a real Chromium, which tells what
ran and what the Content-Security-Policy refused. Neither may happen, for a text that the policy has to refuse got into a page as markup.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Response, expect

from conftest import LINKLOG, server_of
from tests.hostile_site import MARKDOWN
from tests.website import HOSTILE, Website

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[1]
ROOMS = {
    "public": ("posts:", "feeds:", "search:", "pages:", "site:", "ops:"),
    "write": ("write:", "capture:", "assist:", "images:"),
    "account": ("account_", "mfa_"),
    "admin": ("admin:",),
}
BOOKMARKLETS = "/write/tools/"
RAN = "a text was run"
# A file to keep, or an answer without a page, such as to a method that an address does not know
NO_PAGE = re.compile("Download is starting|ERR_HTTP_RESPONSE_CODE_FAILURE|ERR_ABORTED")
LEFT_OVERS = """(isTools) => [document, ...[...document.querySelectorAll("iframe")].map((frame) => frame.contentDocument)].flatMap((page) =>
    [...(page?.querySelectorAll("*") ?? [])].filter((element) =>
        element.matches("base, meta[http-equiv=refresh i], object, embed")
        || element.matches("script:not([src], [type='application/json'], [type='application/ld+json'])")
        || [...element.attributes].some(({ name }) => name.startsWith("on"))
        || [element.href, element.src, element.action, element.formAction].some((url) => /^(javascript|vbscript|data:text)/i.test(url))
    ).filter((element) => !(isTools && element.matches(".bookmarklets a"))
    ).map((element) => element.outerHTML.slice(0, 200)).concat(page?.documentElement.outerHTML.match(/49\\$|\\$49/g) ?? []))"""


@dataclass(frozen=True)
class HostileSite:
    url: str
    session: str
    paths: dict[str, list[str]]
    unfilled: list[str]


@dataclass
class Watch:
    """What went wrong in the pages of a browser context."""

    context: BrowserContext
    site: str
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.add_init_script(f"window.__x = () => console.error('{RAN}')")
        self.context.on(
            "console", lambda message: self.note(message.page, message.text) if message.type == "error" else None
        )
        self.context.on("weberror", lambda error: self.note(error.page, str(error.error)))
        self.context.on("response", self.read_policy)

    def note(self, page: Page | None, trouble: str) -> None:
        where = page.url if page else "?"
        # Chromium's own, for a document that is XML or an image
        is_style_of_viewer = where.endswith((".xml", ".png")) and trouble.startswith("Applying inline style")
        if not is_style_of_viewer and not trouble.startswith("Failed to load resource"):  # an image that is nowhere
            self.troubles.append(f"{where}: {trouble[:300]}")

    def read_policy(self, response: Response) -> None:
        if not response.url.startswith(self.site):
            return
        policy = response.headers.get("content-security-policy", "")
        if "default-src " not in policy or re.search(r"unsafe|nonce|strict-dynamic|script-src(?! 'none')", policy):
            self.troubles.append(f"{response.status} {response.url}: the policy is “{policy}”")

    def visit(self, path: str) -> None:
        page = self.context.new_page()
        try:
            page.goto(self.site + path)
        except Error as error:
            if not NO_PAGE.search(error.message):
                raise
        else:
            self.look_at(page)
        page.close()

    def look_at(self, page: Page) -> None:
        """What is in the page, and in a frame of it, that no text may have put there."""
        left = page.evaluate(LEFT_OVERS, page.url.startswith(self.site + BOOKMARKLETS))
        self.troubles += [f"{page.url}: {element}" for element in left]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileSite]:
    server = server_of(tmp_path_factory.mktemp("hostile-site"))
    server.environment["LINKLOG_TASKS"] = "false"  # what jobs left behind is to be seen, not to be run
    fill = "from tests.hostile_site import fill; fill()"
    made = subprocess.run(
        [*LINKLOG, "shell", "-v", "0", "-c", fill],
        env=server.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.fail(made.stdout + made.stderr, pytrace=False)
    server.start()
    yield HostileSite(server.url, **json.loads(made.stdout))
    server.stop()


@pytest.fixture
def watch(browser: Browser, hostile: HostileSite) -> Iterator[Watch]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    context.add_cookies([{"name": "sessionid", "value": hostile.session, "url": hostile.url}])
    yield Watch(context, hostile.url)
    context.close()


def test_every_text_of_every_table_is_hostile(hostile: HostileSite) -> None:
    assert hostile.unfilled == []


def test_every_address_belongs_to_a_room_and_leads_somewhere(hostile: HostileSite) -> None:
    rooms = sum(ROOMS.values(), ())
    assert [name for name, paths in hostile.paths.items() if not paths or not name.startswith(rooms)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_runs_and_nothing_has_to_be_refused(watch: Watch, hostile: HostileSite, room: str) -> None:
    for name, paths in hostile.paths.items():
        if name.startswith(ROOMS[room]):
            for path in paths:
                watch.visit(path)
    assert sorted(set(watch.troubles)) == []


@pytest.mark.parametrize(
    "path",
    [
        "/none/" + HOSTILE,
        "/admin/none/" + HOSTILE,
        "/search/?tag=a&tag=b&tag=c&tag=d&tag=e",
        "/static/none.js",
        "/static/mark.svg",
    ],
)
def test_nothing_runs_where_there_is_nothing(watch: Watch, path: str) -> None:
    watch.visit(path)
    assert sorted(set(watch.troubles)) == []


def test_nothing_runs_beside_the_text_that_is_written(watch: Watch, website: Website) -> None:
    """The page read, what was written before, suggested tags, checklist and preview, all of which come later than the page."""
    page = watch.context.new_page()
    given = {
        "url": f"{website.url}/hostile",
        "title": HOSTILE,
        "text": HOSTILE,
        "via": f"https://evil.example/{HOSTILE}",
    }
    page.goto(f"{watch.site}/write/capture/?{urlencode(given)}")
    expect(page.locator(".page-found > *").first).to_be_attached()
    with page.expect_response("**/save/"), page.expect_response("**/tags/"):
        page.locator("#id_body").fill(MARKDOWN)
    for pane, shown in (
        ("Page", page.locator(".page-found").get_by_text(HOSTILE).first),
        ("Checklist", page.locator("writing-checklist li").first),
        ("Preview", page.frame_locator("live-preview iframe").locator("article table")),
    ):
        page.locator(".panes label").filter(has_text=pane).click()
        expect(shown).to_be_visible()
        watch.look_at(page)
    assert sorted(set(watch.troubles)) == []


def test_a_page_that_ran_a_text_would_be_seen(watch: Watch) -> None:
    page = watch.context.new_page()
    document = f"<!doctype html><p>{HOSTILE}</p>"
    policy = "default-src 'self'"
    for headers, trouble in (
        ({}, RAN),
        ({"Content-Security-Policy": policy}, "Content Security Policy"),
        ({}, "the policy is"),
    ):
        watch.troubles.clear()
        page.route("**/ran/", lambda route: route.fulfill(body=document, content_type="text/html", headers=headers))  # noqa: B023
        page.goto(f"{watch.site}/ran/")
        watch.look_at(page)
        assert [one for one in watch.troubles if trouble in one]
        assert [one for one in watch.troubles if "onerror" in one]
        page.unroute("**/ran/")
