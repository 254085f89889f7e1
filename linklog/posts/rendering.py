"""From a post's source to the HTML that is stored: the one place that joins Markdown, sanitising and the site's media."""

from html import escape
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from PIL import Image, UnidentifiedImageError

from linklog.core import html, markdown
from linklog.core.markdown import Rendered

RENDER_VERSION = 1


def render_body(source: str, body_format: str, doc_id: str, language: str = "en") -> Rendered:
    """The stored HTML of a text in `markdown`, `html` or `text`; always sanitised, every element closed."""
    if body_format == "markdown":
        return render_markdown(source, doc_id, language)
    return Rendered(html.clean_author(source if body_format == "html" else html.text_to_html(source)))


def render_markdown(source: str, doc_id: str, language: str = "en") -> Rendered:
    """Markdown by the author, with raw HTML and the sizes of the site's own images."""
    if not source.strip():
        return Rendered("")
    rendered = markdown.render(source, doc_id, language, _media_size)
    return Rendered(html.clean_author(rendered.html), html.clean_author(rendered.toc_html))


def render_line(source: str, body_format: str, language: str = "en") -> str:
    """A single line in the format of its post's body: emphasis and links, no blocks."""
    if body_format == "markdown":
        return html.clean_author(markdown.render_inline(source, language))
    return html.clean_author(source) if body_format == "html" else escape(source, quote=False)


def _media_size(src: str) -> tuple[int, int] | None:
    """Width and height of an image of this site's media; None for any other, and for what is no image."""
    path = src.removeprefix(settings.LINKLOG_URL)
    if not path.startswith(settings.MEDIA_URL):
        return None
    try:
        with default_storage.open(unquote(path.removeprefix(settings.MEDIA_URL))) as file, Image.open(file) as image:
            return image.size
    except (OSError, ValueError, SuspiciousFileOperation, UnidentifiedImageError, Image.DecompressionBombError):
        return None
