"""Where authors are signed in: told, ended, and over in time."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from linklog.accounts import sessions
from linklog.accounts.models import Session, User

pytestmark = pytest.mark.django_db

PASSWORD = "low-water-at-six"
START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"


@pytest.fixture
def author() -> User:
    return User.objects.create_superuser("mira", "", PASSWORD)


def signed_in(agent: str = "", address: str = "198.51.100.1") -> Client:
    client = Client(headers={"User-Agent": agent} if agent else None, REMOTE_ADDR=address)
    assert client.post("/account/login/", {"login": "mira", "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/account/").status_code == 200)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Firefox on Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/130.0 Safari/537.36", "Chrome on Mac"),
        ("curl/8.1", "curl"),
        ("", "Unknown device"),
        ("<script>x()</script>", "Unknown device"),
    ],
)  # fmt: skip
def test_a_device_is_told_in_words(agent: str, words: str) -> None:
    assert sessions.device_of(agent) == words


def test_one_sees_where_one_is_signed_in_and_nothing_that_opens_a_session(author: User) -> None:
    here, there = signed_in(), signed_in(PHONE, "203.0.113.9")
    page = here.get("/account/sessions/").content.decode()
    assert "Firefox on Android" in page
    assert "203.0.113.9" in page
    assert page.count("this one") == 1
    for session in Session.objects.all():
        assert session.session_key not in page
    assert is_in(there)


def test_another_session_can_be_ended(author: User) -> None:
    here, there = signed_in(), signed_in(PHONE)
    name = sessions.name_of(there.cookies["sessionid"].value)
    here.post("/account/sessions/", {"session": name})
    assert is_in(here)
    assert not is_in(there)


def test_all_others_can_be_ended_at_once(author: User) -> None:
    here, there, elsewhere = signed_in(), signed_in(PHONE), signed_in()
    here.post("/account/sessions/", {"others": "1"})
    assert [is_in(client) for client in (here, there, elsewhere)] == [True, False, False]


def test_nobody_ends_the_sessions_of_others(author: User) -> None:
    there = signed_in()
    name = sessions.name_of(there.cookies["sessionid"].value)
    stranger = Client()
    stranger.force_login(User.objects.create_user("noor"))
    stranger.post("/account/sessions/", {"session": name})
    stranger.post("/account/sessions/", {"others": "1"})
    assert is_in(there)


def test_a_session_ends_after_14_days_without_a_visit(author: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in()
        clock.shift(dt.timedelta(days=13))
        assert is_in(client)
        clock.shift(dt.timedelta(days=13))
        assert is_in(client)
        clock.shift(dt.timedelta(days=15))
        client.cookies["sessionid"]["expires"] = ""  # a browser would have dropped it
        assert not is_in(client)


def test_a_session_ends_after_90_days_however_often_it_is_used(author: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in()
        for _ in range(12):
            clock.shift(dt.timedelta(days=7))
            assert is_in(client)
        clock.shift(dt.timedelta(days=7))
        assert not is_in(client)


def test_a_visit_is_written_once_an_hour(author: User, django_assert_num_queries: Any) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in()
        clock.shift(dt.timedelta(minutes=50))
        client.get("/admin/suggest/tags/?q=")
        assert Session.objects.get().last_seen == START
        clock.shift(dt.timedelta(minutes=20))
        answer = client.get("/admin/suggest/tags/?q=")
        assert Session.objects.get().last_seen == timezone.now()
        assert "sessionid" in answer.cookies, "the browser keeps the cookie longer, too"


def test_a_session_that_nobody_signed_in_to_is_soon_over(author: User) -> None:
    client = Client()
    client.get("/account/login/passkey/", headers={"Accept": "application/json"})
    assert Session.objects.get().expire_date <= timezone.now() + dt.timedelta(hours=1)
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    sessions.clear_expired()
    assert not Session.objects.exists()


def test_a_new_password_ends_all_other_sessions(author: User) -> None:
    here, there = signed_in(), signed_in(PHONE)
    answer = here.post("/account/password/", {"password1": "high-water-at-noon"})
    assert answer.headers["Location"] == "/account/"
    assert is_in(here)
    assert not is_in(there)
    assert author.sessions.count() == 1


def test_a_session_of_who_is_shut_out_opens_nothing(author: User) -> None:
    client = signed_in()
    User.objects.update(is_active=False)
    assert not is_in(client)
