"""Authors, and how they sign in and out."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

pytestmark = pytest.mark.django_db

PASSWORD = "low-water-at-six"


@pytest.fixture
def author():
    return get_user_model().objects.create_superuser("mira", "", PASSWORD, name="Mira")


def sign_in(client: Client, password: str = PASSWORD, **fields: str):
    return client.post("/account/login/", {"login": "mira", "password": password, **fields})


def test_an_author_is_called_by_the_name_readers_see(author) -> None:
    assert str(author) == author.get_full_name() == author.get_short_name() == "Mira"
    author.name = ""
    assert str(author) == "mira"


def test_a_name_holds_nothing_that_breaks_a_feed(author) -> None:
    author.name = " Mi\x0b\ufffera\n Lindqvist\ud800 "
    author.save()
    assert get_user_model().objects.get().name == "Mira Lindqvist"


def test_who_signs_in_is_led_to_writing_or_where_they_were_going(client: Client, author) -> None:
    assert sign_in(client).headers["Location"] == "/write/"
    client.post("/account/logout/")
    assert sign_in(client, next="/admin/posts/note/").headers["Location"] == "/admin/posts/note/"


def test_signing_in_begins_a_new_session(client: Client, author) -> None:
    client.cookies["sessionid"] = "chosen-by-someone-else"
    assert sign_in(client).status_code == 302
    assert client.cookies["sessionid"].value != "chosen-by-someone-else"
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


def test_a_session_begun_before_signing_in_is_left_behind(client: Client, author) -> None:
    client.get("/account/login/passkey/", headers={"Accept": "application/json"})
    fixed = client.cookies["sessionid"].value
    sign_in(client)
    thief = Client()
    thief.cookies["sessionid"] = fixed
    assert thief.get("/admin/").status_code == 302


def test_signing_out_and_a_new_password_end_sessions(author) -> None:
    one, other = Client(), Client()
    sign_in(one)
    sign_in(other)
    stolen = one.cookies["sessionid"].value
    assert one.post("/account/logout/").headers["Location"] == "/"
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get("/admin/").status_code == 302
    assert other.get("/admin/").status_code == 200
    author.set_password("another-long-one")
    author.save()
    assert other.get("/admin/").status_code == 302
    assert not author.sessions.exists()


def test_a_wrong_password_and_an_unknown_name_get_one_answer(client: Client, author) -> None:
    wrong = sign_in(client, "wrong").context["form"].errors
    unknown = sign_in(client, "wrong", login="nobody").context["form"].errors
    assert wrong == unknown
    assert wrong


@pytest.mark.parametrize(
    "after", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:x()", "https:evil.example"]
)
def test_signing_in_leads_nowhere_else(client: Client, author, after: str) -> None:
    assert sign_in(client, next=after).headers["Location"] == "/write/"
    assert client.get("/account/login/", {"next": after}).headers["Location"] == "/write/"
    assert client.post("/account/logout/", {"next": after}).headers["Location"] == "/"


def test_odd_characters_are_no_error(client: Client, author) -> None:
    for odd in ("\x00", "\x0b", "x" * 10_000, "日本", "' OR 1=1 --"):
        assert sign_in(client, odd, login=odd).status_code == 200
        assert sign_in(client, odd, login="mira").status_code == 200


def test_the_admin_has_no_way_in_of_its_own(client: Client, author) -> None:
    answer = client.post("/admin/login/", {"username": "mira", "password": PASSWORD, "next": "/admin/"})
    assert answer.headers["Location"].startswith("/account/login/")
    assert client.get("/admin/").status_code == 302
    sign_in(client)
    assert client.get("/admin/password_change/").headers["Location"] == "/account/password/"


def test_authors_are_looked_after_in_the_admin(admin_client: Client, author) -> None:
    assert admin_client.get("/admin/accounts/user/", {"q": "mira"}).status_code == 200
    page = admin_client.get(f"/admin/accounts/user/{author.pk}/change/")
    assert PASSWORD not in page.content.decode()
    assert admin_client.get("/admin/accounts/user/add/").status_code == 200
    assert admin_client.get("/admin/accounts/user/", {"o": "1.-2", "q": "x"}).status_code == 200
