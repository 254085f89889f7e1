"""The editor's pages in a real Chromium: accessible, within the screen, in order, and of use without a script."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from conftest import LiveSite, PageAt

pytestmark = pytest.mark.browser

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CAPTURE = "/write/capture/?url=https://clocks.invalid/a&title=Clocks&text=Brass"
PAGES = {"blogmark": "/write/new/blogmark/", "quotation": "/write/new/quotation/", "captured page": CAPTURE}


def write_one(page: Page) -> str:
    """The address of a new public note."""
    page.goto("/write/new/note/")
    page.locator("#id_body").fill("Low water at six.")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_url("**/write/")
    page.goto(page.locator(".messages a").get_attribute("href") or "")
    short = page.locator("a[rel=shortlink]").get_attribute("href") or ""
    return short.replace("/p/", "/write/post/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_an_editor_is_accessible(page_at: PageAt, author_state: Any, path: str, scheme: str) -> None:
    page = page_at(1280, scheme, storage_state=author_state)
    page.goto(path)
    page.locator(".more-fields summary").click()
    results = Axe().run(page, options=AXE_RULES)
    assert results.violations_count == 0, results.generate_report()


def test_history_and_the_question_before_deleting_are_accessible(page_at: PageAt, author_state: Any) -> None:
    page = page_at(1280, storage_state=author_state)
    path = write_one(page)
    for part in ("", "history/", "delete/"):
        page.goto(path + part)
        results = Axe().run(page, options=AXE_RULES)
        assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [320, 360, 1100, 1600])
def test_an_editor_stays_within_the_screen(page_at: PageAt, author_state: Any, width: int) -> None:
    page = page_at(width, storage_state=author_state)
    page.goto(CAPTURE)
    page.locator(".more-fields summary").click()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_kind_shows_its_own_fields_and_keeps_the_words_of_others(page_at: PageAt, author_state: Any) -> None:
    page = page_at(1280, storage_state=author_state)
    page.goto("/write/new/blogmark/")
    page.locator("#id_link_url").fill("https://clocks.example/")
    page.get_by_role("radio", name="Entry").check()
    expect(page.locator("#id_link_url")).to_be_hidden()
    expect(page.locator("#id_title")).to_be_visible()
    page.get_by_role("radio", name="Quotation").check()
    expect(page.get_by_label("Who said it")).to_be_visible()
    expect(page.locator("#id_link_url")).to_have_value("https://clocks.example/")


def test_on_a_phone_the_toolbar_and_the_buttons_stay_in_view(page_at: PageAt, author_state: Any) -> None:
    page = page_at(360, storage_state=author_state, has_touch=True, is_mobile=True)
    page.goto("/write/new/entry/")
    page.locator("#id_body").fill("A line.\n" * 200)
    page.evaluate("window.scrollTo(0, 2000)")
    expect(page.get_by_role("button", name=re.compile("Bold"))).to_be_in_viewport()
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_in_viewport()
    small = page.evaluate(
        "[...document.querySelectorAll('#editor :is(button, summary, .kinds label, .panes label)')]"
        ".filter((e) => e.checkVisibility() && !e.matches('.visually-hidden') && e.getBoundingClientRect().height < 43.5)"
        ".map((e) => e.outerHTML.slice(0, 80))"
    )
    assert small == []


def test_a_post_is_written_without_a_script(page_at: PageAt, author_state: Any, live_site: LiveSite) -> None:
    page = page_at(360, storage_state=author_state, java_script_enabled=False)
    page.goto("/write/new/note/")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be published without it")
    page.locator("#id_body").fill("Written by *hand*.")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.locator(".messages a").click()
    expect(page.locator("article em")).to_have_text("hand")
