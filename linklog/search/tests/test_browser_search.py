"""The search page in a real Chromium: with a script results follow the typing, and without one everything works as well."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from conftest import LiveSite, PageAt, free_port, wait_until_healthy

pytestmark = pytest.mark.browser

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
FINGER = 44  # CSS pixels


def field(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Search")


def facets(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Narrow")


def count(page: Page) -> Locator:
    return page.locator("#search-count")


def heading(page: Page, text: str) -> Locator:
    return page.get_by_role("heading", level=1, name=text, exact=True)


def mark(page: Page) -> None:
    """Leave something on the page that a load would sweep away, and remember the element whose changes are announced."""
    page.evaluate("window.unloaded = true; window.announced = document.querySelector('#search-count')")


def expect_no_load(page: Page) -> None:
    assert page.evaluate("window.unloaded === true && window.announced === document.querySelector('#search-count')")


def test_results_and_facets_follow_the_typing(page_at: PageAt) -> None:
    page = page_at(1280)
    page.goto("/search/")
    mark(page)
    field(page).press_sequentially("tide")
    expect(heading(page, "Posts matching “tide*”")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/search/\?q=tide$"))
    expect(page).to_have_title(re.compile("^Posts matching “tide"))
    expect(count(page)).to_have_text(re.compile(r"^\d+ posts$"))
    expect(page.locator(".results mark").first).to_have_text(re.compile("tide", re.IGNORECASE))
    expect(facets(page).get_by_role("link", name=re.compile(r"^Tides \d+$"))).to_be_visible()
    expect(field(page)).to_be_focused()
    assert field(page).evaluate("field => field.selectionStart") == len("tide")
    canonical = page.locator("link[rel=canonical]").get_attribute("href") or ""
    assert canonical.endswith("/search/?q=tide%2A")
    expect_no_load(page)


def test_half_a_word_finds_what_begins_so(page_at: PageAt) -> None:
    page = page_at(1280)
    page.goto("/search/?q=swif")
    expect(count(page)).to_have_text("Nothing found")
    field(page).press("End")
    field(page).press_sequentially("t")
    expect(page.locator(".results mark").first).to_have_text(re.compile("^swift", re.IGNORECASE))


def test_the_server_is_asked_when_the_typing_pauses(page_at: PageAt) -> None:
    page = page_at(1280)
    page.goto("/search/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "typing=1" in request.url else None)
    field(page).evaluate(
        """field => { for (const letter of "tides and birds") {
             field.value += letter;
             field.dispatchEvent(new Event("input", { bubbles: true }));
           } }"""
    )
    expect(heading(page, "Posts matching “tides and birds*”")).to_be_visible()
    assert len(asked) == 1


def test_what_was_typed_last_is_shown_whatever_comes_last(page_at: PageAt) -> None:
    page = page_at(1280)
    page.goto("/search/")
    held = []
    page.route("**/search/?q=bir&**", lambda route: held.append(route))
    with page.expect_request("**/search/?q=bir&**"):
        field(page).press_sequentially("bir")
    with page.expect_event("requestfailed", lambda request: "q=bir&" in request.url):
        field(page).fill("tide")
    expect(heading(page, "Posts matching “tide*”")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")


def test_back_leads_through_what_was_searched(page_at: PageAt) -> None:
    page = page_at(1280)
    page.goto("/search/")
    mark(page)
    field(page).press_sequentially("tide")
    field(page).press("Enter")
    expect(heading(page, "Posts matching “tide”")).to_be_visible()
    facets(page).get_by_role("link", name=re.compile("^Entries")).click()
    expect(heading(page, "Entries matching “tide”")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=tide&type=entry$"))
    page.go_back()
    expect(heading(page, "Posts matching “tide”")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=tide$"))
    expect(field(page)).to_have_value("tide")
    page.go_back()
    expect(heading(page, "Search")).to_be_visible()
    expect(field(page)).to_have_value("")
    page.go_forward()
    expect(heading(page, "Posts matching “tide”")).to_be_visible()
    expect(field(page)).to_have_value("tide")
    expect_no_load(page)


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_a_value_narrows_another_is_excluded_and_both_are_taken_off(page_at: PageAt, has_script: bool) -> None:
    page = page_at(1280, java_script_enabled=has_script)
    page.goto("/search/?q=tide")
    total = count(page).inner_text()
    facets(page).get_by_role("link", name=re.compile("^Entries")).click()
    expect(page).to_have_url(re.compile(r"\?q=tide&type=entry$"))
    expect(heading(page, "Entries matching “tide”")).to_be_visible()
    facets(page).get_by_role("link", name="Without Tides").click()
    expect(page).to_have_url(re.compile(r"exclude\.tag=tides"))
    expect(heading(page, "Entries matching “tide” without Tides")).to_be_visible()
    expect(page.locator(".results .post:not(.entry)")).to_have_count(0)
    chips = page.get_by_role("list", name="Chosen")
    chips.get_by_role("link", name="Take off: Tag not Tides").click()
    expect(heading(page, "Entries matching “tide”")).to_be_visible()
    facets(page).get_by_role("link", name=re.compile("^Take off: Entries")).click()
    expect(page).to_have_url(re.compile(r"\?q=tide$"))
    expect(count(page)).to_have_text(total)
    expect(chips).to_have_count(0)


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_other_words_keep_what_is_chosen(page_at: PageAt, has_script: bool) -> None:
    page = page_at(1280, java_script_enabled=has_script)
    page.goto("/search/?q=tide&type=entry&sort=date")
    field(page).fill("clock")
    field(page).press("Enter")
    expect(page).to_have_url(re.compile(r"\?q=clock&type=entry&sort=date$"))
    expect(heading(page, "Entries matching “clock”")).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_nothing_found_leads_on_to_what_was_meant(page_at: PageAt, has_script: bool) -> None:
    page = page_at(1280, java_script_enabled=has_script)
    page.goto("/search/?q=clokc")
    expect(count(page)).to_have_text("Nothing found")
    page.get_by_role("main").get_by_role("link", name="clock", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?q=clock$"))
    expect(field(page)).to_have_value("clock")
    expect(page.locator(".results .post").first).to_be_visible()


def test_with_the_keyboard_alone_a_value_is_chosen_and_taken_off_where_the_focus_is(page_at: PageAt) -> None:
    page = page_at(1280)
    page.goto("/search/?q=tide")
    field(page).focus()
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.locator(":focus").get_attribute("data-key") == "type:entry":
            break
    page.keyboard.press("Enter")
    chosen = facets(page).get_by_role("link", name=re.compile("^Take off: Entries"))
    expect(chosen).to_be_focused()
    page.keyboard.press("Enter")
    expect(facets(page).get_by_role("link", name=re.compile("^Entries"))).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_accessible_name("Without Entries")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()  # the value that had the focus is gone
    expect(page.get_by_role("heading", level=1)).to_have_text("Posts matching “tide” without Entries")


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_on_a_phone_facets_stand_behind_a_line_above_the_results(page_at: PageAt, has_script: bool) -> None:
    page = page_at(360, has_touch=True, is_mobile=True, java_script_enabled=has_script)
    page.goto("/search/?q=tide")
    expect(facets(page)).to_be_hidden()
    page.get_by_text("Narrow", exact=True).click()
    entries = facets(page).get_by_role("link", name=re.compile("^Entries"))
    expect(entries).to_be_visible()
    for target in (entries, facets(page).get_by_role("link", name="Without Entries"), page.locator("#narrow summary")):
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= FINGER
        assert box["width"] >= FINGER
    entries.click()
    expect(heading(page, "Entries matching “tide”")).to_be_visible()
    expect(facets(page)).to_be_visible(visible=has_script)  # a script leaves open what is open
    chip = page.get_by_role("list", name="Chosen").get_by_role("link").bounding_box()
    assert chip is not None
    assert chip["height"] >= FINGER


def test_the_search_box_of_any_page_leads_here(page_at: PageAt) -> None:
    page = page_at(360, java_script_enabled=False)
    page.goto("/")
    field(page).fill("tide")
    field(page).press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=tide$"))
    expect(heading(page, "Posts matching “tide”")).to_be_visible()


def test_the_help_explains_by_links(page_at: PageAt) -> None:
    page = page_at(360)
    page.goto("/search/")
    page.get_by_text("How to search").click()
    page.get_by_role("link", name="type:quotation").click()
    expect(page).to_have_url(re.compile(r"\?q=type%3Aquotation$"))
    expect(field(page)).to_have_value("type:quotation")
    expect(page.locator(".results .post:not(.quotation)")).to_have_count(0)


def test_a_link_opens_elsewhere_where_a_reader_asks_for_that(page_at: PageAt) -> None:
    page = page_at(1280)
    page.goto("/search/?q=tide")
    with page.context.expect_page() as opened:
        facets(page).get_by_role("link", name=re.compile("^Entries")).click(modifiers=["Control"])
    expect(opened.value).to_have_url(re.compile(r"\?q=tide&type=entry$"))
    expect(page).to_have_url(re.compile(r"\?q=tide$"))


def test_what_the_script_shows_is_accessible(page_at: PageAt) -> None:
    page = page_at(1280)
    page.goto("/search/")
    field(page).press_sequentially("tide")
    expect(heading(page, "Posts matching “tide*”")).to_be_visible()
    results = Axe().run(page, options=AXE_RULES)
    assert results.violations_count == 0, results.generate_report()


def test_without_the_network_the_page_stays_as_it_was_and_says_so(page_at: PageAt) -> None:
    page = page_at(1280)
    page.goto("/search/?q=tide")
    before = page.locator("#search-found").inner_text()
    page.context.set_offline(True)
    field(page).fill("birds")
    expect(page.get_by_role("alert")).to_have_text("The site could not be asked. What is shown is from before.")
    assert page.locator("#search-found").inner_text() == before
    page.context.set_offline(False)
    field(page).fill("bird")
    expect(heading(page, "Posts matching “bird*”")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.fixture
def sparing_site(live_site: LiveSite, tmp_path: Path) -> Iterator[str]:
    """The address of a copy of the demo site that lets a client search twice a minute."""
    home, url = tmp_path / "home", f"http://127.0.0.1:{(port := free_port())}"
    shutil.copytree(live_site.home, home, ignore=shutil.ignore_patterns("search-budget"))
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"LINKLOG_HOME": str(home), "LINKLOG_URL": url, "LINKLOG_SEARCH_BUDGET": "2"}
    with (tmp_path / "log").open("wb") as log:
        command = [sys.executable, "-m", "linklog", "serve", "--port", str(port)]
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        wait_until_healthy(url, server, tmp_path / "log")
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def test_a_budget_that_is_spent_is_told_in_a_sentence(page_at: PageAt, sparing_site: str) -> None:
    page = page_at(1280)
    page.goto(f"{sparing_site}/search/")
    alert = page.get_by_role("alert")
    for letter in "lighthouse":  # another minute may begin in between, and with it another budget
        with page.expect_response(re.compile("typing=1|q=l$")) as answered:
            field(page).press_sequentially(letter)
        if answered.value.status == 429:
            break
    expect(alert).to_have_text(re.compile(r"^Too many searches.* Try again in \d+ seconds\.$"))
    expect(page.locator(".results .post").first).to_be_visible()
