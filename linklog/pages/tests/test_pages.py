"""Standing pages."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from linklog.core.tests.hostile import PAYLOADS, troubles
from linklog.pages.models import Page
from linklog.site.models import Site

pytestmark = pytest.mark.django_db


def test_a_page_shows_its_title_and_text(client: Client) -> None:
    page = Page.objects.create(slug="about", title="About <me>", body="Hello *there*.\n\n# a\n\n# b\n\n# c")
    html = client.get("/about/").content.decode()
    assert "About &lt;me&gt;" in html
    assert "<em>there</em>" in html
    assert 'class="toc"' in html
    assert page.get_absolute_url() == "/about/"
    assert client.get("/about").headers["Location"] == "/about/"


def test_a_page_holds_nothing_that_runs() -> None:
    for payload in PAYLOADS:
        assert (
            troubles(Page.objects.update_or_create(slug="x", defaults={"title": "X", "body": payload})[0].body_html)
            == []
        )


def test_characters_that_no_document_may_hold_are_left_out() -> None:
    page = Page.objects.create(slug="x", title="a\x00\x0b\ud800\nb", body="c\x00\ufffed&#11;")
    page.refresh_from_db()
    assert (page.title, page.body, page.body_html) == ("a b", "cd&#11;", "<p>cd\ufffd</p>\n")


@pytest.mark.parametrize(
    "slug",
    ["tags", "entries", "blogmarks", "quotations", "notes", "series", "credits", "random", "admin", "2024", "subscribe", "atom",
     "rss", "json", "static", "media", "search", "p", "preview", "welcome", "healthz", "Admin"],
)  # fmt: skip
def test_an_address_of_the_site_is_refused(slug: str) -> None:
    with pytest.raises(ValidationError, match="belongs to a part of the site"):
        Page(slug=slug, title="X").full_clean()


@pytest.mark.parametrize("slug", ["", "a/b", "a b", "é", "../x", "about"])
def test_an_address_that_is_none_or_taken_is_refused(slug: str) -> None:
    Page.objects.create(slug="about", title="About")
    with pytest.raises(ValidationError):
        Page(slug=slug, title="X").full_clean()


def test_a_page_is_written_and_deleted_in_the_admin(admin_client: Client, client: Client) -> None:
    admin_client.post("/admin/pages/page/add/", {"slug": "now", "title": "Now", "body": "x"})
    page, version = Page.objects.get(), Site.load().version
    assert client.get("/now/").status_code == 200
    refused = admin_client.post("/admin/pages/page/add/", {"slug": "tags", "title": "Tags", "body": "kept words"})
    assert "kept words" in refused.content.decode()
    admin_client.post(f"/admin/pages/page/{page.pk}/delete/", {"post": "yes"})
    assert client.get("/now/").status_code == 404
    assert Site.load().version > version
