"""Tokens for programs: who has a good one, what it is good for, and what is kept of it."""

import datetime as dt
from typing import Any

import pytest
from django.core import serializers
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from linklog.accounts import tokens
from linklog.accounts.models import ApiToken, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("noor", password="low-water-at-six")


def request_with(authorization: str = "", **elsewhere: Any) -> HttpRequest:
    headers = {"Authorization": authorization} if authorization else {}
    return RequestFactory().post("/api/capture", elsewhere, headers=headers)


def test_a_token_stands_for_who_made_it(user: User) -> None:
    token = tokens.make(user, "Phone", ["inbox"])
    assert token.startswith("linklog_")
    assert tokens.user_of(request_with(f"Bearer {token}"), "inbox") == user
    assert tokens.user_of(request_with(f"bearer  {token} "), "inbox") == user


def test_a_token_holds_at_least_128_random_bits_and_no_two_are_alike(user: User) -> None:
    made = [tokens.make(user, "Phone", ["inbox"]).removeprefix("linklog_") for _ in range(20)]
    assert len(set(made)) == 20
    assert {len(bytes.fromhex(token)) for token in made} == {20}


def test_a_token_is_kept_nowhere(user: User) -> None:
    token = tokens.make(user, "Phone", ["inbox"])
    stored = serializers.serialize("json", ApiToken.objects.all())
    assert token not in stored
    assert token.removeprefix("linklog_") not in stored


def test_a_token_made_for_something_else_is_told_apart_from_a_bad_one(user: User) -> None:
    token = tokens.make(user, "Phone", ["inbox"])
    with pytest.raises(tokens.MissingScope):
        tokens.user_of(request_with(f"Bearer {token}"), "draft")


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer linklog_", "Basic {}", "Token {}", "{}", "Bearer {}0", "Bearer x{}", "Bearer\t{}", "Bearer {},{}"],
)  # fmt: skip
def test_only_a_whole_token_after_bearer_counts(user: User, authorization: str) -> None:
    token = tokens.make(user, "Phone", ["inbox"])
    assert tokens.user_of(request_with(authorization.replace("{}", token)), "inbox") is None


def test_a_token_in_the_form_or_the_address_counts_for_nothing(user: User) -> None:
    token = tokens.make(user, "Phone", ["inbox"])
    assert tokens.user_of(request_with(access_token=token, token=token), "inbox") is None
    assert tokens.user_of(RequestFactory().get("/", {"access_token": token}), "inbox") is None


def test_odd_bytes_are_no_error(user: User) -> None:
    for odd in (
        "Bearer linklog_\x00",
        "Bearer linklog_日本",
        "Bearer linklog_\udcff",
        "Bearer linklog_" + "a" * 100_000,
    ):
        request = RequestFactory().get("/")
        request.META["HTTP_AUTHORIZATION"] = odd
        assert tokens.user_of(request, "inbox") is None


def test_a_token_ends_at_its_time(user: User) -> None:
    now = timezone.now()
    ended = tokens.make(user, "Old", ["inbox"], now - dt.timedelta(seconds=1))
    lasting = tokens.make(user, "New", ["inbox"], now + dt.timedelta(hours=1))
    assert tokens.user_of(request_with(f"Bearer {ended}"), "inbox") is None
    assert tokens.user_of(request_with(f"Bearer {lasting}"), "inbox") == user


def test_who_is_shut_out_is_shut_out_with_every_token(user: User) -> None:
    token = tokens.make(user, "Phone", ["inbox"])
    user.is_active = False
    user.save()
    assert tokens.user_of(request_with(f"Bearer {token}"), "inbox") is None


def test_the_last_use_is_written_once_an_hour(user: User, django_assert_num_queries: Any) -> None:
    request = request_with("Bearer " + tokens.make(user, "Phone", ["inbox"]))
    with django_assert_num_queries(2):
        tokens.user_of(request, "inbox")
    assert ApiToken.objects.get().last_used
    with django_assert_num_queries(1):
        tokens.user_of(request, "inbox")
    ApiToken.objects.update(last_used=timezone.now() - dt.timedelta(hours=2))
    with django_assert_num_queries(2):
        tokens.user_of(request, "inbox")
