"""What makes a site one's own, and which of two sources of it wins."""

import pytest
from django.test import Client

from linklog.core.tests.hostile import PAYLOADS, troubles
from linklog.core.xml import strip_illegal
from linklog.site.models import Site
from tests.builders import make_post

pytestmark = pytest.mark.django_db


def test_a_site_that_nobody_set_up_can_be_read(client: Client) -> None:
    assert not Site.objects.exists()
    assert client.get("/").status_code == 200
    assert client.get("/site.css").content == b""
    assert not Site.objects.exists()
    assert str(Site.load()) == "A link blog"


@pytest.mark.parametrize("name", ["title", "tagline", "author"])
def test_a_setting_wins_over_what_the_site_says(settings, admin_client: Client, name: str) -> None:
    Site(**{name: "From the database"}).save()
    assert getattr(Site.load(), f"display_{name}") == "From the database"
    setattr(settings, f"LINKLOG_{name.upper()}", "From the environment")
    assert getattr(Site.load(), f"display_{name}") == "From the environment"
    form = admin_client.get("/admin/site/site/1/change/")
    assert form.context["adminform"].form.fields[name].disabled
    assert f"LINKLOG_{name.upper()}" in form.content.decode()


def test_the_author_is_the_title_where_none_is_named() -> None:
    assert Site(title="Tides").display_author == "Tides"


def test_there_is_one_site(admin_client: Client) -> None:
    for title in ("One", "Two"):
        Site(title=title).save()
    assert Site.objects.get().title == "Two"
    assert admin_client.get("/admin/site/site/", follow=True).redirect_chain[-1][0] == "/admin/site/site/1/change/"
    assert admin_client.get("/admin/site/site/add/").status_code == 403
    assert admin_client.post("/admin/site/site/1/delete/", {"post": "yes"}).status_code == 403


def test_every_save_counts_even_of_a_copy_read_long_ago() -> None:
    Site.touch()
    stale = Site.load()
    versions = [stale.version]
    for _ in range(3):
        Site.touch()
        versions.append(Site.load().version)
    stale.save()
    versions.append(Site.load().version)
    assert versions == sorted(set(versions))


def test_the_site_is_set_up_in_the_admin(admin_client: Client, client: Client) -> None:
    texts = {
        "title": "Tides & <clocks>",
        "tagline": "Low\x0b water",
        "author": "Mira",
        "accent": "#ff0000",
        "extra_css": "p { color: red }",
    }
    texts |= {
        "navigation": "About us /about/\n\nElsewhere https://b.example/",
        "footer": "© *Mira*",
    }
    assert admin_client.post("/admin/site/site/1/change/", texts).status_code == 302
    page = client.get("/").content.decode()
    assert "Tides &amp; &lt;clocks&gt;" in page
    assert "Low water" in page
    assert "<em>Mira</em>" in page
    assert Site.load().links == [("About us", "/about/"), ("Elsewhere", "https://b.example/")]
    css = client.get("/site.css")
    assert css.content.decode().startswith(":root { --accent: light-dark(#")
    assert css.content.decode().endswith("p { color: red }")
    assert css.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in css.headers["Cache-Control"]


@pytest.mark.parametrize("line", ["lonely", "Bad javascript:x()", "/about/", "Ext https://example.org/ a"])
def test_a_line_of_navigation_that_is_no_link_is_refused(admin_client: Client, line: str) -> None:
    response = admin_client.post("/admin/site/site/1/change/", {"navigation": f"About /about/\n{line}"})
    assert line in response.context["adminform"].form.errors["navigation"][0]


@pytest.mark.parametrize("accent", ["red", "#fff", "#12345g", "#1234567", "</style>"])
def test_an_accent_that_is_no_colour_is_refused(admin_client: Client, accent: str) -> None:
    assert admin_client.post("/admin/site/site/1/change/", {"accent": accent}).status_code == 200
    assert not Site.objects.filter(accent=accent).exists()


def test_a_logo_that_could_hold_a_script_is_refused(admin_client: Client, tmp_path, settings) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.MEDIA_ROOT = tmp_path
    logo = SimpleUploadedFile("logo.svg", b"<svg onload=x()>", "image/svg+xml")
    response = admin_client.post("/admin/site/site/1/change/", {"logo": logo})
    assert "logo" in response.context["adminform"].form.errors
    assert not list(tmp_path.rglob("*.svg"))


def test_the_footer_holds_nothing_that_runs() -> None:
    for payload in PAYLOADS:
        site = Site(footer=payload)
        site.save()
        assert troubles(site.footer_html) == []


def test_characters_that_no_document_may_hold_are_left_out() -> None:
    odd = "a\x00\x0b\ufffe\ud800b /x/"
    names = ["title", "tagline", "author", "navigation", "footer", "extra_css"]
    Site(**dict.fromkeys(names, odd)).save()
    stored = Site.load()
    for name in names:
        assert getattr(stored, name) == strip_illegal(odd)


def test_without_navigation_of_its_own_a_site_has_the_parts_every_link_blog_has() -> None:
    assert [address for _label, address in Site().links] == ["/tags/", "/subscribe/"]


def test_the_site_is_read_once_a_request(client: Client, django_assert_max_num_queries) -> None:
    make_post("note")
    with django_assert_max_num_queries(6):
        client.get("/")
