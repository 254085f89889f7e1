"""Page families in a real Chromium, in front of the real server: accessible, within the screen, without an error, in both themes."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from conftest import LiveSite, PageAt

pytestmark = pytest.mark.browser

FAMILIES = {
    "home": "/",
    "entry": "/2026/Jul/12/reading-a-query-plan/",
    "entry with contents": "/2025/Jun/29/forms-that-forgive/",
    "entry with a wide table": "/2026/Apr/12/a-year-of-being-almost-right/",
    "blogmark": "/2025/Jul/5/robinson-crusoe/",
    "quotation": "/2026/Jun/7/water-gazers/",
    "right-to-left quotation": "/2025/Oct/5/all-the-rivers/",
    "note": "/2025/Aug/4/the-swifts-left/",
    "audio": "/2026/Nov/8/what-slack-water-sounds-like/",
    "overlong code": "/2026/Nov/15/what-is-in-my-bin/",
    "tag": "/tags/sqlite/",
    "tags": "/tags/",
    "kind": "/quotations/",
    "series": "/series/tide-clock/",
    "all series": "/series/",
    "credits": "/credits/",
    "person": "/credits/florence-nightingale/",
    "year": "/2026/",
    "month": "/2026/Nov/",
    "day": "/2026/Nov/19/",
    "page": "/about/",
    "subscribe": "/subscribe/",
    "search": "/search/",
    "search with choices": "/search/?q=tide&type=entry&exclude.tag=birds&year=2026",
    "search that finds nothing": "/search/?q=tied+clokc",
    "refused search": "/search/?tag=a&tag=b&tag=c&tag=d&tag=e",
    "nothing here": "/no-such-page/",
}
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", FAMILIES.values(), ids=FAMILIES.keys())
def test_a_page_is_accessible(page_at: PageAt, path: str, scheme: str) -> None:
    page = page_at(1280, scheme)
    page.goto(path)
    results = Axe().run(page, options=AXE_RULES)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [320, 360, 1600])
@pytest.mark.parametrize("path", FAMILIES.values(), ids=FAMILIES.keys())
def test_a_page_stays_within_the_screen(page_at: PageAt, path: str, width: int) -> None:
    page = page_at(width)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("path", ["/", "/2026/Nov/19/resilient-web-design/", "/tags/", "/2026/Nov/", "/subscribe/"])
def test_a_page_reads_without_javascript(page_at: PageAt, path: str) -> None:
    page = page_at(360, java_script_enabled=False)
    page.goto(path)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.get_by_role("main")).to_be_visible()


def test_the_skip_link_is_the_first_stop_and_leads_to_the_words(page_at: PageAt) -> None:
    page = page_at(1280)
    page.goto("/")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert (focused.get_attribute("href") or "").startswith("#")
    expect(focused).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url.endswith(focused.get_attribute("href") or "?") or "#" in page.url


def paper(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_the_theme_switch_is_kept_across_pages(page_at: PageAt) -> None:
    page = page_at(1280, "light")
    page.goto("/")
    light = paper(page)
    page.locator("theme-switch").get_by_role("radio", name=re.compile("dark", re.I)).or_(
        page.locator("theme-switch").get_by_role("button", name=re.compile("dark", re.I))
    ).first.click(force=True)
    dark = paper(page)
    assert dark != light
    page.goto("/tags/")
    assert paper(page) == dark


def test_an_author_signs_in_writes_a_blogmark_and_readers_find_it(page_at: PageAt, live_site: LiveSite) -> None:
    page = page_at(1280)
    page.goto("/admin/")
    page.get_by_label("Username").fill(live_site.owner)
    page.get_by_label("Password").fill(live_site.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto("/admin/posts/blogmark/add/")
    page.get_by_label("Link:", exact=True).fill("https://lighthouse.example/lens")
    page.get_by_label("Title:", exact=True).fill("How a Fresnel lens was ground")
    page.get_by_label("Text:", exact=True).fill("With *patience*, and sand.")
    tags = page.get_by_label("Tags:", exact=True)
    tags.press_sequentially("sqli")
    page.get_by_role("option", name="SQLite").click()
    tags.press_sequentially("lighthouses, ")
    page.get_by_label("Draft", exact=True).uncheck()
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto("/")
    link = page.get_by_role("link", name="How a Fresnel lens was ground").first
    expect(link).to_have_attribute("href", "https://lighthouse.example/lens")
    feed = page.request.get("/tags/lighthouses.atom").text()
    assert "How a Fresnel lens was ground" in feed
    assert "&lt;em&gt;patience&lt;/em&gt;" in feed
    page.goto("/tags/sqlite/")
    expect(page.get_by_role("link", name="How a Fresnel lens was ground").first).to_be_visible()


def test_the_filter_box_narrows_the_tags(page_at: PageAt) -> None:
    page = page_at(360)
    page.goto("/tags/")
    box = page.get_by_role("main").get_by_role("searchbox")
    box.fill("sqli")
    expect(page.get_by_role("link", name=re.compile("SQLite")).first).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="birds")).to_be_hidden()
