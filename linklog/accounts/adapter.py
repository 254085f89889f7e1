"""How django-allauth signs authors in here: with our throttle instead of its own, which counts in a cache that each process has for itself,
and with sessions that know their device.
"""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linklog.accounts import sessions, throttle
from linklog.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": gettext_lazy("That name and password do not belong together."),
        "incorrect_password": gettext_lazy("That is not your password."),
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        guess = throttle.guess(request, "password", credentials["username"])
        user = super().authenticate(request, **credentials)
        if user is not None:
            guess.was_right()
        return user

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        sessions.note_sign_in(request)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        throttle.remember_device(request, response, user)
        return response

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The password comes first, and so is what is asked for unless one chooses otherwise."""
        names = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a one-time code or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        return [method | {"description": names[method["id"]]} for method in super().get_reauthentication_methods(user)]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not of who signed in within the last minutes."""
        return time.time() - sessions.signed_in_at(context.request) > app_settings.REAUTHENTICATION_TIMEOUT


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("That did not work. Try again."),
    }

    def get_totp_issuer(self) -> str:
        """What an authenticator app calls this site."""
        return settings.LINKLOG_TITLE or str(settings.LINKLOG_URL).partition("://")[2]

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        return sessions.device_of(context.request.headers.get("User-Agent", "")) or _("Passkey")
