"""No spelling of an address that is not public leads to a connection. The oracle is a real listener on every address of this machine,
which has to count none.
"""

import re
import socket
from ast import literal_eval
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import product
from typing import Any

import pytest
from environs import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from linklog.core.http import FetchError, fetch
from linklog.core.http.addresses import FORBIDDEN_IPV4, FORBIDDEN_IPV6, is_public, parse
from linklog.settings import network, port

# Ways round filters that were published: in lists for testers, in talks, and with the CVEs of other programs. PORT is the listener's.
BYPASSES = r"""
http://127.0.0.1:PORT/
http://127.0.0.1:PORT
http://127.1:PORT/
http://127.0.1:PORT/
http://127.127.127.127:PORT/
http://127.0.0.2:PORT/
http://127.255.255.254:PORT/
http://0:PORT/
http://0.0.0.0:PORT/
http://0.0:PORT/
http://0x0:PORT/
http://00000000:PORT/
http://2130706433:PORT/
http://02130706433:PORT/
http://4294967296:PORT/
http://6425673729:PORT/
http://0x7f000001:PORT/
http://0x7F000001:PORT/
http://0X7f000001:PORT/
http://0x00000000007f000001:PORT/
http://0xa0b0c0d07f000001:PORT/
http://0x7f.1:PORT/
http://0x7f.0x0.0x0.0x1:PORT/
http://0x7f.0.0.0x1:PORT/
http://0x7f.0x000001:PORT/
http://017700000001:PORT/
http://00017700000001:PORT/
http://0o177.0.0.1:PORT/
http://0177.1:PORT/
http://0177.0.0.1:PORT/
http://0177.0.0.01:PORT/
http://0177.0.0.0x1:PORT/
http://00177.000.0000.00001:PORT/
http://127.0.0.01:PORT/
http://127.000.000.001:PORT/
http://127.0x0.0.1:PORT/
http://127.00000.00000.0001:PORT/
http://383.0.0.1:PORT/
http://127.0.0.257:PORT/
http://127.0.256:PORT/
http://127.0.0.1.:PORT/
http://127.0.0.1..:PORT/
http://.127.0.0.1:PORT/
http://127..0.0.1:PORT/
http://127。0。0。1:PORT/
http://127．0．0．1:PORT/
http://127｡0｡0｡1:PORT/
http://127%2e0%2e0%2e1:PORT/
http://%31%32%37.0.0.1:PORT/
http://127.0.0.%31:PORT/
http://%127.0.0.1:PORT/
http://127.0.0.1%00:PORT/
http://127.0.0.1%09:PORT/
http://127.0.0.1%0d%0a:PORT/
http://127.0.0.1%20:PORT/
http://127.0.0.1%2523@example.com:PORT/
http://①②⑦.⓪.⓪.①:PORT/
http://１２７.０.０.１:PORT/
http://𝟏𝟐𝟕.𝟎.𝟎.𝟏:PORT/
http://𝟭𝟮𝟳.𝟬.𝟬.𝟭:PORT/
http://¹²⁷.⁰.⁰.¹:PORT/
http://₁₂₇.₀.₀.₁:PORT/
http://٠١٢٧.٠.٠.١:PORT/
http://⑫⑦.⓪.⓪.①:PORT/
http://localhost:PORT/
http://LOCALHOST:PORT/
http://LocalHost.:PORT/
http://localhost.localdomain:PORT/
http://localhost6:PORT/
http://ip6-localhost:PORT/
http://ip6-loopback:PORT/
http://foo.localhost:PORT/
http://a.b.c.localhost.:PORT/
http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/
http://ｌｏｃａｌｈｏｓｔ:PORT/
http://ｌｏｃａｌｈｏｓｔ．:PORT/
http://loc\u00adalhost:PORT/
http://loc\u200balhost:PORT/
http://ſocalhost:PORT/
http://localhoſt:PORT/
http://l%6fcalhost:PORT/
http://localhost%23:PORT/
http://printer.local:PORT/
http://metadata.google.internal:PORT/computeMetadata/v1/
http://metadata:PORT/
http://instance-data:PORT/latest/
http://router.home.arpa:PORT/
http://intranet:PORT/
http://kubernetes.default.svc.cluster.local:PORT/
http://[::1]:PORT/
http://[::]:PORT/
http://[0:0:0:0:0:0:0:0]:PORT/
http://[0:0:0:0:0:0:0:1]:PORT/
http://[0000:0000:0000:0000:0000:0000:0000:0001]:PORT/
http://[0000::1]:PORT/
http://[::0001]:PORT/
http://[::1.]:PORT/
http://[::127.0.0.1]:PORT/
http://[::7f00:1]:PORT/
http://[::ffff:127.0.0.1]:PORT/
http://[::ffff:7f00:1]:PORT/
http://[::FFFF:7F00:0001]:PORT/
http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/
http://[0:0:0:0:0:ffff:7f00:0001]:PORT/
http://[::ffff:0:127.0.0.1]:PORT/
http://[::ffff:0:7f00:1]:PORT/
http://[::ffff:0.0.0.0]:PORT/
http://[::ffff:127.0.0.01]:PORT/
http://[::ffff:169.254.169.254]:PORT/
http://[::ffff:a9fe:a9fe]:PORT/
http://[::ffff:10.0.0.1]:PORT/
http://[64:ff9b::127.0.0.1]:PORT/
http://[64:ff9b::7f00:1]:PORT/
http://[64:ff9b::a9fe:a9fe]:PORT/
http://[64:ff9b:1::7f00:1]:PORT/
http://[64:ff9b:1:ffff::10.0.0.1]:PORT/
http://[2002:7f00:1::]:PORT/
http://[2002:7f00:0001::1]:PORT/
http://[2002:a9fe:a9fe::]:PORT/
http://[2002:0a00:0001::]:PORT/
http://[2001:0:7f00:1::]:PORT/
http://[2001:0000:4136:e378:8000:63bf:80ff:fffe]:PORT/
http://[2001:0:0:0:0:0:5601:5601]:PORT/
http://[2001:db8::1]:PORT/
http://[2001:10::1]:PORT/
http://[2001:20::1]:PORT/
http://[3fff::1]:PORT/
http://[5f00::1]:PORT/
http://[3ffe::1]:PORT/
http://[100::1]:PORT/
http://[fe80::1]:PORT/
http://[fe80::1%25lo]:PORT/
http://[fe80::1%lo]:PORT/
http://[::1%25lo]:PORT/
http://[::1%251]:PORT/
http://[::1%1]:PORT/
http://[fe80::5efe:127.0.0.1]:PORT/
http://[2606:4700::5efe:7f00:1]:PORT/
http://[2606:4700::200:5efe:127.0.0.1]:PORT/
http://[fec0::1]:PORT/
http://[fc00::1]:PORT/
http://[fd00::1]:PORT/
http://[fd00:ec2::254]:PORT/latest/meta-data/
http://[fd20:ce::254]:PORT/
http://[ff02::1]:PORT/
http://[ff01::1]:PORT/
http://[0:0:0:0:0:0:13.1.68.3]:PORT/
http://[::ffff:]:PORT/
http://[[::1]]:PORT/
http://[::1:PORT/
http://::1:PORT/
http://[127.0.0.1]:PORT/
http://[v1.127.0.0.1]:PORT/
http://[::1]]:PORT/
http://[::1]@example.com:PORT/
http://[0x7f.1]:PORT/
http://[①]:PORT/
http://[::①]:PORT/
http://10.0.0.1:PORT/
http://10.255.255.255:PORT/
http://167772161:PORT/
http://0xa.1:PORT/
http://012.0.0.1:PORT/
http://172.16.0.1:PORT/
http://172.31.255.255:PORT/
http://192.168.0.1:PORT/
http://192.168.257:PORT/
http://3232235521:PORT/
http://0xc0.0xa8.1:PORT/
http://100.64.0.1:PORT/
http://100.100.100.200:PORT/latest/meta-data/
http://169.254.169.254:PORT/latest/meta-data/
http://169.254.170.2:PORT/v2/credentials/
http://2852039166:PORT/
http://7147006462:PORT/
http://0xa9fea9fe:PORT/
http://0xA9.0xFE.0xA9.0xFE:PORT/
http://0xa9fe.a9fe:PORT/
http://0251.0376.0251.0376:PORT/
http://025177524776:PORT/
http://0251.00376.000251.0000376:PORT/
http://169.254.43518:PORT/
http://169.16689662:PORT/
http://169。254。169。254:PORT/
http://①⑥⑨.②⑤④.①⑥⑨.②⑤④:PORT/
http://168.63.129.16:PORT/machine
http://192.0.0.192:PORT/latest/
http://192.0.0.8:PORT/
http://192.0.2.1:PORT/
http://192.88.99.1:PORT/
http://198.18.0.1:PORT/
http://198.51.100.1:PORT/
http://203.0.113.1:PORT/
http://224.0.0.1:PORT/
http://239.255.255.250:PORT/
http://240.0.0.1:PORT/
http://255.255.255.255:PORT/
http://user@127.0.0.1:PORT/
http://user:pass@127.0.0.1:PORT/
http://example.com@127.0.0.1:PORT/
http://example.com:80@127.0.0.1:PORT/
http://127.0.0.1:PORT@example.com/
http://127.0.0.1:PORT#@example.com/
http://127.0.0.1:PORT?@example.com/
http://127.0.0.1:PORT\@example.com/
http://127.0.0.1:PORT\.example.com/
http://example.com\@127.0.0.1:PORT/
http://[::1]#@127.0.0.1:PORT/
http://example.com&@127.0.0.1:PORT/
http://foo@127.0.0.1:PORT @example.com/
http://foo@127.0.0.1:PORT@example.com/
http://example.com;@127.0.0.1:PORT/
http://127.0.0.1:PORT:80/
http://127.0.0.1 :PORT/
http://127.0.0.1\t:PORT/
http://127.0.0.1\n:PORT/
http://127.0.0.1\r\nHost: example.com:PORT/
http://127.0.0.1\x00.example.com:PORT/
http:///127.0.0.1:PORT/
http:////127.0.0.1:PORT/
http:/127.0.0.1:PORT/
http:127.0.0.1:PORT/
http:\\127.0.0.1:PORT/
http:/\127.0.0.1:PORT/
http:\/127.0.0.1:PORT/
http:@127.0.0.1:PORT/
http:/@/127.0.0.1:PORT/
//127.0.0.1:PORT/
\\127.0.0.1:PORT/
///127.0.0.1:PORT/
127.0.0.1:PORT
ht\ntp://127.0.0.1:PORT/
 http://127.0.0.1:PORT/
\x01http://127.0.0.1:PORT/
HTTP://127.0.0.1:PORT/
hTtPs://127.0.0.1:PORT/
https://127.0.0.1:PORT/
url:http://127.0.0.1:PORT/
view-source:http://127.0.0.1:PORT/
jar:http://127.0.0.1:PORT/!/
feed:http://127.0.0.1:PORT/
blob:http://127.0.0.1:PORT/
file://127.0.0.1:PORT/etc/passwd
file:///etc/passwd
ftp://127.0.0.1:PORT/
sftp://127.0.0.1:PORT/
tftp://127.0.0.1:PORT/
gopher://127.0.0.1:PORT/_GET%20/
dict://127.0.0.1:PORT/stats
ldap://127.0.0.1:PORT/
ws://127.0.0.1:PORT/
netdoc:///etc/passwd
data:text/html,<p>
javascript:alert(1)
mailto:a@127.0.0.1
http+unix://%2Fvar%2Frun%2Fdocker.sock/
unix:/var/run/docker.sock
http://unix:/var/run/docker.sock:/
about:blank
""".strip("\n").split("\n")

FORBIDDEN = ("127.0.0.1", "0.0.0.0", "10.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "100.100.100.200")
PUBLIC = (
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
    "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450:4001::1", "2001:200::1",
    "2400:cb00::1", "2620:4f:8000::1",
)  # fmt: skip


class Listener:
    """Accepts nothing: the system keeps the connections that were made until they are counted."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128)
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]

    def connections(self) -> int:
        count = 0
        while True:
            try:
                self._socket.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    settings.LINKLOG_FETCH_PORTS = ["*"]
    listener = Listener()
    yield listener
    listener.close()


def unescaped(form: str) -> str:
    """The signs that the list spells by their escapes."""
    return re.sub(r"\\(?:[tnr]|x[0-9a-f]{2}|u[0-9a-f]{4})", lambda escape: literal_eval(f'"{escape[0]}"'), form)


def assert_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(url, seconds=0.2)
    assert caught.value.status == 0, url


def test_there_are_enough_bypasses() -> None:
    assert len(set(BYPASSES)) == len(BYPASSES) >= 120


def test_no_published_bypass_connects(listener: Listener) -> None:
    for form in BYPASSES:
        assert_refused(unescaped(form).replace("PORT", str(listener.port)))
        assert listener.connections() == 0, form


def test_the_listener_would_have_counted(listener: Listener, settings: Any) -> None:
    settings.LINKLOG_FETCH_NETWORKS = [ip_network("127.0.0.0/8")]
    for host in ("127.0.0.1", "127.9.9.9"):
        assert_refused(f"http://{host}:{listener.port}/")
        assert listener.connections() == 1, host


def spellings(address: str) -> Iterator[str]:
    """What some resolver or other takes for this IPv4 address: one to four parts, of three radices, in several scripts."""
    number = int(IPv4Address(address))
    writings = ("{:d}", "{:#x}", "0X{:X}", "0x000{:x}", "0{:o}", "000{:o}", "{:05d}")
    for count in (1, 2, 3, 4):
        parts = [number >> 8 * (3 - place) & 0xFF for place in range(count - 1)]
        last = number & (1 << 8 * (5 - count)) - 1
        for forms in product(writings, repeat=min(count, 2)):
            plain = ".".join(forms[place % len(forms)].format(part) for place, part in enumerate([*parts, last]))
            yield from (plain, f"{plain}.", f"a@{plain}", plain.replace(".", "。"), plain.replace(".", "%2e"))
            yield plain.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})
            yield plain.translate({0x30: 0x24EA} | {ord(str(digit)): 0x245F + digit for digit in range(1, 10)})
            yield "".join(f"%{ord(sign):02x}" for sign in plain)
    low = f"{number >> 16:x}:{number & 0xFFFF:x}"
    prefixes = ("::", "::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::", "fe80::5efe:", "2606:4700::200:5efe:")
    for prefix, end in product(prefixes, (low, address, low.upper())):
        yield from (
            f"[{prefix}{end}]",
            f"[{prefix}{end}%25lo]",
            f"[{prefix}{end}%1]",
            f"[{IPv6Address(prefix + end).exploded}]",
        )
    yield from (f"[2002:{low}::]", f"[2002:{low}::1]", f"[2001:0:{low}::]")


def test_no_generated_spelling_connects(listener: Listener) -> None:
    count = 0
    for address in FORBIDDEN:
        for host in spellings(address):
            count += 1
            assert_refused(f"http://{host}:{listener.port}/")
    assert count > 3_000
    assert listener.connections() == 0


@pytest.mark.parametrize("network", [*FORBIDDEN_IPV4, *FORBIDDEN_IPV6], ids=str)
def test_a_forbidden_network_is_forbidden_from_end_to_end(network: Any) -> None:
    assert not is_public(network[0])
    assert not is_public(network[-1])
    assert not is_public(network[network.num_addresses // 2])


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses())
def test_nothing_is_public_that_the_standard_library_calls_special(address: IPv4Address | IPv6Address) -> None:
    special = not address.is_global or address.is_multicast or address.is_reserved
    assert not (special and is_public(address))


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTP://Example.COM", "http://example.com/"),
        ("https://example.com:443/a b?c=d#e", "https://example.com/a%20b?c=d"),
        ("http://example.com:?q", "http://example.com/?q"),
        ("http://example.com./", "http://example.com/"),
        ("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC"),
        ("http://日本語。jp/", "http://xn--wgv71a119e.jp/"),
        ("http://ｅｘａｍｐｌｅ.com/", "http://example.com/"),
        ("http://my_blog.example.com/", "http://my_blog.example.com/"),
        ("http://[2606:2800:0220:1::1]:8080/", "http://[2606:2800:220:1::1]:8080/"),
        ("https://example.com/%E2%9C%93?a=%zz", "https://example.com/%E2%9C%93?a=%25zz"),
    ],
)
def test_an_address_has_one_spelling(url: str, normal: str) -> None:
    assert parse(url).url == normal


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "http://", "http:///", "http://:80/", "http://?", "http://.", "http://..", "http://a..b/", "http://example.com:0/",
        "http://example.com:65536/", "http://example.com:80:80/", "http://example.com:８０/", "http://example.com:+80/",
        "http://example.com:-1/", "http://exa mple.com/", "http://example.com\u2028/", "http://*.example.com/", "http://ex,ample.com/",
        "http://" + "a" * 64 + ".com/", "http://" + "a." * 200 + "com/", "http://ü" + "ü" * 250 + ".com/",
        "http://example.com/" + "a" * 1_000_000, "http://\ud800.com/", "http://xn--a.com\x7f/", "http://１２７.1/", "http://example.0x/",
        "http://example.1/", "httpſ://example.com/", "http://example.com\u3000/", "http://example．com：80/", "http://example.com／a@b/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(url)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://a.example/{text}"):
        try:
            address = parse(url)
        except ValueError:
            continue
        assert address.url.isascii()
        assert parse(address.url) == address


def test_settings_take_ports_and_networks_and_nothing_else() -> None:
    assert [port("80"), port(" * "), str(network(" 10.1.0.0/16")), str(network("::1"))] == [
        "80",
        "*",
        "10.1.0.0/16",
        "::1/128",
    ]
    for read, value in product((port, network), ("", "x", "-1", "0", "10.1.2.3/16", "800000")):
        if (read, value) != (network, "0"):
            with pytest.raises(ValidationError):
                read(value)
