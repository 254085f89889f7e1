"""The ways in, in a real Chromium: front page, inbox, bookmarklet, share target, and what an installed app shows without a network."""

import json
import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from conftest import LiveSite, PageAt
from tests.website import Website

pytestmark = pytest.mark.browser

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = [
    "/write/",
    "/write/tools/",
    "/write/offline/",
    "/write/inbox/?url=https://clocks.example/&text=Brass",
]
FINGER = 44  # CSS pixels


def inbox(page: Page) -> Any:
    return page.get_by_role("region", name="Inbox")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_author_is_accessible(page_at: PageAt, author_state: Any, path: str, scheme: str) -> None:
    page = page_at(1280, scheme, storage_state=author_state)
    page.goto(path)
    results = Axe().run(page, options=AXE_RULES)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("path", PAGES)
def test_it_fits_a_phone_and_its_buttons_fit_a_finger(page_at: PageAt, author_state: Any, path: str) -> None:
    page = page_at(360, storage_state=author_state, has_touch=True, is_mobile=True)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    for target in page.locator("main :is(button, .button, .quiet-button)").all():
        if target.is_visible():
            assert (target.bounding_box() or {})["height"] >= FINGER, target.inner_text()


def test_a_link_is_kept_dismissed_put_back_and_written_about(page_at: PageAt, author_state: Any) -> None:
    page = page_at(360, storage_state=author_state)
    page.goto("/write/")
    page.get_by_label("A link to write about").fill("https://lighthouse.example/kept")
    page.get_by_role("button", name="Keep for later").click()
    expect(page.get_by_text("Kept. It is in your inbox.")).to_be_visible()
    item = inbox(page).get_by_role("listitem").filter(has_text="lighthouse.example/kept")
    item.get_by_role("button", name=re.compile("^Dismiss")).click()
    expect(item).to_have_count(0)
    page.get_by_role("button", name="Put it back").click()
    item.get_by_role("link", name=re.compile("^Write about")).click()
    expect(page.locator("[name=link_url]")).to_have_value("https://lighthouse.example/kept")


def test_the_bookmarklet_brings_a_page_its_selection_and_where_one_came_from(
    page_at: PageAt, author_state: Any, website: Website, live_site: LiveSite
) -> None:
    page = page_at(1280, storage_state=author_state)
    page.goto("/write/tools/")
    write, keep = [
        page.get_by_role("link", name=name, exact=True).get_attribute("href") or ""
        for name in ("Write about this", "Keep for later")
    ]
    page.goto(f"{website.url}/article")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('p'))")
    selected = page.evaluate("String(getSelection()).trim()")
    for bookmarklet, path in ((write, "/write/capture/"), (keep, "/write/inbox/")):
        with page.expect_popup() as opened:
            page.evaluate(unquote(bookmarklet.removeprefix("javascript:")))
        asked = urlsplit(opened.value.url)
        assert (f"{asked.scheme}://{asked.netloc}", asked.path) == (live_site.url, path)
        given = {name: values[0] for name, values in parse_qs(asked.query).items()}
        assert (given["url"], given["text"]) == (f"{website.url}/article", selected)
        assert given["title"] == page.title()
        expect(opened.value.get_by_role("button").first).to_be_visible()
        opened.value.close()


@pytest.mark.parametrize("sign", ["a", "語", "🌊"])
def test_a_selection_of_any_length_makes_an_address_that_servers_take(
    page_at: PageAt, author_state: Any, website: Website, sign: str
) -> None:
    page = page_at(1280, storage_state=author_state)
    page.goto("/write/tools/")
    bookmarklet = page.get_by_role("link", name="Write about this", exact=True).get_attribute("href") or ""
    page.goto(f"{website.url}/article")
    page.evaluate(
        "words => { document.body.textContent = words; getSelection().selectAllChildren(document.body) }", sign * 9000
    )
    page.evaluate("window.open = (address) => { window.opened = address; return true }")
    page.evaluate(unquote(bookmarklet.removeprefix("javascript:")))
    address = page.evaluate("window.opened")
    text = parse_qs(urlsplit(address).query)["text"][0]
    assert len(address) <= 7500
    assert re.fullmatch(f"{re.escape(sign)}+ \\[…\\]", text)
    assert len(text) > 400


@pytest.mark.parametrize(
    "shared",
    [
        {"title": "", "text": "How a lens was ground https://lighthouse.example/lens"},
        {"text": '"ground by hand"\n https://lighthouse.example/lens#:~:text=ground%20by,hand'},
    ],
    ids=["address in text", "selected words"],
)
def test_what_a_phone_shares_opens_in_the_editor(page_at: PageAt, author_state: Any, shared: dict[str, str]) -> None:
    page = page_at(360, storage_state=author_state, has_touch=True, is_mobile=True)
    page.goto(f"/write/capture/?{urlencode(shared)}")
    expect(page.locator("[name=link_url]")).to_have_value("https://lighthouse.example/lens")


def test_a_browser_finds_the_app_fit_to_be_installed(
    desktop_browser: Browser, live_site: LiveSite, author_state: Any
) -> None:
    page = desktop_browser.new_page(base_url=live_site.url, storage_state=author_state)
    page.goto("/write/")
    devtools = page.context.new_cdp_session(page)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert json.loads(manifest["data"])["start_url"] == "/write/"
    problems = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {problem["errorId"] for problem in problems} <= {"in-incognito"}  # as every window of these tests is


def test_without_a_network_texts_are_shown_and_links_noted_that_are_sent_later(
    page_at: PageAt, author_state: Any
) -> None:
    page = page_at(360, storage_state=author_state)
    page.goto("/write/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kept = {"code": "abcdefgh", "time": 1, "fields": {"title": "Half a thought", "body": "All its words"}}
    page.evaluate("copy => localStorage.setItem('linklog:1:abcdefgh:w', JSON.stringify(copy))", kept)
    page.context.set_offline(True)
    page.goto("/write/capture/?text=Look+https://lighthouse.example/offline")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    page.locator("summary").filter(has_text="Half a thought").click()
    expect(page.get_by_text("All its words")).to_be_visible()
    expect(page.get_by_label("Link", exact=True)).to_have_value("https://lighthouse.example/offline")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_role("listitem").filter(has_text="lighthouse.example/offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Sent to your inbox.")).to_be_visible()
    page.goto("/write/")
    expect(inbox(page).get_by_text("lighthouse.example/offline")).to_be_visible()
    assert page.evaluate("localStorage.getItem('linklog-noted-links')") is None
    page.evaluate("localStorage.clear()")


def test_the_worker_keeps_nothing_that_is_private_and_what_it_kept_before_goes(
    page_at: PageAt, author_state: Any
) -> None:
    page = page_at(1280, storage_state=author_state)
    page.goto("/write/")
    page.evaluate("caches.open('linklog-write-old')")
    page.evaluate("navigator.serviceWorker.ready.then((one) => one.unregister())")
    page.goto("/write/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("caches.keys().then((names) => names.length === 1 && !names[0].endsWith('old'))")
    page.goto("/write/new/note/")
    page.goto("/write/")
    addresses = page.evaluate(
        "caches.keys().then(([name]) => caches.open(name)).then((cache) => cache.keys()).then((all) => all.map(({url}) => url))"
    )
    pages = [address for address in addresses if "/static/" not in address and "/site.css" not in address]
    assert [urlsplit(address).path for address in pages] == ["/write/offline/"]
    assert "Mira Lindqvist" not in page.evaluate(
        "caches.match('/write/offline/', {ignoreVary: true}).then((found) => found.text())"
    )
