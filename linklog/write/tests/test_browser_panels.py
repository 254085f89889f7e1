"""The panels beside the text in a real Chromium: tags that are suggested, the field they go into, and the checklist."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from conftest import PageAt
from tests.website import Website

pytestmark = pytest.mark.browser

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
Write = Callable[..., Page]


@pytest.fixture
def write(page_at: PageAt, author_state: Any) -> Write:
    def open_editor(
        path: str = "/write/new/blogmark/", width: int = 1280, scheme: str = "light", **options: Any
    ) -> Page:
        page = page_at(width, scheme, storage_state=author_state, **options)
        page.goto(path)
        return page

    return open_editor


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#editor [name={name}]")


def suggested(page: Page) -> Locator:
    return page.locator("tag-suggestions button")


def item(page: Page, name: str) -> Locator:
    return page.locator(f'writing-checklist [data-name="{name}"]')


def show_list(page: Page) -> None:
    page.get_by_role("radio", name="Checklist").check()


@pytest.mark.parametrize(("width", "options"), [(1280, {}), (360, {"has_touch": True, "is_mobile": True})])
def test_a_suggested_tag_is_added_by_one_press_and_nothing_moves(
    write: Write, width: int, options: dict[str, Any]
) -> None:
    page = write(width=width, **options)
    before = page.locator(".more-fields").bounding_box()
    field(page, "title").fill("A tide clock for the kitchen")
    expect(suggested(page).first).to_be_visible()
    assert page.locator(".more-fields").bounding_box()["y"] == pytest.approx(before["y"], abs=1)
    name = suggested(page).first.locator("b").inner_text()
    press = suggested(page).first.tap if options else suggested(page).first.click
    press()
    expect(field(page, "tag_names")).to_have_value(f"{name}, ")
    expect(suggested(page).get_by_text(name, exact=True)).to_have_count(0)
    assert suggested(page).first.bounding_box()["height"] >= 44


def test_enter_ends_the_name_of_a_tag_and_sends_nothing(write: Write) -> None:
    page = write()
    tags = field(page, "tag_names")
    tags.press_sequentially("brand new")
    expect(page.get_by_role("option", name="New: brand new")).to_be_visible()
    tags.press("Enter")
    tags.press_sequentially("tid")
    expect(page.locator(".token-suggestions [role=option]").first).to_have_text("Tides")
    tags.press("ArrowDown")
    tags.press("Enter")
    expect(tags).to_have_value("brand new, Tides, ")
    assert page.url.endswith("/write/new/blogmark/") or "/write/post/" in page.url
    expect(tags).to_be_focused()


def test_the_checklist_follows_the_text_and_its_buttons_do_what_they_say(write: Write, website: Website) -> None:
    page = write(f"/write/capture/?url={website.url}/article&title=Brass+clocks")
    expect(page.locator(".page-found")).not_to_be_empty()
    field(page, "person_names").fill("")
    show_list(page)
    expect(item(page, "credit")).to_have_attribute("data-state", "open")
    item(page, "credit").get_by_role("button").click()
    expect(field(page, "person_names")).to_have_value("Ada Bell; Grace Winter")
    expect(item(page, "credit")).to_have_attribute("data-state", "done")
    expect(item(page, "read")).to_have_attribute("data-state", "open")
    field(page, "body").fill(
        "Read on:\n\n> That was note 7 of the keeper of the harbour\n\n[gone](http://127.0.0.2:9/gone)"
    )
    expect(item(page, "read")).to_have_attribute("data-state", "done")
    expect(item(page, "links")).to_have_attribute("data-state", "open")
    expect(item(page, "links")).to_contain_text("http://127.0.0.2:9/gone")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_the_panels_can_be_used_by_everyone(write: Write, width: int, scheme: str) -> None:
    page = write(width=width, scheme=scheme)
    field(page, "title").fill("A tide clock")
    field(page, "body").fill("![mark.svg](/static/mark.svg)")
    expect(suggested(page).first).to_be_visible()
    show_list(page)
    expect(item(page, "alt")).to_have_attribute("data-state", "open")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()
