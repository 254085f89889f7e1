"""What addresses and dates of other sites say."""

import datetime as dt

import pytest

from linklog.importers.addresses import dated, own_address, redirect_path, speaking_slug
from linklog.importers.dates import parse_date

DAY = dt.date(2005, 1, 8)


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/2005/Jan/8/low-water/", "low-water"),
        ("/2005/jan/08/low-water", "low-water"),
        ("/2005/Jan/8/lowWater_2.html/", "lowWater_2.html"),
        ("/2005/Jan/8/caf%C3%A9/?utm=1#more", "café"),
        ("/2005/Jan/8/caf%E9/", "caf%E9"),
        ("/2005/Jan/8/a%2Fb/", "a%2Fb"),
        ("/2005/Jan/8/a%00b/", "a%00b"),
        ("/2005/Jan/8/100%25/", "100%"),
        ("/2005/Jan/8/what%3F/", "what?"),
    ],
)
def test_an_address_of_our_shape_gives_day_and_slug_byte_for_byte(path: str, slug: str) -> None:
    assert own_address(f"https://harbour.example{path}") == (DAY, slug)


@pytest.mark.parametrize(
    "path",
    [
        "/2005/Foo/8/x/",
        "/2005/Feb/31/x/",
        "/2005/Jan/8/",
        "/blog/2005/Jan/8/x/",
        "/2005/Jan/8/x/y/",
        "/2005/Jan/8/../",
        "/",
    ],
)
def test_another_shape_gives_none(path: str) -> None:
    assert own_address(f"https://harbour.example{path}") is None


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://x.example/2005/03/low-water.html", "low-water"),
        ("https://x.example/notes/Low%20Water/", "low-water"),
        ("https://x.example/archives/000123.html", ""),
        ("https://x.example/index.php?p=5", ""),
        ("https://x.example/", ""),
        ("https://[x", ""),
    ],
)
def test_the_last_part_of_a_path_is_a_slug_where_it_speaks(url: str, slug: str) -> None:
    assert speaking_slug(url) == slug


@pytest.mark.parametrize(
    ("path", "old"),
    [
        ("/archives/000123.html", "/archives/000123.html"),
        ("/index.php?p=5&x=%C3%A9", "/index.php?p=5&x=%C3%A9"),
        ("/low water/", "/low%20water/"),
        ("/caf%C3%A9", "/caf%C3%A9"),
        ("/about/", "/about/"),
        ("/", ""),
        ("/?p=5", ""),
        ("/tags/tides/", ""),
        ("/2005/Jan/", ""),
        ("/admin/", ""),
        ("//evil.example/x", ""),
        ("/all/*", ""),
        ("/" + "x" * 2000, ""),
    ],
)
def test_a_path_is_redirected_unless_the_site_has_a_page_of_its_own_there(path: str, old: str) -> None:
    assert redirect_path(f"https://x.example{path}") == old


def test_a_day_is_found_in_many_paths() -> None:
    assert dated("https://x.example/2005/01/08/low.html") == DAY
    assert dated("https://x.example/2005-01-08/low.html") == DAY
    assert dated("https://x.example/2005/Jan/8/low/") == DAY
    assert dated("https://x.example/2005/31/31/low/") is None
    assert dated("https://x.example/12005/01/08/") is None


@pytest.mark.parametrize(
    "text",
    [
        "2024-12-22T10:00:00+00:00",
        "2024-12-22T10:00:00Z",
        "2024-12-22 10:00:00 Z",
        " 2024-12-22T12:00:00.123456789+02:00\n",
        "20241222T100000Z",
        "2024-12-22T10:00Z",
        "Sun, 22 Dec 2024 10:00:00 GMT",
        "Sun, 22 Dec 2024 10:00:00 +0000",
        "22 Dec 2024 05:00:00 EST",
        "Sun, 22 Dec 2024 11:00:00 CET",
        "Sun, 22 Dec 24 02:00 PST",
        "Mon, 22 Dec 2024 10:00:00 UT",
    ],
)
def test_dates_are_read_as_feeds_write_them(text: str) -> None:
    assert parse_date(text) == dt.datetime(2024, 12, 22, 10, 0, tzinfo=dt.UTC)


def test_a_date_without_a_zone_is_in_the_sites_own() -> None:
    from django.utils import timezone

    with timezone.override("America/New_York"):
        assert parse_date("2024-12-22T05:00:00") == dt.datetime(2024, 12, 22, 10, 0, tzinfo=dt.UTC)
        assert parse_date("22 Dec 2024 05:00:00") == dt.datetime(2024, 12, 22, 10, 0, tzinfo=dt.UTC)
        assert parse_date("2024-12") == dt.datetime(2024, 12, 1, 5, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        None,
        5,
        "2024-13-01",
        "0000-00-00T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "x" * 9999,
    ],
)
def test_what_is_no_date_is_none(text: object) -> None:
    assert parse_date(text) is None
