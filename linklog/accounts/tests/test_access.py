"""Nothing typed is lost when a session ended meanwhile, and nobody can use that for a form of theirs."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from linklog.accounts.models import User
from linklog.pages.models import Page
from tests.builders import make_post
from tests.public_urls import paths_around

pytestmark = pytest.mark.django_db

PASSWORD = "low-water-at-six"
PATH = "/write/inbox/"
HOSTILE = '"><script>x()</script>\r\nsecond line'


@pytest.fixture
def author() -> User:
    return User.objects.create_superuser("mira", "", PASSWORD)


def hidden(page: Any) -> dict[str, str]:
    html = page.content.decode().partition("<main")[2]
    return {
        name: unescape(value) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html)
    }


def post(client: Client, origin: str = "http://testserver", **fields: str) -> Any:
    return client.post(PATH, fields, headers={"Origin": origin} if origin else None)


def test_a_form_sent_after_the_session_ended_is_kept_to_be_sent_again(author: User) -> None:
    answer = post(Client(), url="https://a.example/", body=HOSTILE, password="secret")
    assert answer.status_code == 401
    assert "no-store" in answer.headers["Cache-Control"]
    fields = hidden(answer)
    assert fields.pop("csrfmiddlewaretoken")
    assert fields == {"url": "https://a.example/", "body": HOSTILE}
    assert b"<script>x" not in answer.content
    assert b"secret" not in answer.content


def test_what_was_kept_can_be_sent_after_signing_in(author: User) -> None:
    client = Client(enforce_csrf_checks=True)
    token = hidden(client.get("/account/login/")).pop("csrfmiddlewaretoken")
    kept = hidden(post(client, url="https://a.example/", csrfmiddlewaretoken=token))
    client.post("/account/login/", {"login": "mira", "password": PASSWORD, "csrfmiddlewaretoken": token})
    answer = post(client, **kept)
    assert answer.status_code == 403, "signing in made a new token"
    fresh = hidden(answer)
    assert fresh["url"] == "https://a.example/"
    assert fresh["csrfmiddlewaretoken"] != kept["csrfmiddlewaretoken"]
    assert post(client, **fresh).status_code not in (401, 403)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", "http://testserver.evil.example", "https://testserver"]
)
def test_a_form_of_another_site_is_not_offered_to_be_sent_again(author: User, origin: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(author)
    answer = post(client, origin, url="https://planted.example/")
    assert answer.status_code == 403
    assert b"planted" not in answer.content


def test_behind_a_proxy_that_ends_https_a_form_of_ours_is_kept_too(author: User, settings: Any) -> None:
    settings.LINKLOG_URL, settings.TRUST_PROXY = "https://testserver", False
    client = Client(enforce_csrf_checks=True)
    client.force_login(author)
    answer = post(client, "https://testserver", url="https://a.example/")
    assert (answer.status_code, hidden(answer)["url"]) == (403, "https://a.example/")


def test_a_script_is_told_in_json(author: User) -> None:
    accept = {"Accept": "application/json"}
    answer = Client().post(PATH, {"body": "x"}, headers=accept)
    assert (answer.status_code, list(answer.json())) == (401, ["problem"])
    client = Client(enforce_csrf_checks=True)
    client.force_login(author)
    answer = client.post(PATH, {"body": "x"}, headers={**accept, "Origin": "http://testserver"})
    assert (answer.status_code, list(answer.json())) == (403, ["problem"])


def test_who_asks_for_a_page_is_led_to_sign_in_and_back(author: User) -> None:
    assert Client().get("/write/?a=b").headers["Location"] == "/account/login/?next=/write/%3Fa%3Db"


def test_readers_get_no_cookie_and_pages_that_do_not_depend_on_one(author: User) -> None:
    post_read = make_post("blogmark", people=["Ada Bell"])
    Page.objects.create(slug="about", title="About", body="Here.")
    for paths in paths_around(post_read).values():
        for path in paths:
            answer = Client().get(path)
            assert not answer.cookies, path
            depends = any(word in path for word in ("is:", "is%3A"))  # only authors find drafts
            assert depends or "Cookie" not in answer.headers.get("Vary", ""), path
