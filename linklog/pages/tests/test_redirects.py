"""Redirects from old addresses: where they lead, and where they never do."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from linklog.pages.models import Page, Redirect, as_requested
from tests.builders import make_post

pytestmark = pytest.mark.django_db


def lead(client: Client, path: str) -> str:
    """Where `path` leads; "" where it is not found."""
    response = client.get(path)
    assert response.status_code in (301, 404), response.status_code
    return response.headers.get("Location", "")


def add(old_path: str, target: str) -> Redirect:
    redirect = Redirect(old_path=old_path, target=target)
    redirect.full_clean()
    redirect.save()
    return redirect


@pytest.mark.parametrize(
    ("old_path", "target", "path", "location"),
    [
        ("/old.html", "/new/", "/old.html", "/new/"),
        ("/old.html", "/new/", "/old.html?utm=1", "/new/"),
        ("/old.html", "https://other.example/", "/old.html", "https://other.example/"),
        ("/old/", "/new/", "/old/", "/new/"),
        ("/post?id=3", "/three/", "/post/?id=3", "/three/"),
        ("/index.php?id=3", "/three/", "/index.php?id=3", "/three/"),
        ("/index.php?id=3", "/three/", "/index.php?id=4", ""),
        ("/archive/*", "/new/", "/archive/a/b/", "/new/"),
        ("/archive/*", "/new/*", "/archive/a/b/", "/new/a/b/"),
        ("/archive/*", "/new/*", "/archive/", "/new/"),
        ("/archive/*", "/new/*", "/archive/a.html?q=1&r=2", "/new/a.html?q=1&r=2"),
        ("/archive/*", "/new/?page=*", "/archive/a.html?q=1", "/new/?page=a.html"),
        ("/archive/*", "https://old.example/*", "/archive/x.html", "https://old.example/x.html"),
        ("/archive/*", "/new/*", "/archive-2/", ""),
        ("/*", "https://old.example/*", "/anything/at/all.html", "https://old.example/anything/at/all.html"),
        ("/é/", "/e/", "/%C3%A9/", "/e/"),
        ("/%c3%a9/", "/e/", "/é/", "/e/"),
        ("/é/*", "/e/*", "/%C3%A9/%C3%BC.html", "/e/%C3%BC.html"),
        ("/a=b;c.html", "/x/", "/a=b;c.html", "/x/"),
        ("/100%25/*", "/x/*", "/100%25/50%25.html", "/x/50%25.html"),
    ],
)
def test_where_a_redirect_leads(client: Client, old_path: str, target: str, path: str, location: str) -> None:
    add(old_path, target)
    assert lead(client, path) == location
    assert client.head(path).status_code == client.get(path).status_code


def test_the_last_slash_does_not_matter(client: Client) -> None:
    add("/with/", "/x/")
    add("/without.html", "/y/")
    add("/bare", "/z/")
    assert lead(client, "/with") == "/with/"
    assert lead(client, "/without.html/") == "/y/"
    assert client.get("/bare", follow=True).redirect_chain[-1] == ("/z/", 301)


def test_the_nearest_redirect_wins(client: Client) -> None:
    for old_path, target in [
        ("/*", "/all/"),
        ("/a/*", "/under-a/"),
        ("/a/b/*", "/under-b/"),
        ("/a/b/c.html", "/exact/"),
        ("/a/b/c.html?d", "/query/"),
    ]:
        add(old_path, target)
    assert lead(client, "/a/b/c.html?d") == "/query/"
    assert lead(client, "/a/b/c.html") == "/exact/"
    assert lead(client, "/a/b/x.html") == "/under-b/"
    assert lead(client, "/a/x.html") == "/under-a/"
    assert lead(client, "/x.html") == "/all/"


def test_a_redirect_never_hides_a_page(client: Client) -> None:
    post = make_post("note")
    Page.objects.create(slug="about", title="About")
    add("/*", "https://old.example/*")
    add("/about/", "/elsewhere/")
    add(post.get_absolute_url(), "/elsewhere/")
    for path in ("/", "/about/", post.get_absolute_url(), "/tags/", "/healthz"):
        assert client.get(path).status_code == 200
    for path in ("/about", "/tags", post.get_absolute_url().rstrip("/")):
        assert lead(client, path) == f"{path}/"


def test_a_form_is_never_redirected(client: Client) -> None:
    add("/old.html", "/new/")
    assert client.post("/old.html").status_code in (403, 404)


@pytest.mark.parametrize(
    "target",
    ["//evil.example/", "/\\evil.example/", "javascript:x()", "data:text/html,x", "evil.example", "", "https://", "https:///evil.example",
     "https://*", "https://*.example/", "https://good.example*", "https://good.example*/x", "ftp://a.example/", "/a b"],
)  # fmt: skip
def test_a_target_is_a_path_or_the_address_of_a_site(target: str) -> None:
    with pytest.raises(ValidationError):
        add("/old/*", target)


@pytest.mark.parametrize("old_path", ["old", "https://a.example/old", "/a*b", "/*/b", "*", ""])
def test_an_old_path_begins_with_a_slash_and_has_its_star_at_the_end(old_path: str) -> None:
    with pytest.raises(ValidationError):
        add(old_path, "/new/")


@pytest.mark.parametrize(
    "path",
    ["/old//evil.example/", "/old/%2Fevil.example", "/old/\\evil.example", "/old/%5cevil.example"],
)
def test_no_request_is_led_to_a_site_of_its_choice(client: Client, path: str) -> None:
    add("/old/*", "/*")
    location = lead(client, path)
    assert not location.startswith(("//", "/\\", "/%5C/"))
    assert "://" not in location


def test_no_target_of_a_star_is_another_host(client: Client) -> None:
    add("/to/*", "https://good.example/x/*")
    for rest in ("@evil.example", "..//evil.example", "https://evil.example", "%0d%0aSet-Cookie:x"):
        assert lead(client, f"/to/{rest}").startswith("https://good.example/x/")


@pytest.mark.parametrize(
    "redirects",
    [
        [("/a/", "/a/")],
        [("/a/", "/a")],
        [("/é/", "/%C3%A9/")],
        [("/a/", "http://localhost:8000/a/")],
        [("/a/", "/b/"), ("/b/", "/a/")],
        [("/a/", "/b/"), ("/b/", "/c/"), ("/c/", "/a/?x=1")],
        [("/a/*", "/a/b/*")],
        [("/a/*", "/b/*"), ("/b/*", "/a/*")],
        [("/*", "/old/*")],
    ],
)
def test_redirects_in_circles_are_refused(redirects: list[tuple[str, str]]) -> None:
    for old_path, target in redirects[:-1]:
        add(old_path, target)
    with pytest.raises(ValidationError, match="back to itself"):
        add(*redirects[-1])


def test_redirects_that_meet_are_no_circle(client: Client) -> None:
    add("/b/", "/c/")
    add("/a/", "/b/")
    add("/x/*", "/x/")
    assert lead(client, "/a/") == "/b/"
    assert lead(client, "/x/y/") == "/x/"
    assert lead(client, "/x/") == ""  # what leads to itself is not found, instead of for ever


def test_a_circle_made_behind_the_forms_back_ends(client: Client) -> None:
    Redirect.objects.create(old_path="/a/", target="/a/")
    assert lead(client, "/a/") == ""


def test_paths_are_compared_in_one_spelling() -> None:
    assert as_requested("/ä b/%7e?q=ü") == as_requested("/%C3%A4%20b/~?q=%C3%BC") == "/%C3%A4%20b/~?q=%C3%BC"


def test_a_long_path_is_not_found(client: Client) -> None:
    add("/*", "https://old.example/*")
    assert client.get("/" + "a/" * 5_000 + "x.html").status_code in (301, 404)


def test_looking_for_a_redirect_takes_one_query(client: Client, django_assert_max_num_queries) -> None:
    for number in range(20):
        add(f"/old-{number}/*", "/new/")
    client.get("/none.html")
    with django_assert_max_num_queries(2):
        client.get("/none.html")


def test_an_author_who_mistypes_is_told(admin_client: Client) -> None:
    response = admin_client.post("/admin/pages/redirect/add/", {"old_path": "/a/", "target": "//evil.example"})
    assert "Begin with / for a path here" in response.content.decode()
    response = admin_client.post("/admin/pages/redirect/add/", {"old_path": "/ä/", "target": "/x/"}, follow=True)
    assert response.status_code == 200
    assert Redirect.objects.get().old_path == "/%C3%A4/"
