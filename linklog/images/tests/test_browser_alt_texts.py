"""Drafts of alt text on the page of images without, in a real Chromium: they flow into the field, and nobody saves them but the author."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from conftest import LiveSite, PageAt
from tests.model_server import ModelServer, Reply

pytestmark = pytest.mark.browser

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def describing(page_at: PageAt, author_state: Any, live_site: LiveSite) -> Page:
    """The page of a draft with an image that nobody described."""
    folder = live_site.home / "media"
    folder.mkdir(exist_ok=True)
    Image.new("RGB", (43, 30), "teal").save(folder / "clock.png")
    page = page_at(360, storage_state=author_state, has_touch=True, is_mobile=True)
    page.goto("/write/new/note/")
    page.locator("textarea[name=body]").fill("Found at low water:\n\n![](/media/clock.png)\n\nIt still goes.")
    expect(page.get_by_text(re.compile("^Saved")).first).to_be_visible()
    page.goto(f"/write/images/alt/?post={page.locator('post-editor').get_attribute('data-code')}")
    return page


def test_a_draft_flows_into_the_field_and_waits_there(describing: Page, model_server: ModelServer) -> None:
    model_server.answers.append("A *clock* of ![brass](https://evil.example/).")
    field = describing.get_by_role("textbox", name="Alt text")
    describing.get_by_role("button", name="Draft alt text").click()
    expect(describing.get_by_text("Is it right?")).to_be_visible()
    expect(field).to_have_value("A clock of brass.")
    (asked,) = model_server.asked
    assert "Found at low water:" in asked.text
    assert "It still goes." in asked.text
    assert asked.images[0].size == (43, 30)
    describing.reload()
    expect(describing.get_by_text("Drafted")).to_be_visible()  # and nothing else came of it
    expect(field).to_have_value("A clock of brass.")
    assert describing.get_by_role("button", name="Draft alt text").bounding_box()["height"] >= 44
    found = Axe().run(describing, "alt-drafter", AXE_RULES)
    assert found.violations_count == 0, found.generate_report()


def test_a_draft_can_be_stopped_and_a_failed_one_says_why(describing: Page, model_server: ModelServer) -> None:
    model_server.answers.append(Reply("A clock", is_endless=True))
    field = describing.get_by_role("textbox", name="Alt text")
    field.fill("My own")
    describing.get_by_role("button", name="Draft alt text").click()
    expect(field).to_have_value(re.compile("^A clock and"))
    describing.get_by_role("button", name="Stop").click()
    expect(field).to_have_value("My own")
    expect(field).to_be_editable()
    model_server.answers.append(Reply(status=401))
    describing.get_by_role("button", name="Draft alt text").click()
    expect(describing.get_by_text("answered with an error (401)")).to_be_visible()
    expect(field).to_have_value("My own")
