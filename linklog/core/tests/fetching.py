"""What tests of the fetcher share: its sentences, and how one is caught."""

from collections.abc import Callable
from typing import Any

import pytest

from linklog.core.http import FetchError, fetch
from linklog.core.tests.other_site import OtherSite

SiteOf = Callable[..., OtherSite]
UNREACHABLE = "The site could not be reached, or does not answer as web sites do."
TOO_SLOW = "The site took too long to answer."
TOO_LARGE = "What is there is too large to be read."
NOT_PUBLIC = "That address is not part of the public web."
NO_ADDRESS = "That is not the address of a web page."
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
SECONDS = 0.3


def sentence(url: str, **options: Any) -> str:
    """What the author is told when `url` cannot be read."""
    with pytest.raises(FetchError) as caught:
        fetch(url, **options)
    return str(caught.value)
