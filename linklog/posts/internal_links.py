"""Which posts of this site a text links to, read from its URLs alone."""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from django.conf import settings

from linklog.core import links

_PERMALINK = re.compile(r"^/([0-9]{4})/([A-Za-z]{3})/([0-9]{1,2})/([^/]{1,200}?)(?:/|\.md)?$")


def own_host() -> str:
    """The host of this site, without www."""
    return links.site(settings.LINKLOG_URL)


def address_in(path: str) -> str:
    """`2024/Dec/22/slug` for a path of that shape; "" for any other."""
    match = _PERMALINK.match(unquote(path))
    return f"{match[1]}/{match[2].capitalize()}/{int(match[3])}/{match[4]}" if match else ""


def addresses(urls: Iterable[str], hosts: set[str]) -> list[str]:
    """The addresses of posts among `urls`, each once and in order: site-relative ones and those on one of `hosts`."""
    found: dict[str, None] = {}
    for url in urls:
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.netloc and links.site(url) not in hosts:
            continue
        if parts.scheme in ("http", "https", "") and (address := address_in(parts.path)):
            found[address] = None
    return list(found)
