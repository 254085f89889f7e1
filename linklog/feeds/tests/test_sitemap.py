"""The sitemap and robots.txt."""

import datetime as dt

import pytest
from django.test import Client
from lxml import etree

from linklog.feeds.tests.conftest import START, MakePost
from linklog.feeds.views import sitemap
from linklog.pages.models import Page
from linklog.posts.models import Series
from linklog.search import archive as archives

NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = "http://localhost:8000"


def addresses(client: Client, path: str) -> dict[str, str | None]:
    """Path to lastmod, of a sitemap or of the index."""
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    root = etree.fromstring(response.content)
    assert root.tag == NS + ("sitemapindex" if path == "/sitemap.xml" else "urlset")
    return {child.findtext(f"{NS}loc").removeprefix(SITE): child.findtext(f"{NS}lastmod") for child in root}


def all_addresses(client: Client) -> list[str]:
    return [address for part in addresses(client, "/sitemap.xml") for address in addresses(client, part)]


def test_every_public_page_is_in_the_sitemap_once_and_answers(client: Client, make_post: MakePost) -> None:
    series = Series.objects.create(name="A series")
    Page.objects.create(slug="about", title="About")
    kinds = ("blogmark", "entry", "quotation", "note")
    posts = [make_post(kind, tags=("a", "b"), people=("Ada",), series=series) for kind in kinds]
    found = all_addresses(client)
    wanted = {"/", "/entries/", "/blogmarks/", "/quotations/", "/notes/", "/about/", "/2024/", "/2024/Dec/"}
    assert wanted | {"/tags/a/", "/series/a-series/", "/credits/ada/"} | {
        post.get_absolute_url() for post in posts
    } <= set(found)
    assert len(found) == len(set(found))
    for address in found:
        assert client.get(address).status_code == 200, address


def test_drafts_scheduled_posts_and_what_only_they_carry_are_not_in_the_sitemap(
    client: Client, make_post: MakePost
) -> None:
    make_post()
    before = all_addresses(client)
    hidden = Series.objects.create(name="Hidden")
    for values in ({"is_draft": True}, {"published": dt.datetime(2199, 1, 1, tzinfo=dt.UTC)}):
        make_post("note", tags=("hidden",), people=("Hidden",), series=hidden, **values)
    assert all_addresses(client) == before


def test_lastmod_is_when_a_page_was_updated(client: Client, make_post: MakePost) -> None:
    post = make_post(tags=("a",))
    stamp = "2024-12-22T09:15:30+00:00"
    assert addresses(client, "/sitemap-1.xml") == {post.get_absolute_url(): stamp}
    assert addresses(client, "/sitemap.xml")["/sitemap-1.xml"] == stamp
    assert addresses(client, "/sitemap-tags.xml")["/tags/a/"] == stamp
    assert addresses(client, "/sitemap-archive.xml") == {"/2024/": stamp, "/2024/Dec/": stamp}


def test_posts_are_paged_by_number_and_stay_on_their_page(
    client: Client, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "POSTS_A_PAGE", 2)
    posts = [make_post("note", published=START - dt.timedelta(days=number)) for number in range(7)]
    found: dict[str, set[str]] = {}
    for part in addresses(client, "/sitemap.xml"):
        if part[9:].removesuffix(".xml").isdigit():
            found[part] = set(addresses(client, part))
    assert set().union(*found.values()) == {post.get_absolute_url() for post in posts}
    assert max(len(page) for page in found.values()) == 2
    last = f"/sitemap-{posts[-1].pk // 2 + 1}.xml"
    posts[0].delete()
    assert set(addresses(client, last)) == found[last]


@pytest.mark.parametrize("part", ["0", "99", "9" * 13, "9" * 14, "01", "x", "-1", "1.5"])
def test_a_page_of_the_sitemap_without_posts_is_404(client: Client, make_post: MakePost, part: str) -> None:
    make_post()
    assert client.get(f"/sitemap-{part}.xml").status_code == 404


def test_the_sitemap_costs_three_queries_at_most(
    client: Client, make_post: MakePost, django_assert_max_num_queries
) -> None:
    for number in range(12):
        make_post("note", tags=(f"t{number}",), people=(f"P{number}",), series=Series.objects.create(name=f"S{number}"))
    archives.current()  # what a process keeps in memory is read once
    for path in ("/sitemap.xml", *addresses(client, "/sitemap.xml")):
        with django_assert_max_num_queries(3):
            client.get(path)


def test_an_empty_site_has_a_valid_sitemap(client: Client, db: None) -> None:
    for part in addresses(client, "/sitemap.xml"):
        assert addresses(client, part)


def test_robots_are_told_where_the_sitemap_is_and_what_to_leave_alone(client: Client) -> None:
    response = client.get("/robots.txt")
    lines = response.content.decode().splitlines()
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    assert {"Disallow: /admin/", "Disallow: /preview/", "Disallow: /random/"} <= set(lines)
