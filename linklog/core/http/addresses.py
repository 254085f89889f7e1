"""Which addresses of the web may be asked for: URLs read by one strict grammar, and the table of networks nobody connects to.

Nothing here touches the network; `core.http` asks before every connection.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_network

import idna

from linklog.core.links import mend

IPAddress = IPv4Address | IPv6Address
MAX_LENGTH = 8_000
DEFAULT_PORTS = {"http": 80, "https": 443}
# No user name, no backslash, no percent sign and no bracket that is not an IPv6 address's: parsers disagree about all of these
_URL = re.compile(
    r"(https?)://(\[[0-9a-f:.]+\]|[^\s/?#\\@:\[\]%]{1,255})(?::([0-9]{0,5}))?([/?][^#]*)?(?:#.*)?",
    re.IGNORECASE | re.ASCII,
)
_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Names that no public server answers to; one without a dot is another
_INNER_NAMES = (
    "localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa",
)  # fmt: skip

# IANA's special-purpose registries (https://www.iana.org/assignments/iana-ipv4-special-registry/), multicast, and Azure's host
FORBIDDEN_IPV4 = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
# Of IPv6 only what is handed out can be public. Loopback, mapped and translated IPv4 (::, ::ffff:0:0, 64:ff9b::), unique local,
# link-local, site-local and multicast addresses lie outside of it.
GLOBAL_UNICAST = ip_network("2000::/3")
FORBIDDEN_IPV6 = tuple(
    ip_network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo and ORCHID among them
        "2001:db8::/32", "3fff::/20",  # documentation
        "2002::/16",  # 6to4, which holds an IPv4 address
        "3ffe::/16",  # the 6bone that was
    )
)  # fmt: skip
_ISATAP = (
    0x0000_5EFE,
    0x0200_5EFE,
)  # the middle of an interface identifier that ends in an IPv4 address (RFC 5214, 6.1)


@dataclass(frozen=True)
class WebAddress:
    """A URL in its parts: `host` in lower case and ASCII, IPv6 without its brackets; `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as in a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        return self.origin + self.target

    @property
    def literal(self) -> IPAddress | None:
        """The host where it is an IP address itself."""
        try:
            return IPv6Address(self.host) if ":" in self.host else IPv4Address(self.host)
        except AddressValueError:
            return None

    @property
    def is_inner_name(self) -> bool:
        """Whether the host's name alone says that it is not public."""
        if self.literal:
            return False
        return "." not in self.host or self.host.endswith(tuple(f".{name}" for name in _INNER_NAMES))


def parse(url: str) -> WebAddress:
    """`url` without its fragment. Raises ValueError for what is no address of the web, or is not spelt as one plainly."""
    url = url.strip(" \t\r\n")
    if len(url) > MAX_LENGTH or any(ord(sign) < 0x20 or ord(sign) == 0x7F for sign in url):
        raise ValueError("too long, or with control characters")
    match = _URL.fullmatch(url)
    if match is None:
        raise ValueError("not an address of the web")
    scheme, port = match[1].lower(), int(match[3] or DEFAULT_PORTS[match[1].lower()])
    if not 0 < port < 65_536:
        raise ValueError("no such port")
    target = mend(match[4] or "/")
    return WebAddress(scheme, _host(match[2].lower()), port, target if target.startswith("/") else f"/{target}")


def _host(host: str) -> str:
    """A name or an address in its one plain spelling; ValueError for the other ones that resolvers understand (0x7f.1, 017700000001)."""
    if host.startswith("["):
        return str(IPv6Address(host[1:-1]))
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()  # full-width letters and circled digits become plain ones
    host = host.removesuffix(".")
    if not _NAME.fullmatch(host) or len(host) > 253:
        raise ValueError("not the name of a host")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return str(IPv4Address(host))
    return host


def is_public(address: IPAddress) -> bool:
    """Whether a server of the public web can have this address."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in FORBIDDEN_IPV4)
    return (
        address in GLOBAL_UNICAST
        and address.scope_id is None
        and int(address) >> 32 & 0xFFFF_FFFF not in _ISATAP
        and not any(address in network for network in FORBIDDEN_IPV6)
    )
