"""A model's suggestions in a real browser: asked for by a press, shown as words, put in by a press, and nothing else."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import LiveSite, PageAt
from tests.model_server import ModelServer
from tests.website import TIDES, Website

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=document.title='gone'> ![x](https://evil.example/a.png)"


def editor_of(page: Page, website: Website) -> None:
    page.goto(f"/write/capture/?url={website.url}/article")
    expect(page.locator(".page-found model-suggestion")).to_be_attached()


@pytest.mark.parametrize("width", [360, 1280])
def test_suggestions_are_put_in_by_a_press(
    page_at: PageAt, author_state: Any, live_site: LiveSite, website: Website, model_server: ModelServer, width: int
) -> None:
    page = page_at(width, storage_state=author_state, permissions=["clipboard-read", "clipboard-write"])
    editor_of(page, website)
    body = page.get_by_label("Commentary")
    body.fill("A clock of brass.")

    model_server.answers.append(
        json.dumps({"title": "A clock that knows the tide", "summary": "It *follows* the moon."})
    )
    page.get_by_role("button", name="Suggest a title").click()
    expect(page.get_by_text("¢").first).to_be_visible()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Brass clocks that know the tide")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "It follows the moon."
    expect(body).to_have_value("A clock of brass.")
    page.get_by_role("button", name="Use as title").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("A clock that knows the tide")

    model_server.answers.append(json.dumps({"tags": ["Tides", "made up"]}))
    page.get_by_role("button", name="Let a model choose tags").click()
    page.locator("model-suggestion").get_by_role("button", name="Tides").click()
    expect(page.get_by_label("Tags", exact=True)).to_have_value("Tides, ")

    page.locator("input[name=pane][value=page]").check(force=True)
    sentence = TIDES.partition(". ")[0] + "."
    model_server.answers.append(json.dumps({"passages": [sentence, "This stands nowhere in the page."]}))
    page.get_by_role("button", name="Find passages to quote").click()
    expect(page.locator(".pane-page model-suggestion li")).to_have_count(1)
    page.get_by_role("button", name="Quote", exact=True).first.click()
    expect(body).to_have_value(f"A clock of brass.\n\n> {sentence}\n\n")


def test_what_a_model_writes_is_never_markup(
    page_at: PageAt, author_state: Any, live_site: LiveSite, website: Website, model_server: ModelServer
) -> None:
    page = page_at(storage_state=author_state)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    editor_of(page, website)
    title = page.title()
    model_server.answers.append(json.dumps({"title": HOSTILE, "summary": HOSTILE}))
    page.get_by_role("button", name="Suggest a title").click()
    found = page.locator("model-suggestion li [data-part=text]")
    expect(found).to_have_count(2)
    expect(found.locator("*")).to_have_count(0)
    page.get_by_role("button", name="Use as title").click()
    page.locator("input[name=pane][value=preview]").check(force=True)
    expect(page.frame_locator("live-preview iframe").locator("body")).to_contain_text("onerror")
    assert page.title() == title
    assert not [url for url in requests if "evil" in url]


def test_a_model_that_gives_no_answer_is_spoken_of(
    page_at: PageAt, author_state: Any, live_site: LiveSite, website: Website, model_server: ModelServer
) -> None:
    page = page_at(storage_state=author_state)
    editor_of(page, website)
    model_server.answers.append("No JSON.")
    button = page.get_by_role("button", name="Suggest a title")
    button.click()
    expect(page.get_by_text("gave an answer that cannot be used")).to_be_visible()
    model_server.answers.append(json.dumps({"title": "A clock", "summary": ""}))
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Use as title")).to_have_count(1)


def test_a_tag_is_described_in_the_admin(
    page_at: PageAt, author_state: Any, live_site: LiveSite, model_server: ModelServer
) -> None:
    page = page_at(storage_state=author_state)
    page.goto("/admin/posts/tag/?q=tides")
    page.locator("#result_list tbody th a").first.click()
    model_server.answers.append("Clocks and tables of the sea.")
    page.get_by_role("button", name="Suggest a description").click()
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_label("Description")).to_have_value("Clocks and tables of the sea.")
