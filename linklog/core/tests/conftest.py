"""Other sites, for tests of the fetcher."""

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from linklog.core.tests.fetching import SiteOf
from linklog.core.tests.other_site import OtherSite, Reply


@pytest.fixture
def only_one_address_is_public(settings: Any) -> None:
    """127.0.0.1 stands for the public web, the rest of this machine for what is inside."""
    settings.LINKLOG_FETCH_PORTS = ["*"]
    settings.LINKLOG_FETCH_NETWORKS = [ip_network("127.0.0.1/32")]


@pytest.fixture
def site_of() -> Iterator[SiteOf]:
    sites: list[OtherSite] = []

    def start(reply: Callable[[str, str], Reply] | Reply, **options: Any) -> OtherSite:
        sites.append(OtherSite(reply if callable(reply) else lambda path, request: reply, **options))
        return sites[-1]

    yield start
    for site in sites:
        site.close()
