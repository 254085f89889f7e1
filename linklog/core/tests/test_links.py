"""Links to other people's pages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linklog.core import links

URLS = st.one_of(
    st.text(max_size=60),
    st.text(max_size=60).map("https://".__add__),
    st.from_regex(r"https?://[a-zäß.\[\]:%@-]{0,20}(:\d{0,7})?/[ -~ü]{0,30}", fullmatch=True),
)


@pytest.mark.parametrize(
    ("url", "mended"),
    [
        (" https://a.example/b c ", "https://a.example/b%20c"),
        ("https://a.example/\nb\r\tc", "https://a.example/bc"),
        ("https://a.example/ä?ö=ü#ß", "https://a.example/%C3%A4?%C3%B6=%C3%BC#%C3%9F"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%C3%A4%2F", "https://a.example/%C3%A4%2F"),
        ('https://a.example/<">', "https://a.example/%3C%22%3E"),
        ("https://a.example/\ud800x", "https://a.example/x"),
        ("", ""),
    ],
)
def test_an_address_is_mended_as_a_browser_would(url: str, mended: str) -> None:
    assert links.mend(url) == mended


@given(URLS)
@settings(deadline=None)
def test_any_text_may_come_as_an_address(url: str) -> None:
    mended = links.mend(url)
    assert mended.isascii()
    assert links.mend(mended) == mended
    assert links.harmless(url) in ("", mended)
    assert links.key(mended).isascii()
    assert len(links.key(url)) <= links.MAX_KEY_LENGTH
    assert len(links.site(url)) <= 255
    links.is_web_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.a.example/b",
        "https://a.example/b/",
        "https://A.EXAMPLE:443/b",
        "https://a.example/b#part",
        "https://a.example/x/../b",
        "https://a.example/b?utm_source=feed&fbclid=1",
    ],
)
def test_addresses_of_one_page_have_one_key(url: str) -> None:
    assert links.key(url) == "a.example/b"


@pytest.mark.parametrize(
    "url",
    ["https://a.example/b?id=1", "https://a.example/B", "https://b.a.example/b", "https://a.example:8080/b", "https://a.example/b/c"],
)  # fmt: skip
def test_addresses_of_different_pages_have_different_keys(url: str) -> None:
    assert links.key(url) != "a.example/b"


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://a.example/b?utm_source=x&id=3&utm_campaign=y", "https://a.example/b?id=3"),
        ("https://a.example/b?fbclid=1&gclid=2&MC_EID=3&igsh=4", "https://a.example/b"),
        ("https://a.example/b#:~:text=a,b", "https://a.example/b"),
        ("https://a.example/b#part:~:text=a", "https://a.example/b#part"),
        ("https://youtu.be/x?si=abc&t=61", "https://youtu.be/x?t=61"),
        ("https://music.youtube.com/watch?v=1&si=abc", "https://music.youtube.com/watch?v=1"),
        ("https://x.com/a/status/1?s=20&t=abc", "https://x.com/a/status/1"),
        ("https://a.example/?pk_campaign=1&at_medium=2", "https://a.example/"),
        ("https://a.example/?%75tm_source=1", "https://a.example/"),
    ],
)
def test_what_follows_people_is_taken_off_an_address(url: str, clean: str) -> None:
    assert links.without_tracking(url) == clean
    assert links.key(url) == links.key(clean)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/?id=1&v=2&p=3&q=4&page=5&s=6&t=7&si=8&ref=9&source=10&tag=11",
        "https://a.example/?b=%C3%A4&a=+&c&=d",
        "https://a.example/b#part",
        "https://a.example/?pk=1&utm=2",
        "https://a.example/b?c=1#y?utm_source=1",
        "mailto:a@b.example",
        "http://[::1",
        "",
    ],
)
def test_what_names_a_page_stays_in_its_address(url: str) -> None:
    assert links.without_tracking(url) == url


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.A.example/b", "a.example"),
        ("http://user:secret@a.example:80/", "a.example"),
        ("https://日本語.example/", "日本語.example"),
        ("https://%E6%97%A5%E6%9C%AC%E8%AA%9E.example/", "日本語.example"),
        ("https://a%2fb.example/", "a%2fb.example"),
        ("/relative", ""),
        ("http://[::1", ""),
        ("mailto:a@b.example", ""),
    ],
)
def test_the_site_of_an_address(url: str, site: str) -> None:
    assert links.site(url) == site


@pytest.mark.parametrize("url", ["https://a.example", "http://a.example/b", "gemini://a.example/", "ftp://a.example/"])
def test_whole_addresses_of_the_web(url: str) -> None:
    assert links.is_web_url(url)


@pytest.mark.parametrize(
    "url", ["", "a.example", "/b", "//a.example", "javascript:x()", "https:", "https:///b", "http://[::1"]
)
def test_what_is_no_whole_address(url: str) -> None:
    assert not links.is_web_url(url)


@pytest.mark.parametrize(
    "url", ["javascript:x()", " java\nscript:x()", "DATA:text/html,x", "vbscript:x", "blob:https://a/b"]
)
def test_a_link_has_no_scheme_that_runs(url: str) -> None:
    assert links.harmless(url) == ""


@pytest.mark.parametrize(
    "url", ["https://a.example/?x=javascript:y", "/javascript:x", "#a", "mailto:a@b.example", "b/c"]
)
def test_other_links_stay(url: str) -> None:
    assert links.harmless(url) == url
