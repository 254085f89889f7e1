"""No name leads inside, whatever its DNS server answers: real DNS, real addresses, in a network of the test's own.

The oracle is at the other end: which addresses were connected to.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from linklog.core.tests.certificates import write_certificate

pytestmark = pytest.mark.xdist_group("own-network")  # one run is enough

PUBLIC_4, PUBLIC_6 = "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"
# Forbidden, and all there: whatever is let through is reached
INSIDE_4 = (
    "10.0.0.1", "100.100.100.200", "168.63.129.16", "169.254.169.254", "172.16.0.1", "192.168.0.1", "192.0.0.192", "198.18.0.1",
)  # fmt: skip
INSIDE_6 = (
    "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::1", "2001:0:7f00:1::1", "fd00:ec2::254", "fec0::1", "100::1", "2001:db8::1",
    "2606:4700::5efe:7f00:1", "3fff::1",
)  # fmt: skip
ELSEWHERE = (
    "127.0.0.1",
    "127.8.8.8",
    "::1",
    "0.0.0.0",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "255.255.255.255",
)
INSIDE = (*INSIDE_4, *INSIDE_6, *ELSEWHERE)
NOT_PUBLIC = "That address is not part of the public web."
UNREACHABLE = "The site could not be reached, or does not answer as web sites do."

ZONE: dict[str, list[list[str]]] = {
    "four.example": [[PUBLIC_4]],
    "six.example": [[PUBLIC_6]],
    "both.example": [[PUBLIC_4, PUBLIC_6]],
    "alias.example": [["cname four.example"]],
    "half-there.example": [["8.8.4.4", PUBLIC_4]],
    "turns.example": [[PUBLIC_4], ["127.0.0.1"]],
    "turns-six.example": [[PUBLIC_6], ["::1"]],
    "turns-later.example": [[PUBLIC_4], [PUBLIC_4], ["169.254.169.254"]],
    "alias-inside.example": [["cname inside-0.example"]],
    "no-address.example": [[]],
    "127.0.0.1.wildcard.example": [["127.0.0.1"]],
    "a9fea9fe.wildcard.example": [["169.254.169.254"]],
}
for _number, _address in enumerate(INSIDE):
    ZONE[f"inside-{_number}.example"] = [[_address]]
    ZONE[f"first-{_number}.example"] = [[PUBLIC_4, PUBLIC_6, _address]]
    ZONE[f"last-{_number}.example"] = [[_address, PUBLIC_6, PUBLIC_4]]
    ZONE[f"public-four-{_number}.example"] = [[PUBLIC_4, _address]]
    ZONE[f"public-six-{_number}.example"] = [[PUBLIC_6, _address]]

READ = {
    "http://four.example/": (PUBLIC_4, ["four.example"]),
    "http://six.example/": (PUBLIC_6, ["six.example"]),
    "http://Alias.Example./": (PUBLIC_4, ["alias.example"]),
    "http://half-there.example/": (PUBLIC_4, ["half-there.example"]),
    "https://four.example/": (PUBLIC_4, ["four.example", "four.example"]),  # the name in TLS, then the Host
    f"http://[{PUBLIC_6}]/": (PUBLIC_6, [f"[{PUBLIC_6}]"]),
}
REFUSED = [
    *(f"http://{name}/" for name in ZONE if name.startswith(("inside", "first", "last", "public"))),
    "https://inside-0.example/", "http://alias-inside.example/", "http://127.0.0.1.wildcard.example/", "http://mapped.example/",
    "http://a9fea9fe.wildcard.example/", "http://localhost/", "http://inside-0/", "http://a.localhost/",
]  # fmt: skip
TURNED = {  # a redirect back to the same host asks its name again, and gets another answer
    "http://turns.example/to?/": 1,
    "http://turns.example/to?http://TURNS.example./": 1,
    "http://turns-six.example/to?/": 1,
    "http://turns-later.example/to?/to?/": 2,
    "http://four.example/to?http://inside-3.example/": 1,
    "http://four.example/to?https://inside-3.example/": 1,
    "http://four.example/to?//public-four-3.example/": 1,
    "http://four.example/to?http://[::ffff:a9fe:a9fe]/": 1,
    "http://four.example/to?http://169.254.169.254/latest/meta-data/": 1,
    "http://four.example/to?http://mapped.example/": 1,
}
UNKNOWN = ["http://unknown.example/", "http://no-address.example/", "http://8.8.8.8/", "https://[2a00:1450:4001::1]/"]


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What came of every URL, from one run in new namespaces."""
    folder = tmp_path_factory.mktemp("own-network")
    certificate = folder / "certificate.pem"
    write_certificate(certificate, "four.example")
    task = {
        "addresses": [PUBLIC_4, PUBLIC_6, *INSIDE_4, *INSIDE_6],
        "zone": ZONE,
        "urls": [*READ, *REFUSED, *TURNED, *UNKNOWN],
        "certificate": str(certificate),
    }
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    ran = subprocess.run(
        ["unshare", *as_root, "--net", "--mount", sys.executable, "-m", "linklog.core.tests.own_network", str(folder)],
        input=json.dumps(task),
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "linklog.settings", "SSL_CERT_FILE": str(certificate)},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare:" in ran.stderr or "not permitted" in ran.stderr:
        pytest.fail(f"this test needs a network of its own, and the system allows none: {ran.stderr}", pytrace=False)
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))


@pytest.mark.parametrize("url", READ)
def test_a_public_site_is_reached_under_its_name(fetched: dict[str, dict[str, Any]], url: str) -> None:
    address, hosts = READ[url]
    assert fetched[url]["told"] == url.lower().replace("example./", "example/")
    assert fetched[url]["reached"] == [address]
    assert fetched[url]["hosts"] == hosts


def test_a_name_with_an_address_inside_is_not_connected_to_at_all(fetched: dict[str, dict[str, Any]]) -> None:
    assert len(REFUSED) > 120
    for url in REFUSED:
        assert (fetched[url]["told"], fetched[url]["reached"]) == (NOT_PUBLIC, []), url


@pytest.mark.parametrize("url", TURNED)
def test_a_name_that_changes_its_mind_is_left(fetched: dict[str, dict[str, Any]], url: str) -> None:
    assert fetched[url]["told"] == NOT_PUBLIC
    assert len(fetched[url]["reached"]) == TURNED[url]
    assert set(fetched[url]["reached"]) <= {PUBLIC_4, PUBLIC_6}


def test_a_name_is_asked_once_for_each_hop(fetched: dict[str, dict[str, Any]]) -> None:
    for url, hops in [*((url, 1) for url in READ), ("http://turns-later.example/to?/to?/", 3)]:
        assert {count for _name, _kind, count in fetched[url]["questions"]} <= {hops}, url


def test_what_cannot_be_reached_reads_the_same_whatever_the_reason(fetched: dict[str, dict[str, Any]]) -> None:
    assert {fetched[url]["told"] for url in UNKNOWN} == {UNREACHABLE}


def test_nothing_inside_was_ever_reached(fetched: dict[str, dict[str, Any]]) -> None:
    assert {address for result in fetched.values() for address in result["reached"]} == {PUBLIC_4, PUBLIC_6}
