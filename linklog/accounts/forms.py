"""Forms of signing in and of what belongs to an account, where they differ from django-allauth's."""

import datetime as dt
from typing import Any

from allauth.account.forms import LoginForm, SetPasswordForm
from allauth.account.forms import ReauthenticateForm as PasswordReauthenticateForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linklog.accounts import throttle
from linklog.accounts.models import Scope, User
from linklog.core.vendor_sql import writing
from linklog.core.xml import strip_illegal

_CODE_SECONDS = 120  # a little more than a one-time code is good for


class _Labelled:
    """Labels stand above fields, so nothing stands in them."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_Labelled, LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username")
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}


class PasswordAgainForm(_Labelled, PasswordReauthenticateForm):
    pass


class StartCodesForm(_Labelled, ActivateTOTPForm):
    pass


class _ThrottledCode(_Labelled):
    """A code is guessed at as rarely as a password, and is good for one use."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        guess = throttle.guess(context.request, "code", self.user.username)
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not _use(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        guess.was_right()
        return code


def _use(authenticator: Authenticator, code: str) -> bool:
    """Whether this one-time code was not used yet; from now on it was."""
    now = timezone.now().timestamp()
    code = "".join(code.split())
    with writing():
        kept = Authenticator.objects.get(pk=authenticator.pk)
        used = {old: at for old, at in kept.data.get("used", {}).items() if at > now - _CODE_SECONDS}
        if code in used:
            return False
        kept.data["used"] = {**used, code: now}
        kept.save(update_fields=["data"])
    return True


class CodeForm(_ThrottledCode, AuthenticateForm):
    pass


class CodeAgainForm(_ThrottledCode, ReauthenticateForm):
    pass


class _Credential:
    """What a browser sends of a passkey. Nonsense is an answer that is not right, and no error of ours."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeySignInForm(_Credential, LoginWebAuthnForm):
    pass


class PasskeySecondForm(_Credential, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_Credential, ReauthenticateWebAuthnForm):
    pass


class PasswordForm(_Labelled, SetPasswordForm):
    """A new password, once: who mistypes it is still signed in here and can give another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["password1"].label = _("New password")


class PasskeyForm(AddWebAuthnForm):
    """Every passkey is one that signs in alone: it is kept by the device, which asks for its PIN or a fingerprint."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("So that you know it by.")
        self.fields["name"].max_length = 100

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        try:
            cleaned: dict[str, Any] = super().clean()
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned


class TokenForm(forms.Form):
    """What a new API token is for."""

    name = forms.CharField(
        label=_("What is it for?"), max_length=100, help_text=_("Such as: Shortcut on my phone."), empty_value=""
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple, initial=[Scope.INBOX]
    )
    days = forms.TypedChoiceField(
        label=_("How long is it good?"),
        choices=[("0", _("Until you take it back")), ("30", _("30 days")), ("365", _("A year"))],
        coerce=int,
        initial="0",
    )

    def clean_name(self) -> str:
        return strip_illegal(self.cleaned_data["name"])

    def expires(self) -> dt.datetime | None:
        days = self.cleaned_data["days"]
        return timezone.now() + dt.timedelta(days=days) if days else None
