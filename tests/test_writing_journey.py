"""From a page just read to a published post, in a real Chromium in front of the real server, on a desk and on a phone: the bookmarklet is
pressed on a page of somebody else's website, the editor opens filled, the commentary is typed, and readers find the post at once.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from conftest import LiveSite, PageAt, sign_in
from tests.website import COMMIT, HOSTILE, TIDES, Website

pytestmark = pytest.mark.browser

WORKERS_ASKED = 4  # times in a row, so that each of the server's processes answers
SURFACES = ("/", "/blogmarks/", "/atom/everything/", "/search/?q={word}")

PHONE = 700  # CSS pixels: narrower than that it is one

Press = Callable[[Page, str], Page]


@dataclass(frozen=True)
class Found:
    """What the form holds for a page, before a word is typed."""

    path: str
    title: str
    link: str
    credits: str = ""


PAGES = {
    "article": Found("/article", "Brass clocks that know the tide", "/article", "Ada Bell; Grace Winter"),
    "file": Found("/ada/code/blob/main/file.py", "code/file.py at main · ada/code", "/ada/code/blob/main/file.py"),
    "chain": Found("/chain", "Brass clocks that know the tide", "/article", "Ada Bell; Grace Winter"),
    "big": Found("/big", "Brass clocks that know the tide", "/article", "Ada Bell; Grace Winter"),
    "hostile": Found("/hostile", f"{HOSTILE} gnp.exe", "/hostile"),
}


@pytest.fixture(params=[1280, 360], ids=["desk", "phone"])
def reader(request: Any, page_at: PageAt, author_state: Any) -> Page:
    """A browser in which the author is signed in, and reads."""
    is_phone = request.param < PHONE
    return page_at(request.param, storage_state=author_state, has_touch=is_phone, is_mobile=is_phone)


@pytest.fixture(scope="session")
def bookmarklets(browser: Any, live_site: LiveSite, author_state: Any) -> dict[str, str]:
    """What a press on each runs."""
    context = browser.new_context(base_url=live_site.url, storage_state=author_state)
    page = context.new_page()
    page.goto("/write/tools/")
    links = {name: page.get_by_role("link", name=name, exact=True) for name in ("Write about this", "Keep for later")}
    codes = {
        name: unquote((link.get_attribute("href") or "").removeprefix("javascript:")) for name, link in links.items()
    }
    context.close()
    return codes


@pytest.fixture
def press(bookmarklets: dict[str, str]) -> Press:
    """Run a bookmarklet where the reader is. A phone's browser, and one that shows no new windows, goes there in the same one."""

    def run(page: Page, name: str) -> Page:
        if width(page) < PHONE:
            with page.expect_navigation(url="**/write/**"):
                page.evaluate(f"window.open = () => null; {bookmarklets[name]}")
            return page
        with page.expect_popup() as opened:
            page.evaluate(bookmarklets[name])
        return opened.value

    return run


def width(page: Page) -> int:
    assert page.viewport_size
    return page.viewport_size["width"]


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#editor [name={name}]")


def open_there(page: Page, address: str) -> None:
    """The bookmarklet can be pressed as soon as the page has its title, however much is still to come."""
    page.goto(address, wait_until="commit")
    page.wait_for_function("document.title")


def tap(page: Page, target: Locator) -> None:
    """As whoever holds the device does."""
    if page.evaluate("navigator.maxTouchPoints"):
        target.tap()
    else:
        target.click()


def publish(page: Page) -> None:
    tap(page, page.get_by_role("button", name="Publish", exact=True))
    expect(page.get_by_text("It is public:")).to_be_visible()


def expect_everywhere(page: Page, site: LiveSite, word: str) -> None:
    """`word` stands on every page where readers look for new posts, at once, whichever process answers."""
    for surface in SURFACES:
        for _turn in range(WORKERS_ASKED):
            answer = page.request.get(site.url + surface.format(word=word))
            assert answer.ok
            assert re.search(rf"<p[^>]*>[^<]*{word}|&lt;p&gt;[^&]*{word}|<mark>{word}", answer.text(), re.I), surface


@pytest.mark.parametrize("found", PAGES.values(), ids=PAGES.keys())
def test_a_page_just_read_becomes_a_post_that_readers_find(
    reader: Page, press: Press, website: Website, live_site: LiveSite, found: Found
) -> None:
    open_there(reader, website.url + found.path)
    page = press(reader, "Write about this")
    expect(field(page, "title")).to_have_value(found.title)
    expect(field(page, "link_url")).to_have_value(website.url + found.link)
    if found.credits:
        expect(field(page, "person_names")).to_have_value(found.credits)
    word = f"zyx{re.sub(r'[^a-z]', '', found.path)}{width(reader)}"
    tap(page, field(page, "body"))
    page.keyboard.type(f"The keeper of {word} and the tide clock.")
    publish(page)
    expect_everywhere(page, live_site, word)
    page.goto("/" if page is reader else live_site.url)
    link = page.get_by_role("link", name=found.title).first
    expect(link).to_have_attribute("href", website.url + found.link)


def test_suggested_tags_are_taken_by_a_press(reader: Page, press: Press, website: Website, live_site: LiveSite) -> None:
    reader.goto(f"{website.url}/article")
    page = press(reader, "Write about this")
    expect(field(page, "person_names")).to_have_value("Ada Bell; Grace Winter")
    tag = page.locator("tag-suggestions button").first
    expect(tag).to_be_visible()
    name = tag.locator("[data-part=name]").inner_text()
    tap(page, tag)
    expect(field(page, "tag_names")).to_have_value(f"{name}, ")
    publish(page)
    page.locator(".messages a").click()
    expect(page.locator("article").get_by_role("link", name=name, exact=True)).to_be_visible()


def test_nobody_waits_for_a_slow_site(reader: Page, press: Press, website: Website, live_site: LiveSite) -> None:
    # By a name of its own: a process asks a host one thing at a time
    open_there(reader, f"{website.url.replace('127.0.0.1', 'localhost')}/slow")
    page = press(reader, "Write about this")
    tap(page, field(page, "body"))
    page.keyboard.type("Written while it drips.")
    expect(page.get_by_text("Reading the page …")).to_be_attached()
    expect(field(page, "title")).to_have_value("Brass clocks that know the tide | The Harbour Paper")
    publish(page)
    expect_everywhere(page, live_site, "drips")


def test_where_one_came_from_is_proposed_as_via(reader: Page, press: Press, website: Website) -> None:
    other = website.url.replace("127.0.0.1", "localhost")
    reader.goto(f"{other}/linked")
    tap(reader, reader.get_by_role("link", name="this"))
    reader.wait_for_url(f"{website.url}/article")
    page = press(reader, "Write about this")
    expect(field(page, "via_url")).to_have_value(re.compile(f"^{other}"))
    expect(field(page, "via_title")).to_have_value("localhost")


def test_a_file_is_linked_as_it_is_now(reader: Page, press: Press, website: Website) -> None:
    reader.goto(f"{website.url}/ada/code/blob/main/file.py")
    page = press(reader, "Write about this")
    tab = page.locator(".panes label").filter(has_text="Page")
    pin = page.get_by_role("button", name="Pin the link")
    expect(page.locator(".page-pin")).to_be_attached()
    if not pin.is_visible():
        tap(page, tab)
    tap(page, pin)
    expect(field(page, "link_url")).to_have_value(f"{website.url}/ada/code/blob/{COMMIT}/file.py")


def test_words_that_are_selected_become_a_quotation(
    reader: Page, press: Press, website: Website, live_site: LiveSite
) -> None:
    reader.goto(f"{website.url}/plain")
    reader.evaluate("getSelection().selectAllChildren(document.querySelector('p'))")
    page = press(reader, "Write about this")
    expect(field(page, "body")).to_have_value(re.compile("^> The tide does not keep"))
    tap(page, page.locator(".kinds label").filter(has_text="Quotation"))
    words = field(page, "body")
    words.fill(re.sub("^> ", "", words.input_value(), flags=re.M))
    expect(field(page, "person_names")).to_have_value("Tove Lind; Per Ek")
    publish(page)
    page.goto(f"{live_site.url}/quotations/")
    quotation = page.locator("article").first
    expect(quotation.locator("blockquote")).to_contain_text(TIDES)
    expect(quotation.get_by_role("link", name="Tove Lind").first).to_be_visible()


def test_a_link_kept_for_later_is_written_about(
    reader: Page, press: Press, website: Website, live_site: LiveSite
) -> None:
    address = f"{website.url}/echo?title=Kept+on+{width(reader)}"
    reader.goto(address)
    title = reader.title()
    page = press(reader, "Keep for later")
    tap(page, page.get_by_role("button", name="Keep", exact=True))
    expect(page.get_by_text("It is in your inbox.")).to_be_visible()
    page.goto(f"{live_site.url}/write/")
    item = page.get_by_role("region", name="Inbox").get_by_role("listitem").filter(has_text=title)
    tap(page, item.get_by_role("link", name=re.compile("^Write about")))
    expect(field(page, "title")).to_have_value(title)
    publish(page)
    expect(item).to_have_count(0)
    page.goto(live_site.url)
    expect(page.get_by_role("link", name=title).first).to_be_visible()


def test_a_contributor_sends_what_an_editor_publishes(page_at: PageAt, live_site: LiveSite, website: Website) -> None:
    owner = page_at(1280)
    sign_in(owner, live_site)  # just now, as making an author asks for
    owner.goto("/admin/accounts/user/add/")
    for name, text in (("username", "nils"), ("password1", "low-water-at-six"), ("password2", "low-water-at-six")):
        owner.locator(f"[name={name}]").fill(text)
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.locator(".messagelist .success")).to_be_visible()
    page = page_at(360, has_touch=True, is_mobile=True)
    page.goto("/account/login/")
    page.get_by_label("Username").fill("nils")
    page.get_by_label("Password", exact=True).fill("low-water-at-six")
    page.get_by_role("button", name="Sign in", exact=True).tap()
    page.wait_for_url("**/write/")
    page.goto(f"/write/capture/?{urlencode({'url': website.url + '/plain', 'title': 'Moorings'})}")
    field(page, "body").fill("What zyxsent says.")
    expect(page.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Send for review").tap()
    page.wait_for_url("**/write/**")
    assert "zyxsent" not in page.request.get("/").text()
    owner.goto("/write/")
    owner.get_by_role("link", name="Moorings").first.click()
    expect(field(owner, "body")).to_have_value("What zyxsent says.")
    publish(owner)
    assert "zyxsent" in page.request.get("/").text()
