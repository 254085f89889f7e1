"""Writing in a real Chromium against the real server: no word is lost, whatever ends meanwhile, and nothing is written over unseen."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from conftest import LiveServer, LiveSite, PageAt, sign_in
from linklog.write.fields import NAMES

pytestmark = pytest.mark.browser

JS = Path(__file__).parents[2] / "static" / "js"
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SAVED = re.compile("^Saved")
RETRY = 40_000  # milliseconds in which what failed is tried again

Write = Callable[..., Page]


@pytest.fixture
def write(page_at: PageAt, author_state: Any) -> Write:
    """`write(path)` opens an editor in a browser of its own, signed in."""

    def open_editor(path: str = "/write/new/entry/", width: int = 1280, **options: Any) -> Page:
        page = page_at(width, storage_state=author_state, **options)
        page.goto(path)
        return page

    return open_editor


@pytest.fixture
def killable(live_site: LiveSite, site_server: LiveServer) -> Iterator[LiveServer]:
    yield site_server
    if not site_server.process:
        site_server.start()


def field(page: Page, name: str = "body") -> Locator:
    return page.locator(f"#editor [name={name}]")


def state(page: Page) -> Locator:
    return page.locator("saving-state [data-part=state]")


def notice(page: Page) -> Locator:
    return page.locator("saving-state [data-part=notice]")


def expect_saved(page: Page, timeout: float = 5000) -> None:
    expect(state(page)).to_have_text(SAVED, timeout=timeout)
    expect(state(page)).not_to_have_attribute("data-unsaved", "", timeout=timeout)


def put_at_end(page: Page, text: str) -> None:
    """As an author types; `fill` would put all of it at once."""
    field(page).press("Control+End")
    page.keyboard.type(text)


def new_post(write: Write, text: str) -> Page:
    page = write()
    field(page).press_sequentially(text)
    expect_saved(page)
    return page


def stored(site: LiveSite, page: Page, column: str = "body") -> str:
    """What the database holds of the post in `page`: a draft itself."""
    code = page.locator("post-editor").get_attribute("data-code")
    with sqlite3.connect(site.home / "linklog.sqlite3") as database:
        row = database.execute(f"SELECT {column} FROM posts_post WHERE code = ?", [code]).fetchone()
    return str(row[0]) if row else ""


def kept(page: Page) -> list[str]:
    """The names under which this browser keeps what is not saved."""
    return list(page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('linklog:'))"))


def test_the_script_knows_the_fields_of_the_server() -> None:
    listed = re.search(r"NAMES = \[([^\]]*)\]", (JS / "form-fields.js").read_text())
    assert listed
    assert set(re.findall(r'"(\w+)"', listed[1])) == set(NAMES)


def test_a_new_post_is_saved_within_two_seconds_of_a_pause_and_the_cursor_stays(
    write: Write, live_site: LiveSite
) -> None:
    page = write()
    field(page).press_sequentially("Slack water")
    page.keyboard.press("ArrowLeft")
    paused = time.monotonic()
    expect_saved(page)
    assert time.monotonic() - paused < 2
    expect(page).to_have_url(re.compile("/write/post/"))
    expect(field(page)).to_be_focused()
    assert field(page).evaluate("field => field.selectionStart") == len("Slack wate")
    assert stored(live_site, page) == "Slack water"
    assert kept(page) == []


def test_who_never_pauses_is_saved_within_fifteen_seconds(write: Write) -> None:
    page = write()
    page.locator("live-preview").evaluate("element => element.remove()")  # the clock goes into frames, with a script
    page.clock.install()
    with page.expect_response("**/save/"):
        for _second in range(14):
            field(page).press("a")
            page.clock.run_for(1000)


def test_a_server_killed_while_one_types_and_started_again_has_every_word(
    write: Write, live_site: LiveSite, killable: LiveServer
) -> None:
    page = new_post(write, "One")
    put_at_end(page, " two")
    killable.kill()
    put_at_end(page, " three")
    expect(state(page)).to_have_text("Offline. Kept in this browser.")
    put_at_end(page, " four")
    killable.start()
    put_at_end(page, " five")
    expect_saved(page, RETRY)
    assert stored(live_site, page) == field(page).input_value() == "One two three four five"


def test_a_post_never_saved_survives_a_dead_server_and_a_closed_window(
    write: Write, live_site: LiveSite, killable: LiveServer
) -> None:
    page = write("/write/new/note/")
    killable.kill()
    field(page).press_sequentially("Swifts overhead")
    expect(state(page)).to_have_text("Offline. Kept in this browser.")
    context = page.context
    page.close()
    killable.start()
    page = context.new_page()
    page.goto("/write/new/entry/")
    page.locator("kept-texts").get_by_role("link", name="open it").click()
    expect(notice(page)).to_contain_text("was put back")
    expect(field(page)).to_have_value("Swifts overhead")
    expect_saved(page)
    assert stored(live_site, page) == "Swifts overhead"
    assert kept(page) == []


def test_what_is_typed_without_a_network_is_kept_and_saved_when_it_is_back(write: Write, live_site: LiveSite) -> None:
    page = new_post(write, "One")
    page.context.set_offline(True)
    put_at_end(page, " two")
    expect(state(page)).to_have_text("Offline. Kept in this browser.")
    assert len(kept(page)) == 1
    page.context.set_offline(False)
    expect_saved(page)
    assert stored(live_site, page) == "One two"


def test_a_page_loaded_anew_before_its_text_was_saved_has_it_back_and_can_undo(
    write: Write, live_site: LiveSite
) -> None:
    page = new_post(write, "One")
    page.route("**/save/", lambda route: route.abort())
    put_at_end(page, " two")
    expect(state(page)).to_have_text("Offline. Kept in this browser.")
    page.reload()
    expect(field(page)).to_have_value("One two")
    notice(page).get_by_role("button", name="Undo").click()
    expect(field(page)).to_have_value("One")
    page.unroute("**/save/")
    page.locator("set-aside summary").click()
    expect(page.locator("set-aside pre")).to_have_text("One two")
    page.locator("set-aside").get_by_role("button", name="Put into the text").click()
    expect_saved(page, RETRY)
    assert "One two" in stored(live_site, page)


def test_a_browser_that_keeps_nothing_says_so_once_and_saves_all_the_same(write: Write, live_site: LiveSite) -> None:
    page = write()
    page.evaluate("void (Storage.prototype.setItem = () => { throw new DOMException('no', 'SecurityError'); })")
    field(page).press_sequentially("One")
    expect(notice(page)).to_contain_text("This browser keeps no copy")
    expect_saved(page)
    assert stored(live_site, page) == "One"


def test_an_answer_that_was_lost_is_no_conflict(write: Write, live_site: LiveSite) -> None:
    page = new_post(write, "One")

    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/save/", lose, times=1)
    put_at_end(page, " two")
    expect(state(page)).to_have_text("Offline. Kept in this browser.")
    put_at_end(page, " three")
    expect_saved(page, RETRY)
    expect(page.locator("edit-conflict")).to_be_hidden()
    assert stored(live_site, page) == "One two three"


def test_a_session_that_ends_while_one_types_costs_no_word(page_at: PageAt, write: Write, live_site: LiveSite) -> None:
    page = page_at(1280)
    sign_in(page, live_site)
    page.goto("/write/new/entry/")
    field(page).press_sequentially("One")
    expect_saved(page)
    page.context.clear_cookies()
    put_at_end(page, " two")
    expect(page.get_by_role("heading", name="You were signed out")).to_be_visible()
    expect(field(page)).to_be_focused()
    put_at_end(page, " three")
    with page.context.expect_page() as opened:
        page.locator("signed-out").get_by_role("link", name="Sign in").click()
    sign_in(opened.value, live_site)
    opened.value.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # of which a headless browser hears nothing
    expect_saved(page, RETRY)
    expect(page.locator("signed-out")).to_be_hidden()
    assert stored(live_site, page) == "One two three"


def test_publishing_with_a_session_that_ended_waits_for_the_author(page_at: PageAt, live_site: LiveSite) -> None:
    page = page_at(1280)
    sign_in(page, live_site)
    page.goto("/write/new/note/")
    field(page).press_sequentially("The ferry is late.")
    expect_saved(page)
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="You were signed out")).to_be_visible()
    expect(field(page)).to_have_value("The ferry is late.")
    other = page.context.new_page()
    sign_in(other, live_site)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_text("It is public")).to_be_visible()


@pytest.mark.parametrize(
    ("choice", "body"),
    [("Keep mine", "One mine"), ("Take theirs", "One theirs"), ("Put both into the text", "One mine\n\nOne theirs")],
)
def test_two_browsers_with_different_texts_lose_neither(
    write: Write, live_site: LiveSite, choice: str, body: str
) -> None:
    page = new_post(write, "One")
    other = write(page.url)
    put_at_end(other, " theirs")
    expect_saved(other)
    put_at_end(page, " mine")
    panel = page.locator("edit-conflict")
    expect(panel.get_by_role("heading", name="Changed elsewhere")).to_be_visible()
    expect(field(page)).to_be_focused()
    expect(panel.locator("[data-part=mine]")).to_have_text("One mine")
    expect(panel.locator("[data-part=theirs]")).to_have_text("One theirs")
    assert stored(live_site, page) == "One theirs"
    panel.get_by_role("button", name=choice).press("Enter")
    expect(field(page)).to_be_focused()
    expect_saved(page)
    assert stored(live_site, page) == field(page).input_value() == body
    aside = page.locator("set-aside pre").all_text_contents()
    assert aside == {"Keep mine": ["One theirs"], "Take theirs": ["One mine"]}.get(choice, [])


def test_a_page_loaded_anew_in_a_conflict_is_still_in_it(write: Write, live_site: LiveSite) -> None:
    page = new_post(write, "One")
    other = write(page.url)
    put_at_end(other, " theirs")
    expect_saved(other)
    put_at_end(page, " mine")
    expect(page.locator("edit-conflict fieldset")).to_be_visible()
    page.reload()
    expect(page.locator("edit-conflict [data-part=theirs]")).to_have_text("One theirs")
    expect(field(page)).to_have_value("One mine")
    assert stored(live_site, page) == "One theirs"


def test_what_two_browsers_write_in_different_fields_is_put_together(write: Write, live_site: LiveSite) -> None:
    page = new_post(write, "One")
    other = write(page.url)
    field(other, "title").fill("Theirs")
    expect_saved(other)
    put_at_end(page, " mine")
    expect(field(page, "title")).to_have_value("Theirs")
    expect(notice(page)).to_contain_text("was put in")
    expect(field(page)).to_be_focused()
    expect_saved(page)
    assert (stored(live_site, page), stored(live_site, page, "title")) == ("One mine", "Theirs")


def test_two_tabs_of_a_browser_follow_each_other(write: Write) -> None:
    page = new_post(write, "One")
    tab = page.context.new_page()
    tab.goto(page.url)
    put_at_end(page, " two")
    expect(field(tab)).to_have_value("One two")
    put_at_end(tab, " three")
    expect(field(page)).to_have_value("One two three")
    expect_saved(page)


def test_a_change_of_the_toolbar_is_undone_like_typing(write: Write) -> None:
    page = write()
    text = field(page)
    text.press_sequentially("tide tables")
    for key, made in {"Control+b": "**tables**", "Control+i": "*tables*", "Control+e": "`tables`"}.items():
        text.evaluate("field => field.setSelectionRange(5, 11)")
        page.keyboard.press(key)
        expect(text).to_have_value(f"tide {made}")
        page.keyboard.press("Control+z")
        expect(text).to_have_value("tide tables")
    text.evaluate("field => field.setSelectionRange(5, 11)")
    page.get_by_role("button", name="Link (Ctrl+K)").click()
    page.keyboard.type("https://tides.example/")
    expect(text).to_have_value("tide [tables](https://tides.example/)")
    page.keyboard.press("Control+Shift+9")
    expect(text).to_have_value("> tide [tables](https://tides.example/)")
    page.keyboard.press("Control+z")
    expect(text).to_have_value("tide [tables](https://tides.example/)")


def test_enter_goes_on_with_a_list_and_ends_it(write: Write) -> None:
    page = write()
    text = field(page)
    text.press_sequentially("- one\ntwo\n\n9. nine\nten\n\n> said\nmore\n\nend")
    expect(text).to_have_value("- one\n- two\n\n9. nine\n10. ten\n\n> said\n> more\n\nend")


def test_an_address_pasted_over_words_is_a_link(write: Write) -> None:
    page = write()
    text = field(page)
    text.press_sequentially("tide tables")
    text.evaluate("field => field.setSelectionRange(5, 11)")
    text.evaluate(
        """field => {
            const data = new DataTransfer();
            data.setData("text/plain", "https://tides.example/");
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(text).to_have_value("tide [tables](https://tides.example/)")


def shown_article(page: Page) -> str:
    return str(
        page.evaluate(
            "document.querySelector('live-preview iframe').contentDocument.querySelector('article').outerHTML"
        )
    )


def test_the_preview_is_what_is_published(write: Write) -> None:
    page = write()
    page.locator(".more-fields > summary").click()
    field(page, "published").fill("2026-02-01T12:30")
    field(page, "title").fill("Tide tables & others")
    field(page, "tag_names").fill("tides, clocks")
    field(page).fill("Words with *emphasis*.\n\n```python\nprint(1)\n```\n\n> Quoted.")
    expect_saved(page)
    with page.expect_event("console", lambda message: message.text == "previewed"):
        page.evaluate("addEventListener('linklog:previewed', () => console.log('previewed'), { once: true })")
        put_at_end(page, "\n")
    previewed = shown_article(page)
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("link", name="Tide tables & others").first.click()
    page.locator("article").wait_for()
    assert page.evaluate("document.querySelector('article').outerHTML") == previewed


HOSTILE = """<script>top.__x = 1; parent.__x = 1</script><img src=https://x.example/x onerror="top.__x = 2">

[a link](javascript:top.__x=3) <a href="javascript:top.__x=4" id="raw">raw</a> <svg onload="top.__x=5"></svg>

<iframe srcdoc="<script>top.__x = 6</script>"></iframe><details open ontoggle="top.__x=7">d</details>
"""


def test_nothing_runs_in_the_preview_nor_leads_out_of_it(write: Write) -> None:
    page = write()
    field(page, "title").fill("<img src=https://x.example/x onerror='top.__x = 8'>")
    field(page).fill(HOSTILE)
    frame = page.frame_locator("live-preview iframe")
    expect(frame.locator("article")).to_contain_text("a link")
    # Even past the server's sanitiser
    page.evaluate(
        """document.querySelector("live-preview iframe").contentDocument.querySelector("article").insertAdjacentHTML(
            "beforeend", "<a id=out href='javascript:top.__x=9'>out</a><a id=away target=_top href='/about/'>away</a>")"""
    )
    address = page.url
    frame.locator("#out").click()
    frame.locator("#away").click()
    assert page.evaluate("window.__x") is None
    assert page.url == address


def test_the_preview_keeps_its_place_while_one_writes(write: Write) -> None:
    page = write()
    field(page).fill("\n\n".join(f"Paragraph {number}." for number in range(200)))
    frame = page.frame_locator("live-preview iframe")
    expect(frame.get_by_text("Paragraph 199.")).to_be_attached()
    scroll = "document.querySelector('live-preview iframe').contentWindow.scrollY"
    page.evaluate("document.querySelector('live-preview iframe').contentWindow.scrollTo(0, 1200)")
    first = frame.locator("article p", has_text="Paragraph 10.")
    first.evaluate("element => { element.isTheSame = true; }")
    put_at_end(page, " Longer.")
    expect(frame.get_by_text("Paragraph 199. Longer.")).to_be_visible()
    assert first.evaluate("element => element.isTheSame")
    assert page.evaluate(scroll) > 1200  # it followed the words


def test_a_long_entry_is_previewed_soon_after_a_pause(write: Write) -> None:
    page = write()
    words = "Slack water is the moment between the tides, and it *never* lasts long enough. "
    field(page).fill("\n\n".join(words * 5 for _paragraph in range(72)))  # 5,040 words
    expect(page.frame_locator("live-preview iframe").locator("article p").nth(70)).to_be_attached()
    times = page.evaluate(
        """async () => {
            const field = document.querySelector("#editor [name=body]");
            const page = document.querySelector("live-preview iframe").contentDocument;
            const times = [];
            for (let round = 0; round < 15; round += 1) {
                await new Promise(requestAnimationFrame); // the one before is done
                field.focus();
                field.setSelectionRange(field.value.length, field.value.length);
                const start = performance.now();
                document.execCommand("insertText", false, ` more${round}`);
                while (!page.querySelector("article").textContent.includes(`more${round}`)) {
                    await new Promise((resolve) => addEventListener("linklog:previewed", resolve, { once: true }));
                }
                times.push(Math.round(performance.now() - start));
            }
            return times.sort((one, other) => one - other);
        }"""
    )
    print("preview of 5,040 words, ms from the key:", times)  # noqa: T201 (a measurement)
    assert times[len(times) // 2] < 500


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panels_of_saving_are_accessible(write: Write, scheme: str) -> None:
    page = new_post(write, "One")
    other = write(page.url)
    put_at_end(other, " theirs")
    expect_saved(other)
    put_at_end(page, " mine")
    expect(page.locator("edit-conflict fieldset")).to_be_visible()
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.querySelector('signed-out').hidden = false")
    results = Axe().run(page, options=AXE_RULES)
    assert results.violations_count == 0, results.generate_report()
