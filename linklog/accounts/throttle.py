"""How often somebody may guess at a password or a code, counted in the database and so for all processes and machines.

A guess is counted before it is looked at: for the account, and for the network that it comes from. After some free ones each wrong guess
doubles the wait for the next, up to a quarter of an hour, so that an account under attack costs some fourteen password hashes an hour.
Names that nobody has are counted alike.

Strangers can thus keep strangers out, but not the author: a browser that the author signed in with before carries a signed cookie, and its
guesses are counted apart (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).
Passkeys cannot be guessed and are not counted.
"""

import datetime as dt
import math
import secrets
from dataclasses import dataclass
from hashlib import blake2b

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import ngettext

from linklog.accounts.models import Guesses, User
from linklog.core.budget import client_of
from linklog.core.vendor_sql import writing

FREE = {"account": 5, "device": 5, "network": 20}
FIRST_WAIT = dt.timedelta(seconds=15)
LONGEST_WAIT = dt.timedelta(minutes=15)
FORGOTTEN_AFTER = dt.timedelta(days=1)
COOKIE = ("__Host-" if settings.IS_HTTPS else "") + "linklog_device"
_COOKIE_SECONDS = 400 * 86_400  # what browsers keep at most
_SALT = "linklog.device"


@dataclass(frozen=True)
class Guess:
    """One that may be looked at. `by` maps who is counted to the key of the count."""

    by: dict[str, str]

    def was_right(self) -> None:
        """Who knows the password owes no wait. A network keeps what its other guesses cost, lest an account of one's own clears it."""
        with writing():
            Guesses.objects.filter(key__in=[key for who, key in self.by.items() if who != "network"]).delete()
            for row in Guesses.objects.filter(key=self.by.get("network", "")):
                row.count -= 1
                row.wait_until = row.latest + _wait_after("network", row.count)
                row.save()


def guess(request: HttpRequest, what: str, username: str) -> Guess:
    """Count a guess at `what` of the account called `username`. Raises ValidationError where it has to wait."""
    device = _device_of(request, username)
    if device:
        by = {"device": _key(what, "device", device)}
    else:
        by = {"account": _key(what, "account", _folded(username))}
        if network := client_of(request):
            by["network"] = _key(what, "network", network)
    _refuse_while_waiting(by)
    with writing():
        _refuse_while_waiting(by)
        rows = Guesses.objects.in_bulk(by.values())
        for who, key in by.items():
            _count(who, key, rows.get(key))
    return Guess(by)


def remember_device(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """From now on this browser is one that the user signed in with."""
    device = _device_of(request, user.username) or secrets.token_hex(16)
    value = signing.dumps({"account": _key("", "account", _folded(user.username)), "device": device}, salt=_SALT)
    response.set_cookie(COOKIE, value, max_age=_COOKIE_SECONDS, secure=settings.IS_HTTPS, httponly=True, samesite="Lax")


def forget_old() -> None:
    Guesses.objects.filter(latest__lt=timezone.now() - FORGOTTEN_AFTER).delete()


def _refuse_while_waiting(by: dict[str, str]) -> None:
    """ValidationError while a wait lasts, which costs one look into the database."""
    now = timezone.now()
    waits = Guesses.objects.filter(key__in=by.values(), wait_until__gt=now).values_list("wait_until", flat=True)
    if until := max(waits, default=None):
        raise ValidationError(_refusal(until - now), code="too_many_login_attempts")


def _count(who: str, key: str, row: Guesses | None) -> None:
    now = timezone.now()
    count = 1 if row is None or row.latest < now - FORGOTTEN_AFTER else row.count + 1
    Guesses(key=key, count=count, latest=now, wait_until=now + _wait_after(who, count)).save()


def _wait_after(who: str, count: int) -> dt.timedelta:
    too_many = count - FREE[who]
    return min(FIRST_WAIT * 2 ** min(too_many, 10), LONGEST_WAIT) if too_many >= 0 else dt.timedelta()


def _refusal(wait: dt.timedelta) -> str:
    minutes = math.ceil(wait.total_seconds() / 60)
    return ngettext(
        "Too many wrong tries. Wait %(minutes)d minute, or use a passkey.",
        "Too many wrong tries. Wait %(minutes)d minutes, or use a passkey.",
        minutes,
    ) % {"minutes": minutes}


def _device_of(request: HttpRequest, username: str) -> str:
    """The name of the browser, if this user signed in with it before; else ""."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT)
    except signing.BadSignature:
        return ""
    return str(told["device"]) if told["account"] == _key("", "account", _folded(username)) else ""


def _folded(username: str) -> str:
    return username.strip().casefold()


def _key(what: str, who: str, name: str) -> str:
    return blake2b(
        f"{what} {who} {name}".encode(errors="replace"), key=settings.SECRET_KEY.encode()[:64], digest_size=32
    ).hexdigest()
