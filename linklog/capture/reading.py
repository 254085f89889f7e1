"""Reads a linked page over the network and keeps what it says with the capture. Call it in no transaction."""

from dataclasses import replace
from urllib.parse import urldefrag

from linklog.capture import github
from linklog.capture.markup import Markup
from linklog.capture.models import Capture
from linklog.capture.page import Page, read
from linklog.capture.transcripts import transcript
from linklog.core import links
from linklog.core.http import FetchError, decoded, fetch


def read_page(url: str, *, patiently: bool = False) -> Page:
    """What the page at `url` says of itself. Raises FetchError, whose text is for the author."""
    answer = fetch(url, patiently=patiently)
    markup = Markup(decoded(answer), answer.url)
    page = read(markup)
    fragment = urldefrag(links.without_tracking(url)).fragment  # which part of the page was meant
    found = f"{urldefrag(page.url).url}#{fragment}" if fragment else page.url
    pinned, note = github.pin(found, markup)
    return replace(page, url=found, pinned=pinned, notes=[note] if note else [], transcript=transcript(markup))


def read_capture(capture: Capture, *, patiently: bool = False) -> None:
    """Read the page of `capture`, and keep what was found or why nothing was. A failure leaves what was known before."""
    try:
        page = read_page(capture.url, patiently=patiently)
    except FetchError as error:
        capture.state, capture.problem = Capture.State.FAILED, str(error)[:300]
    else:
        capture.state, capture.problem, capture.facts = Capture.State.READ, "", page.as_facts()
    Capture.objects.filter(pk=capture.pk).update(state=capture.state, problem=capture.problem, facts=capture.facts)
