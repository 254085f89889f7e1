"""The pages of an account: API tokens, one-time codes, recovery codes, and what asks to sign in once more."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.utils import timezone

from linklog.accounts import tokens
from linklog.accounts.models import ApiToken, Session, User

pytestmark = pytest.mark.django_db

PASSWORD = "low-water-at-six"
START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LATER = dt.timedelta(minutes=20)


@pytest.fixture
def author() -> User:
    return User.objects.create_superuser("mira", "", PASSWORD)


def signed_in() -> Client:
    client = Client()
    client.post("/account/login/", {"login": "mira", "password": PASSWORD})
    return client


def make_token(client: Client, **fields: Any) -> Any:
    return client.post("/account/tokens/new/", {"name": "Phone", "scopes": ["inbox"], "days": "0", **fields})


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))


def start_codes(client: Client) -> str:
    """The secret of one-time codes turned on."""
    secret = str(client.get("/account/codes/start/").context["form"].secret)
    assert client.post("/account/codes/start/", {"code": code_now(secret)}).status_code == 302
    return secret


def test_a_token_is_shown_once_on_a_page_that_nothing_keeps(author: User) -> None:
    client = signed_in()
    page = make_token(client)
    token = re.findall(r"linklog_[0-9a-f]{40}", page.content.decode())[0]
    assert "no-store" in page.headers["Cache-Control"]
    assert token not in client.get("/account/tokens/").content.decode()
    assert client.get("/account/tokens/new/").status_code == 405
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {token}"})
    assert tokens.user_of(request, "inbox") == author


def test_a_token_has_scopes_and_an_end_that_one_chooses(author: User) -> None:
    client = signed_in()
    make_token(client, name=" Press\x0b ", scopes=["inbox", "draft"], days="30")
    token = ApiToken.objects.get()
    assert (token.name, token.scopes) == ("Press", ["inbox", "draft"])
    assert token.expires
    assert 29 <= (token.expires - timezone.now()).days <= 30
    for wrong in ({"name": ""}, {"scopes": []}, {"scopes": ["admin"]}, {"days": "9999"}):
        assert make_token(client, **wrong).status_code == 422
    assert ApiToken.objects.count() == 1


def test_a_token_that_is_taken_back_opens_nothing(author: User) -> None:
    client = signed_in()
    make_token(client)
    client.post(f"/account/tokens/{ApiToken.objects.get().pk}/revoke/")
    assert not ApiToken.objects.exists()


def test_nobody_takes_back_the_tokens_of_others(author: User) -> None:
    make_token(signed_in())
    stranger = Client()
    stranger.force_login(User.objects.create_superuser("noor"))
    assert stranger.post(f"/account/tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 404
    assert "Phone" not in stranger.get("/account/tokens/").content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/account/password/", "/account/passkeys/new/", "/account/codes/start/", "/account/recovery-codes/",
        "/account/recovery-codes/download/", "/account/recovery-codes/new/", "/admin/accounts/user/",
        "/admin/accounts/user/add/",
    ],
)  # fmt: skip
def test_what_could_lock_out_asks_who_signed_in_long_ago_once_more(author: User, path: str) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in()
        assert client.get(path).status_code != 302
        clock.shift(LATER)
        assert client.get(path).headers["Location"].startswith("/account/again/?next=")
        assert client.post(path, follow=True).redirect_chain[-1][0].startswith("/account/again/?next=")
        answer = client.post("/account/again/", {"password": "wrong", "next": path})
        assert answer.context["form"].errors
        client.post("/account/again/", {"password": PASSWORD, "next": path})
        assert client.get(path).status_code != 302


@pytest.mark.parametrize("path", ["/account/password/", "/admin/accounts/user/add/"])
def test_a_password_that_comes_too_late_is_kept_nowhere(author: User, path: str) -> None:
    new = "tide-table-of-1952"
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in()
        clock.shift(LATER)
        answer = client.post(path, {"username": "nils", "password1": new, "password2": new}, follow=True)
        assert answer.redirect_chain[-1][0].startswith("/account/again/?next=")
        assert new not in str(client.session.items())
        answer = client.post("/account/again/", {"password": PASSWORD, "next": path}, follow=True)
        assert answer.request["PATH_INFO"] == path


def test_a_token_asked_for_too_late_is_made_after_signing_in_once_more(author: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in()
        clock.shift(LATER)
        again = make_token(client).headers["Location"]
        assert not ApiToken.objects.exists()
        page = client.post(again, {"password": PASSWORD, "next": "/account/tokens/new/"})
        assert "linklog_" in page.content.decode()


def test_a_one_time_code_is_asked_for_after_the_password(author: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        secret = start_codes(signed_in())
        clock.shift(dt.timedelta(minutes=5))
        client = Client()
        answer = client.post("/account/login/", {"login": "mira", "password": PASSWORD})
        assert answer.headers["Location"] == "/account/login/code/"
        assert client.get("/admin/").status_code == 302
        assert client.get("/account/").status_code == 302
        page = client.get("/account/login/code/")
        assert "no-store" in page.headers["Cache-Control"]
        answer = client.post("/account/login/code/", {"code": code_now(secret)})
        assert answer.headers["Location"] == "/write/"
        assert client.get("/admin/").status_code == 200


def test_a_one_time_code_is_good_once(author: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        secret = start_codes(signed_in())
        clock.shift(dt.timedelta(minutes=5))
        code = code_now(secret)
        answers = []
        for _ in range(3):
            client = Client()
            client.post("/account/login/", {"login": "mira", "password": PASSWORD})
            answers.append(client.post("/account/login/code/", {"code": code}))
            clock.shift(
                dt.timedelta(seconds=16)
            )  # the third time a step later, when a clock that lags would still show it
        assert [answer.status_code for answer in answers] == [302, 200, 200]


def test_codes_are_guessed_at_as_slowly_as_passwords(author: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        start_codes(signed_in())
        clock.shift(dt.timedelta(minutes=5))
        client = Client()
        client.post("/account/login/", {"login": "mira", "password": PASSWORD})
        pages = [client.post("/account/login/code/", {"code": f"{n:06}"}).content.decode() for n in range(8)]
    assert ["Too many" in page for page in pages] == [False] * 5 + [True] * 3


def test_a_recovery_code_lets_in_once(author: User) -> None:
    with time_machine.travel(START, tick=False):
        first = signed_in()
        start_codes(first)
        code = first.get("/account/recovery-codes/").context["unused_codes"][0]
        for expected in (302, 200):
            client = Client()
            client.post("/account/login/", {"login": "mira", "password": PASSWORD})
            assert client.post("/account/login/code/", {"code": code}).status_code == expected
        assert code not in first.get("/account/recovery-codes/").context["unused_codes"]


def test_pages_with_secrets_are_kept_by_no_cache(author: User) -> None:
    client = signed_in()
    start_codes(client)
    for path in (
        "",
        "recovery-codes/",
        "recovery-codes/download/",
        "passkeys/new/",
        "tokens/",
        "sessions/",
        "password/",
    ):
        assert "no-store" in client.get(f"/account/{path}").headers["Cache-Control"], path


def test_there_is_no_way_to_sign_up_or_to_learn_who_is_here(client: Client, author: User) -> None:
    for path in ("signup/", "email/", "password/reset/", "login/code/confirm/", "confirm-email/x/"):
        assert client.get(f"/account/{path}").status_code == 404


@pytest.mark.parametrize(
    "nonsense",
    ["", "x", "[]", "{}", "null", "1", '{"id": 1}', '{"response": {"userHandle": "\\u0000"}}', '{"id": "AA", "rawId": "AA"}'],
)  # fmt: skip
def test_a_passkey_answer_that_is_nonsense_is_no_error(author: User, nonsense: str) -> None:
    client = Client()
    client.get("/account/login/passkey/", headers={"Accept": "application/json"})
    assert client.post("/account/login/passkey/", {"credential": nonsense}).headers["Location"] == "/account/login/"
    client.post("/account/login/", {"login": "mira", "password": PASSWORD})
    for path in ("passkeys/new/", "again/passkey/"):
        client.get(f"/account/{path}")
        assert client.post(f"/account/{path}", {"credential": nonsense}).status_code in (200, 302), path
    assert not Authenticator.objects.exists()


def test_lost_factors_are_taken_away_on_the_server(author: User, capsys: Any) -> None:
    client = signed_in()
    start_codes(client)
    call_command("resetmfa", "mira")
    assert "password alone" in capsys.readouterr().out
    assert not Authenticator.objects.exists()
    assert not Session.objects.filter(user=author).exists()
    assert client.get("/account/").status_code == 302
    with pytest.raises(CommandError, match="Nobody"):
        call_command("resetmfa", "nobody")
