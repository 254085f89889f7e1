"""A screenshot of the linked page, in a real Chromium: taken, cut by pointer and by keys, and put into the text with its credit."""

import io
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from conftest import PageAt
from tests.website import Website

pytestmark = pytest.mark.browser

TAKEN = 60_000  # milliseconds, on a machine that does other things as well
FINGER = 44  # pixels


@pytest.fixture
def open_pane(page_at: PageAt, author_state: Any) -> Any:
    def opened(url: str, width: int = 1280, **options: Any) -> Page:
        page = page_at(width, storage_state=author_state, **options)
        page.goto("/write/new/blogmark/")
        page.locator("#editor [name=link_url]").fill(url)
        page.locator("label:has([name=pane][value=page])").click()
        return page

    return opened


def edge(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name)


def test_a_part_of_a_screenshot_comes_into_the_text_with_the_page_as_its_credit(
    open_pane: Any, website: Website
) -> None:
    page = open_pane(f"{website.url}/article")
    page.get_by_role("button", name="Take a screenshot").click()
    dialog = page.get_by_role("dialog", name="Which part of the page?")
    expect(dialog).to_be_visible(timeout=TAKEN)
    expect(dialog.locator("output")).to_have_text("1600 × 1000")
    assert Axe().run(page, "dialog.cropping").response["violations"] == []
    edge(page, "Bottom edge").press("PageUp")
    edge(page, "Bottom edge").press("ArrowUp")
    edge(page, "Left edge").press("PageDown")
    expect(dialog.locator("output")).to_have_text("1500 × 890")
    box = edge(page, "Right edge").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 200, box["y"] + 20, steps=4)
    page.mouse.up()
    said = dialog.locator("output").inner_text()
    width, height = map(int, said.split(" × "))
    assert 900 < width < 1400
    assert height == 890
    assert edge(page, "Right edge").get_attribute("aria-valuenow") == str(100 + width)
    page.get_by_role("button", name="Use it").click()
    body = page.locator("#editor [name=body]")
    expect(body).to_have_value(re.compile(r'^!\[\]\(/media/\S+ "Brass clocks that know the tide"\)\s*$'), timeout=TAKEN)
    src = re.findall(r"/media/[^ )]+", body.input_value())[0]
    with Image.open(io.BytesIO(page.request.get(src).body())) as picture:
        assert picture.size == (width, height)
    page.locator("label:has([name=pane][value=preview])").click()
    preview = page.frame_locator("live-preview iframe").first if page.locator("live-preview iframe").count() else page
    credit = preview.locator(f'figcaption a[href="{website.url}/article"]')
    expect(credit).to_have_text("Brass clocks that know the tide")


def test_who_goes_on_writing_is_not_interrupted_and_finds_the_screenshot_later(
    open_pane: Any, website: Website
) -> None:
    page = open_pane(f"{website.url}/article")
    _answer_with_a_picture(page)
    page.get_by_role("button", name="Take a screenshot").click()
    page.locator("#editor [name=body]").press_sequentially("Tides", delay=80)
    look = page.get_by_role("button", name="Choose a part of it")
    expect(look).to_be_visible()
    expect(page.get_by_role("dialog", name="Which part of the page?")).to_be_hidden()
    look.click()
    expect(page.get_by_role("dialog", name="Which part of the page?")).to_be_visible()


def test_a_finger_finds_every_handle_and_no_edge_passes_another(open_pane: Any, website: Website) -> None:
    page = open_pane(f"{website.url}/article", 360, has_touch=True, is_mobile=True)
    _answer_with_a_picture(page)
    page.get_by_role("button", name="Take a screenshot").click()
    dialog = page.get_by_role("dialog", name="Which part of the page?")
    expect(dialog).to_be_visible()
    for handle in dialog.locator("[data-edges]").all():
        box = handle.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= FINGER
    edge(page, "Top edge").press("End")
    edge(page, "Left edge").press("End")
    width, height = map(int, dialog.locator("output").inner_text().split(" × "))
    assert 0 < width < 500
    assert 0 < height < 500
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_why_there_is_no_screenshot_is_said(open_pane: Any, website: Website) -> None:
    page = open_pane("http://10.0.0.1/")
    page.get_by_role("button", name="Take a screenshot").click()
    expect(page.locator("page-screenshot")).to_contain_text("not part of the public web", timeout=TAKEN)
    expect(page.get_by_role("button", name="Take a screenshot")).to_be_visible()


def _answer_with_a_picture(page: Page) -> None:
    """As the server does, but at once."""
    content = io.BytesIO()
    Image.new("RGB", (1600, 6250), "navy").save(content, "PNG")
    told = {
        "state": "ready",
        "url": "http://page.example/",
        "title": "A page",
        "picture": "/write/screenshot/x/picture/",
    }

    def answer(route: Route) -> None:
        if route.request.url.endswith("/picture/"):
            route.fulfill(body=content.getvalue(), content_type="image/png")
        else:
            route.fulfill(
                json=told if route.request.method == "GET" else {"state": "waiting", "follow": route.request.url}
            )

    page.route("**/write/screenshot/**", answer)
