"""What was found on a page as the fields of the editor. They are proposals: what the author touched stays."""

from django.conf import settings

from linklog.capture.models import Capture
from linklog.capture.page import Page
from linklog.core import links


def page_of(capture: Capture) -> Page:
    """What is known of the captured page: at least what came along with its address."""
    return Page(**capture.facts) if capture.facts else Page(url=links.without_tracking(capture.url))


def fields_of(capture: Capture, page: Page, kind: str) -> dict[str, str]:
    """By the names of the editor's fields. The language of a text is that of its words, so only a quotation has the page's."""
    is_quotation = kind == "quotation"
    return {
        "title": page.title or capture.title,
        "link_url": page.url,
        "body": capture.selection if is_quotation else quoted(capture.selection),
        "person_names": "; ".join(page.authors),
        "via_url": capture.via_url,
        "via_title": links.site(capture.via_url),
        "language": page.language if is_quotation and not _is_own_language(page.language) else "",
        "context": page.title if is_quotation else "",
    }


def quoted(words: str) -> str:
    """`words` as a quote in Markdown, each line of it."""
    return "".join(f"> {line}".rstrip() + "\n" for line in words.splitlines())


def _is_own_language(language: str) -> bool:
    return language.partition("-")[0] == settings.LANGUAGE_CODE.lower().partition("-")[0]
