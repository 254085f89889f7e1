"""The secret address of the first-run page: good only while nobody owns the site."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.urls import reverse

_SALT = "linklog.welcome"


def has_owner() -> bool:
    """Whether somebody may sign in and do everything. An import may make authors, but none of those can."""
    return bool(get_user_model().objects.filter(is_active=True, is_superuser=True).exists())


def welcome_url() -> str:
    """Where the owner sets the site up; "" once there is an owner."""
    if has_owner():
        return ""
    return settings.LINKLOG_URL + reverse("site:welcome", args=[signing.dumps("welcome", salt=_SALT)])


def check(token: str) -> None:
    """Raises signing.BadSignature for a token that this site did not make."""
    signing.loads(token, salt=_SALT)
