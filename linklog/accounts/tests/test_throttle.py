"""Guessing at passwords and codes is slow for strangers, and never keeps the author out."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.utils import timezone

from linklog.accounts import throttle
from linklog.accounts.adapter import AccountAdapter
from linklog.accounts.models import Guesses, User

pytestmark = pytest.mark.django_db

PASSWORD = "low-water-at-six"
START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def author() -> User:
    return User.objects.create_superuser("mira", "", PASSWORD)


@pytest.fixture
def hashes(author: User, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that is hashed from now on."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, password, salt: hashed.append(password) or encode(self, password, salt),
    )
    return hashed


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def sign_in(client: Client, password: str = PASSWORD, address: str = "198.51.100.1", login: str = "mira") -> Any:
    return client.post("/account/login/", {"login": login, "password": password}, REMOTE_ADDR=address)


def is_in(response: Any) -> bool:
    return bool(response.status_code == 302)


def guess(address: str, login: str = "mira", password: str = "wrong") -> bool:
    """Whether a guess was looked at."""
    request = RequestFactory().post("/account/login/", REMOTE_ADDR=address)
    try:
        AccountAdapter(request).authenticate(request, username=login, password=password)
    except ValidationError:
        return False
    return True


def test_ten_thousand_guesses_in_an_hour_cost_few_hashes_and_do_not_keep_the_author_out(
    author: User, hashes: list[str], clock: Any
) -> None:
    owner = Client()
    assert is_in(sign_in(owner, address="203.0.113.7"))
    owner.post("/account/logout/")
    hashes.clear()
    for n in range(10_000):
        clock.move_to(START + dt.timedelta(seconds=n * 0.36))
        guess(f"198.51.100.{n % 50}")
    assert 5 <= len(hashes) <= 100
    stranger = sign_in(Client(), address="198.51.100.99")
    assert not is_in(stranger)
    assert "Too many wrong tries" in stranger.content.decode()
    assert is_in(sign_in(owner, address="198.51.100.3"))


def test_one_address_cannot_try_name_after_name(author: User, hashes: list[str], clock: Any) -> None:
    looked_at = sum(guess("198.51.100.1", login=f"name{n}") for n in range(200))
    assert looked_at == throttle.FREE["network"]
    assert guess("198.51.100.2", login="name0")


def test_the_addresses_of_one_customer_count_as_one(author: User, clock: Any) -> None:
    looked_at = sum(guess(f"2001:db8:1:2::{n:x}", login=f"name{n}") for n in range(1, 100))
    assert looked_at == throttle.FREE["network"]
    assert guess("2001:db8:1:3::1", login="other")


def test_waits_grow_and_end(author: User, clock: Any) -> None:
    waits = []
    for _ in range(16):
        assert guess("198.51.100.1")
        wait = Guesses.objects.latest("wait_until").wait_until - timezone.now()
        waits.append(wait.total_seconds())
        clock.shift(max(wait - dt.timedelta(seconds=1), dt.timedelta()))
        assert not (wait and guess("198.51.100.1"))
        clock.shift(min(wait, dt.timedelta(seconds=1)))
    assert waits[:4] == [0, 0, 0, 0]
    assert waits[4:10] == [15, 30, 60, 120, 240, 480]
    assert set(waits[10:]) == {900}


def test_a_right_password_after_some_wrong_ones_clears_the_count(author: User, clock: Any) -> None:
    for _ in range(4):
        assert guess("198.51.100.1")
    assert is_in(sign_in(Client()))
    for _ in range(5):
        assert guess("198.51.100.1")
    assert not guess("198.51.100.1")


def test_signing_in_to_an_account_of_ones_own_does_not_free_a_network(author: User, clock: Any) -> None:
    User.objects.create_user("noor", password=PASSWORD)
    looked_at = 0
    for n in range(100):
        looked_at += guess("198.51.100.1", login=f"name{n}")
        guess("198.51.100.1", login="noor", password=PASSWORD)
    assert looked_at <= throttle.FREE["network"]


def test_names_that_nobody_has_are_answered_and_slowed_down_alike(author: User, hashes: list[str], clock: Any) -> None:
    known, unknown = [], []
    for answers, login in ((known, "mira"), (unknown, "nobody")):
        for n in range(8):
            hashes.clear()
            response = sign_in(Client(), "wrong", address=f"198.51.100.{n}", login=login)
            answers.append((response.status_code, dict(response.context["form"].errors), len(hashes)))
    assert known == unknown
    assert [count for _status, _errors, count in known] == [1] * 5 + [0] * 3


def test_a_device_has_few_guesses_too(author: User, clock: Any) -> None:
    browser = Client()
    sign_in(browser)
    browser.post("/account/logout/")
    answers = [sign_in(browser, "wrong").content.decode() for _ in range(7)]
    assert ["Too many" in answer for answer in answers] == [False] * 5 + [True] * 2


def test_a_device_of_one_account_counts_for_no_other(author: User, clock: Any) -> None:
    User.objects.create_user("noor", password=PASSWORD)
    browser = Client()
    sign_in(browser, login="noor")
    browser.post("/account/logout/")
    for n in range(5):
        guess(f"198.51.100.{n}")
    assert not is_in(sign_in(browser))
    browser.cookies[throttle.COOKIE] = browser.cookies[throttle.COOKIE].value[:-1] + "x"
    assert not is_in(sign_in(browser))


def test_what_was_typed_is_stored_nowhere(author: User) -> None:
    guess("198.51.100.1", login="my-password-by-mistake")
    stored = str(list(Guesses.objects.values()))
    assert "mistake" not in stored
    assert "198.51.100.1" not in stored


def test_counts_are_forgotten_after_a_day(author: User, clock: Any) -> None:
    for _ in range(5):
        guess("198.51.100.1")
    clock.shift(dt.timedelta(hours=25))
    for _ in range(5):
        assert guess("198.51.100.1")
    clock.shift(dt.timedelta(hours=25))
    throttle.forget_old()
    assert not Guesses.objects.exists()


def test_a_refusal_costs_one_query(author: User, clock: Any, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        guess("198.51.100.1")
    with django_assert_num_queries(1):
        assert not guess("198.51.100.1")


def test_the_wait_is_told(author: User, clock: Any) -> None:
    for _ in range(11):
        Guesses.objects.update(wait_until=timezone.now())
        guess("198.51.100.1")
    assert "Wait 15 minutes" in sign_in(Client(), address="198.51.100.2").content.decode()
