"""From a post's source to the HTML that is stored: the one place that joins Markdown, sanitising and the site's media."""

from html import escape

from django.conf import settings
from django.utils.module_loading import import_string

from linklog.core import html, markdown
from linklog.core.markdown import Rendered

RENDER_VERSION = 1


def render_body(source: str, body_format: str, doc_id: str, language: str = "en") -> Rendered:
    """The stored HTML of a text in `markdown`, `html` or `text`; always sanitised, every element closed."""
    if body_format == "markdown":
        return render_markdown(source, doc_id, language)
    return Rendered(html.clean_author(source if body_format == "html" else html.text_to_html(source)))


def render_markdown(source: str, doc_id: str, language: str = "en") -> Rendered:
    """Markdown by the author, with raw HTML, and the site's own media in what sizes and formats there are."""
    if not source.strip():
        return Rendered("")
    rendered = markdown.render(source, doc_id, language, import_string(settings.LINKLOG_SHOWN_MEDIA))
    return Rendered(html.clean_author(rendered.html), html.clean_author(rendered.toc_html))


def render_line(source: str, body_format: str, language: str = "en") -> str:
    """A single line in the format of its post's body: emphasis and links, no blocks."""
    if body_format == "markdown":
        return html.clean_author(markdown.render_inline(source, language))
    return html.clean_author(source) if body_format == "html" else escape(source, quote=False)
