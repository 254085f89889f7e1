"""The first-run page."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from linklog.site.first_run import welcome_url
from linklog.site.models import Site

pytestmark = pytest.mark.django_db

ANSWERS = {"title": "Tides", "author": "Mira Lindqvist", "username": "mira", "password": "low-water-at-six"}


@pytest.fixture
def address(settings) -> str:
    return welcome_url().removeprefix(settings.LINKLOG_URL)


def test_four_answers_make_the_site_and_its_owner(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200
    response = client.post(address, ANSWERS)
    assert (response.status_code, response.headers["Location"]) == (302, "/write/")
    owner = get_user_model().objects.get()
    assert (owner.username, owner.name, owner.is_superuser, owner.is_staff) == ("mira", "Mira Lindqvist", True, True)
    assert owner.check_password(ANSWERS["password"])
    assert (Site.load().title, Site.load().author) == ("Tides", "Mira Lindqvist")
    assert client.get("/admin/").status_code == 200


def test_the_page_is_gone_once_there_is_an_owner(client: Client, address: str) -> None:
    client.post(address, ANSWERS)
    stranger = Client()
    for response in (stranger.get(address), stranger.post(address, ANSWERS | {"username": "eve", "title": "Mine now"})):
        assert response.status_code == 302
        assert "sessionid" not in stranger.cookies
    assert get_user_model().objects.count() == 1
    assert Site.load().title == "Tides"
    assert welcome_url() == ""


@pytest.mark.parametrize("token", ["x", "welcome", "IndlbGNvbWUi:1aaaaa:forged", "%00", "é"])
def test_the_page_is_not_found_without_its_secret(client: Client, token: str) -> None:
    for response in (client.get(f"/welcome/{token}/"), client.post(f"/welcome/{token}/", ANSWERS)):
        assert response.status_code == 404
    assert not get_user_model().objects.exists()


def test_another_sites_secret_does_not_open_it(client: Client, settings, address: str) -> None:
    settings.SECRET_KEY = "another"
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("password", ["", "short", "password", "12345678", "lindqvist-m"])
def test_a_weak_password_is_refused_and_the_rest_kept(client: Client, address: str, password: str) -> None:
    response = client.post(address, ANSWERS | {"password": password, "username": "lindqvist-m"})
    assert response.status_code == 422
    assert 'value="Tides"' in response.content.decode()
    assert "password" in response.context["form"].errors
    assert not get_user_model().objects.exists()
    assert not Site.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("title", ""), ("author", " "), ("username", "a b"), ("username", "x" * 151), ("title", "x" * 201)],
)
def test_each_answer_is_needed(client: Client, address: str, name: str, value: str) -> None:
    response = client.post(address, ANSWERS | {name: value})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {name}


def test_the_page_is_kept_by_nobody(client: Client, address: str) -> None:
    response = client.get(address)
    assert "no-store" in response.headers["Cache-Control"]


def test_the_form_needs_its_token(address: str) -> None:
    assert Client(enforce_csrf_checks=True).post(address, ANSWERS).status_code == 403


def test_odd_characters_in_answers_are_left_out(client: Client, address: str) -> None:
    client.post(address, ANSWERS | {"title": "T\x0bi\ufffedes", "author": "Mi\x01ra"})
    assert Site.load().title == "Tides"
    assert get_user_model().objects.get().name == "Mira"
