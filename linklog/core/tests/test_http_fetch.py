"""The fetcher in front of real servers: pages, redirects, certificates, characters, and what the author is told."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linklog.core import http
from linklog.core.http import FetchError, decoded, fetch
from linklog.core.tests.certificates import write_certificate
from linklog.core.tests.fetching import CHUNKED, SECONDS, TOO_SLOW, UNREACHABLE, SiteOf, sentence
from linklog.core.tests.other_site import OtherSite, answer, redirect

pytestmark = pytest.mark.usefixtures("only_one_address_is_public")


def test_a_page_is_read(site_of: SiteOf) -> None:
    site = site_of(answer("<p>Grüße".encode("latin-1"), content_type="Text/HTML; charset=ISO-8859-1"))
    found = fetch(f"{site.url}/a b#c")
    assert (found.url, found.status, found.content_type) == (f"{site.url}/a%20b", 200, "text/html")
    assert (found.charset, decoded(found), found.is_cut) == ("iso-8859-1", "<p>Grüße", False)


def test_a_page_whose_type_is_said_twice_is_read(site_of: SiteOf) -> None:
    site = site_of(b"HTTP/1.1 200 OK\r\n" + b"Content-Type: text/html\r\n" * 2 + b"\r\n<p>Here.")
    assert decoded(fetch(site.url)) == "<p>Here."


def test_a_request_says_who_asks_and_carries_nothing_else(site_of: SiteOf) -> None:
    site = site_of(answer(Set_Cookie="a=b"))
    fetch(site.url)
    fetch(site.url)
    lines = site.requests[1].lower().strip().split("\r\n")
    assert lines[0] == "get / http/1.1"
    assert {line.split(":")[0] for line in lines[1:]} == {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "connection",
    }
    assert f"host: {site.authority}" in lines
    assert "linklog/" in site.requests[1].lower()
    assert "+http://localhost:8000" in site.requests[1]


def test_a_proxy_in_the_environment_is_not_asked(site_of: SiteOf, monkeypatch: pytest.MonkeyPatch) -> None:
    site, proxy = site_of(answer()), site_of(answer())
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    fetch(site.url)
    assert (len(site.requests), len(proxy.requests)) == (1, 0)


# Redirects -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_redirects_are_followed_to_the_page(site_of: SiteOf, status: str) -> None:
    site = site_of(lambda path, request: answer() if path == "/b/c?d" else redirect("../b/c?d#e", status))
    assert fetch(f"{site.url}/a/").url == f"{site.url}/b/c?d"


def test_redirects_end_after_five(site_of: SiteOf) -> None:
    site = site_of(lambda path, request: redirect(f"/{int(path[1:] or 0) + 1}"))
    assert sentence(site.url) == "The address leads from one to the next without an end."
    assert len(site.requests) == 6


@pytest.mark.parametrize(
    "to",
    [
        "http://INSIDE/", "//INSIDE/", "http://[::ffff:127.0.0.2]:PORT/", "http://0x7f.2:PORT/", "http://127.2:PORT/",
        "HTTP://127。0。0。2:PORT/", "http://①②⑦.⓪.⓪.②:PORT/", "http://2130706434:PORT/", "http://a@INSIDE/",
        "http://SITE@INSIDE/", "http://INSIDE#@SITE/", "http://INSIDE\\@SITE/", "http:\\\\INSIDE/", "\\\\INSIDE/", "/\\INSIDE/",
        "http:///INSIDE/", "http:/INSIDE/", "////INSIDE/", "http://localhost.:PORT/", "http://[::1]:PORT/", "http://[::1%251]:PORT/",
        "http://[::1", "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "https://INSIDE/", "http://INSIDE:80/",
        "file:///etc/passwd", "file://INSIDE/", "gopher://INSIDE/_GET", "data:text/html,<p>", "ftp://INSIDE/", "javascript:alert(1)",
        "dict://INSIDE/", "http://SITE:0/", "http://SITE:99999/", "http://", "http:// INSIDE/", "http://IN\tSIDE/",
        "http://a.example/" + "a" * 20_000,
    ],
)  # fmt: skip
def test_no_redirect_leads_inside(site_of: SiteOf, settings: Any, to: str) -> None:
    inside = site_of(answer(), host="127.0.0.2")
    port = inside.authority.partition(":")[2]

    def reply(path: str, request: str) -> bytes:
        target = to.replace("INSIDE", inside.authority).replace("SITE", site.authority).replace("PORT", port)
        return redirect(target) if path == "/" else answer(status="404 Not Found")

    site = site_of(reply)
    assert sentence(site.url)
    assert inside.connections == 0


def test_a_port_that_is_not_allowed_is_not_asked(site_of: SiteOf, settings: Any) -> None:
    inside = site_of(answer())
    site = site_of(redirect(f"{inside.url}/"))
    settings.LINKLOG_FETCH_PORTS = [site.authority.partition(":")[2], "80"]
    assert sentence(site.url).startswith("Pages on port")
    assert (len(site.requests), inside.connections) == (1, 0)


def test_headers_of_the_caller_stay_with_the_site_they_are_for(site_of: SiteOf) -> None:
    other = site_of(answer())
    site = site_of(lambda path, request: redirect("/next" if path == "/" else f"{other.url}/"))
    fetch(site.url, headers={"Authorization": "Bearer secret"})
    assert ["secret" in request for request in site.requests] == [True, True]
    assert "secret" not in other.requests[0]


def test_a_page_that_sends_the_reader_on_is_not_followed(site_of: SiteOf) -> None:
    page = b'<meta http-equiv="refresh" content="0; url=/next"><script>location = "/next"</script>'
    site = site_of(answer(page, Refresh="0; url=/next", Link="</next>; rel=preload"))
    assert fetch(site.url).body == page
    assert len(site.requests) == 1


# What the author is told -----------------------------------------------------------------------------------------------
def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/"


def test_a_closed_port_and_what_is_no_web_server_read_the_same(site_of: SiteOf) -> None:
    assert sentence(closed_port()) == UNREACHABLE
    for junk in (
        b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"<p>HTTP/0.9", b"\x00" * 100, b"HTTP/1.1 200 OK\r\nNo colon\r\n\r\n",
        b"HTTP/1.1 99 \r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9, 10\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 500\r\n\r\n<p>",
        CHUNKED + b"zz\r\n<p>\r\n", CHUNKED + b"-1\r\n<p>\r\n", CHUNKED + b"5\r\n<p>", CHUNKED + b"f" * 30 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Type: a\x00b\r\n\r\n",
    ):  # fmt: skip
        assert sentence(site_of(junk).url) == UNREACHABLE, junk


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("404 Not Found", "The site says that there is no such page (404)."),
        ("410 Gone", "The site says that there is no such page (410)."),
        ("403 Forbidden", "The site does not let this page be read (403)."),
        ("429 Too Many Requests", "The site does not let this page be read (429)."),
        ("500 Oops", "The site answered with an error (500)."),
        ("304 Not Modified", "The site answered with an error (304)."),
        ("300 Multiple Choices", "The site answered with an error (300)."),
        ("101 Switching Protocols", UNREACHABLE),
    ],
)
def test_a_status_that_is_no_success_is_told(site_of: SiteOf, status: str, told: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(site_of(answer(b"", status)).url)
    assert str(caught.value) == told
    assert caught.value.status == (0 if told == UNREACHABLE else int(status[:3]))


@pytest.mark.parametrize(
    ("content_type", "told"),
    [
        ("application/pdf", "What is there is not a page, but application/pdf."),
        ("text/html+xml", "What is there is not a page, but text/html+xml."),
        ("text/htmlx; charset=utf-8", "What is there is not a page, but text/htmlx."),
        ("application/xml, text/html", "The site does not say what is there, so it was not read."),
        ("<script>/html", "The site does not say what is there, so it was not read."),
        ("", "The site does not say what is there, so it was not read."),
    ],
)
def test_what_is_no_page_is_not_read(site_of: SiteOf, content_type: str, told: str) -> None:
    assert sentence(site_of(answer(content_type=content_type)).url) == told


def test_head_asks_for_no_body_and_any_type(site_of: SiteOf) -> None:
    site = site_of(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 99\r\n\r\n")
    assert fetch(site.url, method="HEAD").body == b""
    assert site.requests[0].startswith("HEAD / ")


def test_the_log_tells_more_than_the_author_learns_but_no_path(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "linklog.core.http")
    url = closed_port()
    sentence(f"{url}secret?token=secret")
    assert "Connection refused" in caplog.text
    assert url.split("/")[2] in caplog.text
    assert "secret" not in caplog.text


# TLS -----------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    write_certificate(path, "127.0.0.1")
    return path


@pytest.fixture
def tls_site(certificate: Path, site_of: SiteOf) -> Iterator[OtherSite]:
    context = http.ssl.SSLContext(http.ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_alpn_protocols(["h2", "http/1.1"])
    http._tls.cache_clear()
    yield site_of(answer(), tls=context)
    http._tls.cache_clear()


def test_a_site_with_a_good_certificate_is_read_by_http_1(
    tls_site: OtherSite, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert fetch(tls_site.url).body == b"<p>Hello"


def test_a_bad_certificate_reads_as_a_site_that_is_not_there(tls_site: OtherSite) -> None:
    assert sentence(tls_site.url) == UNREACHABLE
    assert tls_site.requests == []


def test_a_site_that_does_not_speak_tls_is_left(site_of: SiteOf) -> None:
    site = site_of(answer())
    assert sentence(site.url.replace("http:", "https:"), seconds=SECONDS) in (UNREACHABLE, TOO_SLOW)


# Characters ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("é".encode(), "", "é"),
        (b"\xe9!", "", "é!"),
        (b"\x93", "iso-8859-1", "“"),
        (b"\xef\xbb\xbf\xc3\xa9", "iso-8859-1", "é"),
        ("é".encode("utf-16"), "utf-8", "é"),
        (b"<meta charset=koi8-r>\xc1", "", "а"),
        (b'<meta http-equiv="content-type" content="text/html; charset=windows-1251">\xe0', "", "а"),
        (b"<meta charset=koi8-r>\xc3\xa9", "utf-8", "é"),
        (b"<meta charset=utf-16>\xc3\xa9", "", "é"),
        (b"<!--" + b" " * 1_100 + b"--><meta charset=koi8-r>\xe9!", "", "é!"),
        ("日本".encode("shift_jis"), "x-sjis", "日本"),
        ("中文".encode("gb18030"), "gb2312", "中文"),
        (b"+ADw-script+AD4-", "utf-7", "+ADw-script+AD4-"),
        (rb"\u003c", "unicode_escape", r"\u003c"),
        (b"abc", "rot13", "abc"),
        (b"abc", "zlib_codec", "abc"),
        (b"abc", "../../etc", "abc"),
        (b"abc", "no such", "abc"),
        (b"\xff\xfe\xff", "", "\ufffd"),
        (b"a\xe2\x82", "", "a"),
        (b"\x81", "", "\ufffd"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_page_is_read_in_its_characters(site_of: SiteOf, body: bytes, charset: str, text: str) -> None:
    kind = f"text/html; charset={charset}" if charset else "text/html"
    found = decoded(fetch(site_of(answer(body, content_type=kind)).url))
    assert found.rpartition(">")[2] == text
