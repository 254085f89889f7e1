"""What comes along with a link, however it was sent."""

import pytest
from django.conf import settings

from linklog.capture.given import given

PAGE = "https://clocks.example/tides"


@pytest.mark.parametrize(
    ("sent", "url", "title", "text"),
    [
        ({"url": PAGE, "title": "Clocks", "text": "Brass."}, PAGE, "Clocks", "Brass."),
        ({"url": f" {PAGE}\n"}, PAGE, "", ""),
        # Android: the address is among the words
        ({"title": "Clocks", "text": PAGE}, PAGE, "Clocks", ""),
        ({"title": "Clocks", "text": f"Clocks {PAGE}"}, PAGE, "Clocks", ""),
        ({"title": "", "text": f"Look at this: {PAGE}."}, PAGE, "", "Look at this:"),
        ({"text": f"from https://other.example/ see {PAGE}"}, PAGE, "", "from https://other.example/ see"),
        ({"title": f"Clocks – {PAGE}"}, PAGE, "Clocks –", ""),
        # A browser's share of selected words
        ({"text": f'"Brass, mostly."\n {PAGE}#:~:text=Brass%2C,mostly'}, PAGE, "", "Brass, mostly."),
        ({"url": f"{PAGE}#hands:~:text=Brass", "text": "“Brass”"}, f"{PAGE}#hands", "", "Brass"),
        # Nothing to fetch
        ({"url": "javascript:alert(1)", "title": "x"}, "", "x", ""),
        ({"text": "No address here"}, "", "", "No address here"),
        ({}, "", "", ""),
    ],
)
def test_the_address_is_found_wherever_it_stands(sent: dict[str, str], url: str, title: str, text: str) -> None:
    assert given(sent) == {"url": url, "title": title, "text": text, "via": ""}


def test_via_is_another_page_on_the_web() -> None:
    assert given({"url": PAGE, "via": "https://friend.example/"})["via"] == "https://friend.example/"
    for via in ("", "javascript:x", "android-app://com.mail/", f"{PAGE}/#top", "about:blank"):
        assert given({"url": PAGE, "via": via})["via"] == ""


def test_neither_the_same_site_nor_a_search_engine_nor_this_site_is_a_via() -> None:
    for via in (
        "https://www.clocks.example/",
        "https://www.google.co.uk/",
        "https://duckduckgo.com/?q=x",
        settings.LINKLOG_URL,
    ):
        assert given({"url": PAGE, "via": via})["via"] == ""
    assert given({"url": PAGE, "via": "https://blog.google/x?utm_source=y"})["via"] == "https://blog.google/x"


def test_what_follows_people_is_taken_off_the_address() -> None:
    assert given({"url": f"{PAGE}?utm_source=x&id=1"})["url"] == f"{PAGE}?id=1"


def test_signs_that_no_document_may_hold_are_gone() -> None:
    assert given({"url": PAGE, "title": "a\x00b\x0bc"})["title"] == "abc"
