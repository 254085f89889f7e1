"""Authors, and how they sign in and out."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

pytestmark = pytest.mark.django_db

PASSWORD = "low-water-at-six"


@pytest.fixture
def author():
    return get_user_model().objects.create_superuser("mira", "", PASSWORD, name="Mira")


def sign_in(client: Client, password: str = PASSWORD, **query: str):
    return client.post("/admin/login/", {"username": "mira", "password": password, **query})


def test_an_author_is_called_by_the_name_readers_see(author) -> None:
    assert str(author) == author.get_full_name() == author.get_short_name() == "Mira"
    author.name = ""
    assert str(author) == "mira"


def test_a_name_holds_nothing_that_breaks_a_feed(author) -> None:
    author.name = " Mi\x0b\ufffera\n Lindqvist\ud800 "
    author.save()
    assert get_user_model().objects.get().name == "Mira Lindqvist"


def test_signing_in_begins_a_new_session(client: Client, author) -> None:
    client.cookies["sessionid"] = "chosen-by-someone-else"
    assert sign_in(client).status_code == 302
    assert client.cookies["sessionid"].value != "chosen-by-someone-else"
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


def test_signing_out_and_a_new_password_end_sessions(author) -> None:
    one, other = Client(), Client()
    sign_in(one)
    sign_in(other)
    stolen = one.cookies["sessionid"].value
    one.post("/admin/logout/")
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get("/admin/").status_code == 302
    assert other.get("/admin/").status_code == 200
    author.set_password("another-long-one")
    author.save()
    assert other.get("/admin/").status_code == 302


def test_a_wrong_password_and_an_unknown_name_get_one_answer(client: Client, author) -> None:
    wrong = sign_in(client, "wrong").context["form"].errors
    unknown = sign_in(client, "wrong", username="nobody").context["form"].errors
    assert wrong == unknown


@pytest.mark.parametrize(
    "after", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:x()", "https:evil.example"]
)
def test_signing_in_leads_nowhere_else(client: Client, author, after: str) -> None:
    assert sign_in(client, next=after).headers["Location"].startswith("/admin/")


def test_odd_characters_are_no_error(client: Client, author) -> None:
    for odd in ("\x00", "\x0b", "x" * 10_000, "日本", "' OR 1=1 --"):
        assert sign_in(client, odd, username=odd).status_code == 200


def test_authors_are_looked_after_in_the_admin(admin_client: Client, author) -> None:
    assert admin_client.get("/admin/accounts/user/", {"q": "mira"}).status_code == 200
    page = admin_client.get(f"/admin/accounts/user/{author.pk}/change/")
    assert PASSWORD not in page.content.decode()
    assert admin_client.get("/admin/accounts/user/add/").status_code == 200
    assert admin_client.get("/admin/accounts/user/", {"o": "1.-2", "q": "x"}).status_code == 200
