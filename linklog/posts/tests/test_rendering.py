"""From a source in any format to stored HTML."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from linklog.core.tests.hostile import PAYLOADS, troubles
from linklog.posts.rendering import render_body, render_line, render_markdown

pytestmark = pytest.mark.django_db  # which knows of the site's own media


@pytest.mark.parametrize("body_format", ["markdown", "html", "text"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_runs_survives_in_any_format(payload: str, body_format: str) -> None:
    for source in (
        payload,
        f"a {payload} b",
        f"> - {payload}",
        f"# {payload}\n\n# b\n\n# c",
        f"<div>\n\n{payload}\n\n</div>",
    ):
        rendered = render_body(source, body_format, "code")
        assert troubles(rendered.html) == []
        assert troubles(rendered.toc_html) == []


@pytest.mark.parametrize("body_format", ["markdown", "html", "text"])
def test_nothing_that_runs_survives_in_a_line(body_format: str) -> None:
    for payload in PAYLOADS:
        assert troubles(render_line(payload, body_format, "en")) == []


def test_the_html_of_the_author_is_kept_and_closed() -> None:
    source = 'before <kbd>Ctrl</kbd>\n\n<details class="aside">\n<summary>More</summary>\n\n*inside*'
    assert render_body(source, "markdown", "x").html == (
        '<p>before <kbd>Ctrl</kbd></p>\n<details class="aside">\n<summary>More</summary>\n<p><em>inside</em></p>\n</details>'
    )


def test_plain_text_shows_as_it_is_written() -> None:
    assert render_body("1 < 2 & *x*\ny", "text", "x").html == "<p>1 &lt; 2 &amp; *x*<br>y</p>"


def test_an_empty_text_is_empty_html() -> None:
    for body_format in ("markdown", "html", "text"):
        assert render_body(" \n ", body_format, "x").html.strip() == ""


def test_an_image_of_the_sites_media_has_its_size(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    picture = BytesIO()
    Image.new("RGB", (32, 18)).save(picture, "PNG")
    default_storage.save("a b.png", ContentFile(picture.getvalue()))
    for src in ("/media/a%20b.png", f"{settings.LINKLOG_URL}/media/a%20b.png"):
        assert 'width="32" height="18"' in render_markdown(f"![x]({src})", "x").html


@pytest.mark.parametrize(
    "src",
    ["/media/none.png", "/media/../../../etc/passwd", "/media/text.png", "/media/", "https://b.example/media/a.png", "/media/a%00b.png"],
)  # fmt: skip
def test_what_is_no_image_here_has_no_size(src: str, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    default_storage.save("text.png", ContentFile(b"no image"))
    html = render_markdown(f"![x](<{src}>)", "x").html
    assert "<img" in html
    assert "width" not in html
