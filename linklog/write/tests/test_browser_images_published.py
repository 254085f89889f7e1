"""A photo and a screenshot, from the clipboard to the page that readers see, with media in a folder and in a bucket: pasted, described by a
model behind a real server, reviewed and published. Nothing that is stored tells where and with what they were made.
"""

import hashlib
import io
import json
import re
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, PngImagePlugin
from playwright.sync_api import Browser, Page, expect

from conftest import LINKLOG, LiveSite, PageAt, server_of, sign_in
from linklog.write.tests.editor_images import REFERENCE, SLOW, field, listed, paste, state_of
from tests import s3
from tests.model_server import MODEL, ModelServer

pytestmark = pytest.mark.browser

PLACE = b"Secret place 48.8584 N"


def photo() -> bytes:
    """Twelve megapixels of a telephone that knows where it is."""
    exif = Image.Exif()
    exif[0x010E] = PLACE.decode()
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 30.2), 3: "E", 4: (2.0, 17.0, 40.1), 29: "2026:11:21"}
    file = io.BytesIO()
    image = Image.effect_noise((252, 189), 90).resize((4032, 3024)).convert("RGB")
    image.save(file, "JPEG", quality=90, exif=exif, comment=PLACE, xmp=b"<x:xmpmeta>" + PLACE + b"</x:xmpmeta>")
    return file.getvalue()


def screenshot() -> bytes:
    """A window on a retina screen, with a note in it."""
    image = Image.new("RGB", (2880, 1800), "#fdfcf9")
    draw = ImageDraw.Draw(image)
    for line in range(40):
        draw.text(
            (120, 60 + line * 42), f"Line {line}: the tide turns at six and the ferry leaves at seven.", "#231f1a"
        )
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("Comment", PLACE.decode())
    chunks.add_itxt("XML:com.adobe.xmp", PLACE.decode())
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=chunks)
    return file.getvalue()


@dataclass(frozen=True)
class BucketSite:
    site: LiveSite
    server: s3.S3Server
    bucket: str


@pytest.fixture
def bucket_site(tmp_path: Path, s3_server: s3.S3Server, model_server: ModelServer) -> Iterator[BucketSite]:
    """A site of its own, whose media are in a bucket."""
    s3_server.make_bucket("published")
    server = server_of(tmp_path)
    model_server.configure(tmp_path / "llm")
    server.environment |= {
        "LINKLOG_MODEL": MODEL,
        "LINKLOG_MEDIA": "s3://published",
        "LINKLOG_MEDIA_URL": s3_server.public_url("published"),
        "LINKLOG_S3_ENDPOINT": s3_server.endpoint,
        "LINKLOG_S3_REGION": "us-east-1",
        "LINKLOG_S3_ACCESS_KEY": s3.KEY,
        "LINKLOG_S3_SECRET_KEY": s3.SECRET,
    }
    made = subprocess.run(
        [*LINKLOG, "demo", "--no-serve", "--json"], env=server.environment, capture_output=True, text=True, check=True
    )
    demo = json.loads(made.stdout)
    server.start()
    yield BucketSite(LiveSite(server.url, tmp_path, demo["owner"], demo["password"]), s3_server, "published")
    server.stop()


def test_a_photo_and_a_screenshot_are_pasted_described_by_a_model_and_published(
    page_at: PageAt, author_state: object, live_site: LiveSite, model_server: ModelServer
) -> None:
    page, contents = page_at(storage_state=author_state), [photo(), screenshot()]
    publish(page, contents, model_server)
    see_published(page)
    wait_until_made(live_site, contents)
    files = [file for file in (live_site.home / "media").rglob("??/*") if file.is_file()]
    assert len(files) >= 4
    assert_nothing_is_told(file.read_bytes() for file in files)


def test_the_same_comes_to_readers_from_a_bucket(
    browser: Browser, bucket_site: BucketSite, model_server: ModelServer
) -> None:
    site, server, bucket = bucket_site.site, bucket_site.server, bucket_site.bucket
    context = browser.new_context(base_url=site.url)
    page, contents = context.new_page(), [photo(), screenshot()]
    sign_in(page, site)
    publish(page, contents, model_server)
    see_published(page)
    wait_until_made(site, contents)
    address, until = page.url, time.monotonic() + 90
    while page.locator(f'article img[src^="{server.public_url(bucket)}"]').count() < 2:
        assert time.monotonic() < until, page.locator("article").inner_html()
        page.wait_for_timeout(500)
        page.goto(address)
    see_published(page)
    sources = page.locator("article img").evaluate_all("images => images.map((image) => image.currentSrc)")
    assert [source.startswith(server.public_url(bucket)) for source in sources] == [True, True]
    keys = [one["Key"] for one in server.client.list_objects_v2(Bucket=bucket)["Contents"]]
    assert len(keys) >= 4
    assert_nothing_is_told(server.client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys)
    context.close()


def publish(page: Page, contents: list[bytes], model_server: ModelServer) -> None:
    """From a new entry to the page of the author that says that it is public."""
    model_server.answers.extend(["Clouds over a grey_ sea.", "A window with lines about the tide."])
    page.goto("/write/new/entry/")
    field(page, "title").fill("What the sea looked like")
    field(page).press_sequentially("We went out at low water.\n\n")
    paste(page, ("IMG_2041.jpg", "image/jpeg", contents[0]), ("screen.png", "image/png", contents[1]))
    expect(field(page)).to_have_value(
        re.compile(rf"^We went out at low water\.\n\n{REFERENCE}\n\n{REFERENCE}$"), timeout=SLOW
    )
    page.get_by_role("radio", name="Images").check()
    page.get_by_role("button", name="Draft alt text for 2 images").click()
    expect(listed(page).get_by_role("textbox").nth(1)).to_have_value(
        "A window with lines about the tide.", timeout=SLOW
    )
    expect(field(page)).to_have_value(re.compile(r"!\[Clouds over a grey\\_ sea\.\]\(/media/"))
    expect(state_of(page)).to_have_text("drafted")
    expect(state_of(page, 1)).to_have_text("drafted")
    expect(listed(page).first).to_contain_text("¢")
    assert [(len(asked.images), "low water" in asked.text) for asked in model_server.asked] == [(1, True), (1, True)]
    assert model_server.complaints == []
    listed(page).first.get_by_role("button", name="It is right").click()
    expect(state_of(page)).to_have_text("reviewed")
    listed(page).get_by_role("textbox").nth(1).fill("A window that tells the tide.")
    expect(state_of(page, 1)).to_have_text("reviewed")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_url("**/write/")
    page.get_by_text("It is public").get_by_role("link").click()


def see_published(page: Page) -> None:
    images = page.locator("article img")
    alts = images.evaluate_all("images => images.map((image) => image.alt)")
    assert alts == ["Clouds over a grey_ sea.", "A window that tells the tide."]
    for number in range(2):
        images.nth(number).scroll_into_view_if_needed()
        assert images.nth(number).evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def wait_until_made(site: LiveSite, contents: list[bytes]) -> None:
    """Until nothing more is to be made of what came."""
    until = time.monotonic() + 90
    for content in contents:
        while (site.home / "incoming" / hashlib.sha256(content).hexdigest()).exists():
            assert time.monotonic() < until
            time.sleep(0.2)


def assert_nothing_is_told(files: Iterable[bytes]) -> None:
    for file in files:
        assert PLACE not in file
        with Image.open(io.BytesIO(file)) as image:
            assert not image.getexif()
            assert not {"exif", "xmp", "comment", "XML:com.adobe.xmp", "photoshop"} & image.info.keys()
