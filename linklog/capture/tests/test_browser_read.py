"""The linked page beside the editor, in a real Chromium: read when the editor opens, proposed, never in the way of what is typed."""

from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from conftest import PageAt
from tests.website import COMMIT, HOSTILE, Website

pytestmark = pytest.mark.browser


@pytest.fixture
def capture(page_at: PageAt, author_state: Any) -> Any:
    def open_editor(width: int = 1280, **given: str) -> Page:
        page = page_at(width, storage_state=author_state, has_touch=width < 700, is_mobile=width < 700)
        page.goto(f"/write/capture/?{urlencode(given)}")
        return page

    return open_editor


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#editor [name={name}]")


def test_the_form_is_filled_from_the_page_and_links_to_earlier_posts_by_a_press(capture: Any, website: Website) -> None:
    page = capture(
        url=f"{website.url}/chain?utm_source=x", title="Brass | Paper", text="The tide.", via="https://friend.example/a"
    )
    expect(field(page, "title")).to_have_value("Brass clocks that know the tide")
    expect(field(page, "link_url")).to_have_value(f"{website.url}/article")
    expect(field(page, "person_names")).to_have_value("Ada Bell; Grace Winter")
    expect(field(page, "via_title")).to_have_value("friend.example")
    expect(field(page, "body")).to_have_value("> The tide.\n")
    page.get_by_role("button", name="Link to it").first.click()
    assert "](/20" in field(page, "body").input_value()
    page.keyboard.press("Control+z")
    expect(field(page, "body")).to_have_value("> The tide.\n")


def test_what_the_author_typed_meanwhile_stays(capture: Any, website: Website) -> None:
    page = capture(url=f"{website.url}/held", title="Given")
    expect(page.locator("page-reader").get_by_text("Reading the page …")).to_be_attached()
    field(page, "title").fill("Typed")
    website.may_answer.set()
    expect(field(page, "person_names")).to_have_value("Ada Bell; Grace Winter")
    expect(field(page, "title")).to_have_value("Typed")


def test_a_page_that_is_only_looked_at_makes_no_draft(capture: Any, website: Website) -> None:
    page = capture(url=f"{website.url}/plain")
    expect(field(page, "person_names")).to_have_value("Tove Lind; Per Ek")
    state = page.locator("saving-state")
    expect(state).to_contain_text("Not saved yet")
    page.wait_for_timeout(1500)  # longer than the pause after which what is typed is saved
    assert "/write/capture/" in page.url
    field(page, "body").press_sequentially("Worth it.")
    page.wait_for_url("**/write/post/**")
    expect(field(page, "person_names")).to_have_value("Tove Lind; Per Ek")


def test_a_post_is_followed_up_by_a_press(capture: Any, website: Website) -> None:
    page = capture(url=f"{website.url}/plain")
    expect(field(page, "person_names")).to_have_value("Tove Lind; Per Ek")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("It is public:")).to_be_visible()
    page.goto(f"/write/capture/?{urlencode({'url': website.url + '/plain?utm_source=x', 'text': 'Words.'})}")
    expect(page.get_by_role("heading", name="You linked this before")).to_be_visible()
    page.get_by_role("button", name="Follow up").first.click()
    assert field(page, "body").input_value().startswith("Follow-up to [Moorings, a page of old](/20")
    assert field(page, "body").input_value().endswith(").\n\n> Words.\n")


def test_a_file_is_pinned_by_a_press(capture: Any, website: Website) -> None:
    page = capture(url=f"{website.url}/ada/code/blob/main/file.py#L3")
    page.get_by_role("button", name="Pin the link").click()
    expect(field(page, "link_url")).to_have_value(f"{website.url}/ada/code/blob/{COMMIT}/file.py#L3")


def test_on_a_phone_the_tab_says_that_something_was_found(capture: Any, website: Website) -> None:
    page = capture(360, url=f"{website.url}/article")
    tab = page.locator(".panes label").filter(has_text="Page")
    expect(tab).to_have_attribute("data-news", "")
    expect(field(page, "body")).to_be_visible()
    tab.tap()
    button = page.get_by_role("button", name="Link to it").first
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_an_address_typed_by_hand_is_read_when_it_is_whole_and_again_when_asked(capture: Any, website: Website) -> None:
    page = capture()
    page.goto("/write/new/blogmark/")
    field(page, "link_url").press_sequentially(f"{website.url}/plain")
    page.keyboard.press("Tab")
    expect(field(page, "title")).to_have_value("Moorings, a page of old")
    field(page, "link_url").fill(f"{website.url}/article")
    page.locator(".panes label").filter(has_text="Page").click()
    page.get_by_role("button", name="Read the page").click()
    expect(page.locator("page-reader")).to_contain_text("Grace Winter")
    expect(field(page, "title")).to_have_value("Moorings, a page of old")


def test_a_hostile_page_runs_nothing(capture: Any, website: Website) -> None:
    page = capture(url=f"{website.url}/hostile", title=HOSTILE, text=HOSTILE)
    expect(page.locator("page-reader .page-line")).to_contain_text("{{7*7}}")
    expect(field(page, "title")).to_have_value(f"{HOSTILE} gnp.exe")
    assert page.locator("page-reader script, page-reader img").count() == 0
