"""Images in the editor, in a real Chromium against the real server: a file that is pasted, dropped or picked becomes a reference in its
place, whatever happens meanwhile, and each image is described in the text and beside it alike.
"""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, Route, expect

from conftest import LiveSite, PageAt, sign_in
from linklog.core import html, markdown
from linklog.images.receiving import MAX_IMAGE
from linklog.write.tests.editor_images import REFERENCE, SLOW, File, field, give, listed, paste, rows, state_of
from tests.model_server import ModelServer, Reply

pytestmark = pytest.mark.browser

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
UPLOAD = "**/write/images/upload/"
SAVED = re.compile("^Saved")

Write = Callable[..., Page]


@pytest.fixture
def write(page_at: PageAt, author_state: Any) -> Write:
    def open_editor(path: str = "/write/new/entry/", width: int = 1280, scheme: str = "light", **options: Any) -> Page:
        page = page_at(width, scheme, storage_state=author_state, **options)
        page.goto(path)
        return page

    return open_editor


def picture(seed: int, size: tuple[int, int] = (640, 480), kind: str = "JPEG") -> bytes:
    """Clouds that are another's with another seed."""
    image = Image.effect_noise((size[0] // 16, size[1] // 16), 40 + seed).resize(size).convert("RGB")
    image.putpixel((0, 0), (seed % 256, seed // 256, 7))
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def held(page: Page) -> list[Route]:
    """Uploads of this page that do not go on before the test lets them."""
    routes: list[Route] = []
    page.route(UPLOAD, lambda route: routes.append(route))
    return routes


def wait_for(page: Page, routes: list[Route], number: int) -> None:
    while len(routes) < number:
        page.wait_for_timeout(20)  # in which the routes of Playwright are called


def jpeg(seed: int, name: str = "photo.jpg") -> File:
    return (name, "image/jpeg", picture(seed))


def png(seed: int, name: str = "screen.png") -> File:
    return (name, "image/png", picture(seed, kind="PNG"))


def test_a_file_becomes_a_reference_in_its_place_while_one_types_on(write: Write) -> None:
    page = write()
    routes = held(page)
    text = field(page)
    text.press_sequentially("Before  after")
    for _letter in " after":
        text.press("ArrowLeft")
    paste(page, png(1))
    expect(text).to_have_value(re.compile(r"^Before !\[Uploading screen\.png …\]\(uploading:\w+\) after$"))
    expect(rows(page)).to_contain_text("screen.png")
    page.keyboard.type(" and more")
    wait_for(page, routes, 1)
    routes.pop().continue_()
    expect(text).to_have_value(re.compile(rf"^Before {REFERENCE} and more after$"))
    expect(rows(page)).to_have_count(0)
    expect(text).to_be_focused()
    assert text.evaluate("field => field.value.slice(field.selectionStart)") == " after"
    expect(page.locator("image-uploads [role=status]")).to_have_text("screen.png is in the text.")


def test_what_an_upload_did_is_undone_like_typing(write: Write) -> None:
    page = write()
    text = field(page)
    text.press_sequentially("One")
    text.press("ArrowLeft")  # which ends what one undo takes back
    text.press("ArrowRight")
    paste(page, jpeg(2))
    expect(text).to_have_value(re.compile(f"^One{REFERENCE}$"))
    page.keyboard.press("Control+z")
    expect(text).to_have_value(re.compile(r"^One!\[Uploading photo\.jpg …\]\(uploading:\w+\)$"))
    page.keyboard.press("Control+z")
    expect(text).to_have_value("One")
    page.keyboard.press("Control+Shift+z")
    page.keyboard.type("!")
    expect(text).to_have_value(re.compile(f"^One{REFERENCE}!$"))


def test_a_dropped_file_goes_where_it_was_dropped_and_a_field_without_focus_keeps_its_place(write: Write) -> None:
    page = write()
    routes = held(page)
    text = field(page)
    text.press_sequentially("One")
    give(page, "drop", [jpeg(3)])
    wait_for(page, routes, 1)
    field(page, "title").press_sequentially("A tit")
    routes.pop().continue_()
    expect(text).to_have_value(re.compile(f"^({REFERENCE}One|One{REFERENCE})$"))
    expect(field(page, "title")).to_be_focused()
    page.keyboard.type("le")
    expect(field(page, "title")).to_have_value("A title")


def test_the_button_takes_files_and_the_words_that_are_selected_describe_the_image(write: Write) -> None:
    page = write()
    text = field(page)
    text.fill("A brass clock")
    text.select_text()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Image (upload files)").press("Enter")
    chooser.value.set_files({"name": "clock.jpg", "mimeType": "image/jpeg", "buffer": picture(4)})
    expect(text).to_have_value(re.compile(r"^!\[A brass clock\]\(/media/"))
    expect(text).to_be_focused()


def test_words_with_a_picture_of_them_are_pasted_as_words(write: Write) -> None:
    page = write()
    paste(page, png(5), text="words from a word processor")
    expect(rows(page)).to_have_count(0)
    assert "uploading:" not in field(page).input_value()


def test_two_go_at_once_and_the_others_wait_their_turn(write: Write) -> None:
    page = write()
    routes = held(page)
    paste(page, *(jpeg(10 + number, f"{number}.jpg") for number in range(4)))
    wait_for(page, routes, 2)
    expect(rows(page)).to_have_count(4)
    expect(rows(page).nth(3)).to_contain_text("waits its turn")
    assert len(routes) == 2
    for number in range(4):
        wait_for(page, routes, number + 1)
        routes[number].continue_()
    expect(field(page)).to_have_value(re.compile(rf"^({REFERENCE}(\n\n)?){{4}}$"))


def test_a_cancelled_upload_leaves_nothing_in_the_text(write: Write) -> None:
    page = write()
    routes = held(page)
    field(page).press_sequentially("One ")
    paste(page, jpeg(20))
    wait_for(page, routes, 1)
    rows(page).get_by_role("button", name="Cancel").click()
    expect(field(page)).to_have_value("One ")
    expect(rows(page)).to_have_count(0)


def test_a_failed_upload_says_why_and_can_be_tried_again(write: Write) -> None:
    page = write()
    problem = "The disk is nearly full."
    page.route(UPLOAD, lambda route: route.fulfill(status=507, json={"problem": problem}), times=1)
    paste(page, jpeg(21))
    expect(rows(page)).to_contain_text(problem)
    rows(page).get_by_role("button", name="Try again").click()
    expect(field(page)).to_have_value(re.compile(f"^{REFERENCE}$"))


def test_what_is_no_image_is_told_in_a_sentence_and_can_be_taken_out(write: Write) -> None:
    page = write()
    paste(page, ("page.jpg", "image/jpeg", b"<html>no image</html>"), ("huge.png", "image/png", bytes(MAX_IMAGE + 1)))
    expect(rows(page).first).not_to_contain_text("being")
    expect(rows(page).first).to_have_attribute("data-state", "failed")
    expect(rows(page).nth(1)).to_contain_text("40 MB is the most")
    for _row in range(2):
        rows(page).first.get_by_role("button", name="Remove").click()
    expect(rows(page)).to_have_count(0)
    assert field(page).input_value() == ""


def test_images_that_are_pasted_one_after_the_other_stand_one_below_the_other(write: Write) -> None:
    page = write()
    routes = held(page)
    field(page).press_sequentially("One ")
    paste(page, jpeg(22))
    wait_for(page, routes, 1)
    paste(page, jpeg(23))
    wait_for(page, routes, 2)
    for route in routes:
        route.continue_()
    expect(field(page)).to_have_value(re.compile(f"^One {REFERENCE}\n\n{REFERENCE}$"))


def test_without_a_network_an_upload_waits_for_it(write: Write) -> None:
    page = write()
    page.context.set_offline(True)
    paste(page, jpeg(22))
    expect(rows(page)).to_contain_text("waits for the network")
    page.context.set_offline(False)
    expect(field(page)).to_have_value(re.compile(f"^{REFERENCE}$"), timeout=SLOW)


def test_one_that_the_server_prepares_later_is_asked_about_until_it_is_ready(write: Write) -> None:
    page = write()

    def later(route: Route) -> None:
        answer = route.fetch().json()
        route.fulfill(status=202, json={**answer, "state": "waiting", "markdown": ""})

    page.route(UPLOAD, later)
    paste(page, jpeg(23))
    expect(field(page)).to_have_value(re.compile(f"^{REFERENCE}$"), timeout=SLOW)


def test_an_upload_goes_on_once_somebody_is_signed_in_again(page_at: PageAt, live_site: LiveSite) -> None:
    page = page_at(1280)
    sign_in(page, live_site)
    page.goto("/write/new/entry/")
    page.context.clear_cookies()
    paste(page, jpeg(24))
    expect(page.get_by_role("heading", name="You were signed out")).to_be_visible()
    expect(rows(page)).to_contain_text("signed in")
    other = page.context.new_page()
    sign_in(other, live_site)
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # of which a headless browser hears nothing
    expect(field(page)).to_have_value(re.compile(f"^{REFERENCE}$"), timeout=SLOW)


def test_a_placeholder_that_a_closed_window_left_is_known_and_can_be_taken_out(write: Write) -> None:
    page = write()
    routes = held(page)
    field(page).press_sequentially("One ")
    paste(page, jpeg(25))
    wait_for(page, routes, 1)
    expect(page.locator("saving-state [data-part=state]")).to_have_text(SAVED)
    expect(page).to_have_url(re.compile("/write/post/"))
    url, context = page.url, page.context
    page.close()
    page = context.new_page()
    page.goto(url)
    expect(rows(page)).to_contain_text("An unfinished upload")
    page.keyboard.press("Control+Enter")
    field(page).press("Control+Enter")
    expect(page.locator("saving-state [data-part=notice]")).to_contain_text("a file below the text is not uploaded")
    rows(page).get_by_role("button", name="Remove").click()
    expect(field(page)).to_have_value("One ")
    expect(rows(page)).to_have_count(0)


def test_publishing_waits_for_uploads(write: Write) -> None:
    page = write("/write/new/note/")
    routes = held(page)
    field(page).press_sequentially("A clock. ")
    paste(page, jpeg(26))
    wait_for(page, routes, 1)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("saving-state [data-part=notice]")).to_contain_text("Waits for the files")
    routes.pop().continue_()
    page.get_by_text("It is public").get_by_role("link").click()
    image = page.locator("article img")
    expect(image).to_have_attribute("src", re.compile("^/media/"))
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


SOURCES = {
    "plain": "![a clock](/media/a.jpg)",
    "with a title": "![a clock](/media/a.jpg \"from a page\") ![b](</media/b c.jpg> 't')",
    "brackets": r"![a \[brass\] clock [of] 1850](/media/a_(1).jpg)",
    "in code": "`![a](/media/a.jpg)` ![b](/media/b.jpg)\n\n```\n![c](/media/c.jpg)\n```\n\n    ![d](/media/d.jpg)\n",
    "in a list": "1. one\n\n    ![b](/media/b.jpg)\n\n> - ```\n>   ![c](/media/c.jpg)\n>   ```\n>   ![d](/media/d.jpg)",
    "in a link": "[![a clock](/media/a.jpg)](https://clocks.example/)",
    "by reference": "![a clock][one] ![Two][] ![two]\n\n[one]: /media/a.jpg\n[TWO]: </media/b.jpg> 'title'",
    "none": r"\![a](/media/a.jpg) !\[b](/media/b.jpg) ![c](/media/ c.jpg) ![d",
    "over lines": "![a\nclock](/media/a.jpg)\n\n![b\n\nc](/media/c.jpg)",
    "entities": "![a &amp; b &#8211; c](/media/a.jpg?x=1&amp;y=2)",
}
ALTS = ["plain", "a [b] *c* _d_ `e` \\f", "3 < 4 & <b> &amp; snake_case ~~x~~", "“quoted” – 'so' \"or so\"", ""]


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
def test_the_script_finds_the_images_that_the_server_shows_and_writes_what_it_reads(write: Write, source: str) -> None:
    page = write()
    found = page.evaluate(
        """async ([text, alts]) => {
            const { imagesIn } = await import("/static/js/markdown-images.js");
            const found = imagesIn(text);
            const written = (alt) => found.toReversed().reduce(
                (all, image) => all.slice(0, image.start) + image.write(alt) + all.slice(image.end), text);
            return { images: found.map(({ src, alt }) => [src, alt]), rewritten: alts.map(written) };
        }""",
        [source, ALTS],
    )
    assert [(html_address(src), alt) for src, alt in found["images"]] == shown(source)
    for alt, rewritten in zip(ALTS, found["rewritten"], strict=True):
        assert shown(rewritten) == [(src, alt) for src, _alt in shown(source)]


def html_address(src: str) -> str:
    return src.replace(" ", "%20")


def shown(source: str) -> list[tuple[str, str]]:
    rendered = html.parse(html.clean_author(markdown.render(source, "test").html))
    images = [(node.attributes["src"] or "", node.attributes.get("alt") or "") for node in rendered.css("img")]
    return [(src, " ".join(alt.split())) for src, alt in images]


def test_alt_text_is_the_same_beside_the_text_and_in_it(write: Write) -> None:
    page = write()
    field(page).fill("One `![no](/static/a.svg)` ![](/static/mark.svg) two")
    field(page).evaluate("field => field.setSelectionRange(3, 3)")
    page.get_by_role("radio", name="Images").check()
    expect(listed(page)).to_have_count(1)
    expect(state_of(page)).to_have_text("no alt text")
    expect(page.locator("[data-part=images-left]")).to_have_text("1 image without reviewed alt text")
    listed(page).get_by_role("textbox").press_sequentially("A [round] mark")
    expect(field(page)).to_have_value(r"One `![no](/static/a.svg)` ![A \[round\] mark](/static/mark.svg) two")
    assert field(page).evaluate("field => field.selectionStart") == 3
    expect(state_of(page)).to_have_text("reviewed")
    expect(page.locator("[data-part=images-left]")).to_be_hidden()
    field(page).fill("![Another](/static/mark.svg)")
    expect(listed(page).get_by_role("textbox")).to_have_value("Another")


def test_an_image_can_be_called_decorative_and_that_can_be_taken_back(write: Write) -> None:
    page = write()
    field(page).fill("![](/static/mark.svg)")
    page.get_by_role("radio", name="Images").check()
    listed(page).get_by_role("button", name="Decorative", exact=True).click()
    expect(state_of(page)).to_have_text("decorative")
    expect(page.locator("[data-part=images-left]")).to_be_hidden()
    page.reload()
    page.get_by_role("radio", name="Images").check()
    expect(state_of(page)).to_have_text("decorative")
    listed(page).get_by_role("button", name="Not decorative").click()
    expect(state_of(page)).to_have_text("no alt text")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_images_in_the_editor_can_be_used_by_everyone(write: Write, width: int, scheme: str) -> None:
    options = {"has_touch": True, "is_mobile": True} if width == 360 else {}
    page = write(width=width, scheme=scheme, **options)
    routes = held(page)
    field(page).fill("![](/static/mark.svg)\n\n")
    paste(page, jpeg(30, "a-rather-long-name-of-a-photo-from-a-camera-of-today.jpg"), ("x.jpg", "image/jpeg", b"x"))
    wait_for(page, routes, 2)
    routes.pop().continue_()
    expect(page.locator("image-uploads li[data-state=failed]")).to_be_visible()
    rows(page).last.evaluate("row => row.scrollIntoView({ block: 'center' })")  # out from under the bar of buttons
    for button in page.locator("image-uploads button:visible").all():
        assert width == 1280 or button.bounding_box()["height"] >= 44
    found = Axe().run(page, "image-uploads", AXE_RULES)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("radio", name="Images").check()
    expect(state_of(page)).to_have_text("no alt text")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page, "image-list", AXE_RULES)
    assert found.violations_count == 0, found.generate_report()


def test_a_draft_can_be_stopped_and_a_failed_one_says_why(write: Write, model_server: ModelServer) -> None:
    model_server.answers.append(Reply("A clock", is_endless=True))
    page = write()
    field(page).press_sequentially("One ")
    paste(page, jpeg(40))
    expect(field(page)).to_have_value(re.compile(f"^One {REFERENCE}$"))
    page.get_by_role("radio", name="Images").check()
    listed(page).get_by_role("button", name="Draft alt text").click()
    expect(listed(page).get_by_role("textbox")).to_have_value(re.compile("^A clock and"))
    listed(page).get_by_role("button", name="Stop").click()
    expect(listed(page).get_by_role("textbox")).to_have_value("")
    expect(listed(page).get_by_role("status")).to_have_text("Stopped. The alt text is as it was.")
    page.route(
        "**/write/assist/alt-text/", lambda route: route.fulfill(status=503, json={"problem": "The limit is reached."})
    )
    listed(page).get_by_role("button", name="Draft alt text").click()
    expect(listed(page).get_by_role("status")).to_have_text("The limit is reached.")
    assert re.fullmatch(f"One {REFERENCE}", field(page).input_value())


def test_drafts_come_by_themselves_for_who_wants_that(write: Write, model_server: ModelServer) -> None:
    page = write()
    page.get_by_role("radio", name="Images").check()
    page.get_by_label("Always draft alt text once an image is uploaded").check()
    paste(page, jpeg(41))
    expect(field(page)).to_have_value(re.compile(r"^!\[A picture of \d+ by \d+ pixels\.\]\(/media/"), timeout=SLOW)
    expect(state_of(page)).to_have_text("drafted")
