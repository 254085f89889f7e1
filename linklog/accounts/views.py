"""The pages of an account: signing in and out, passkeys, one-time codes, password, sessions, API tokens.

django-allauth does the work; here is what no cache may keep, what needs to have signed in a moment ago, and which template context is ours.
"""

from typing import Any

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers

from linklog.accounts import sessions, tokens
from linklog.accounts.access import authors_only, signed_in_lately
from linklog.accounts.forms import TokenForm

OVERVIEW = reverse_lazy("mfa_index")


class SiteOfOurs:
    """allauth gives its templates a `site` of Django's; ours comes by the context processor."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        context.pop("site", None)
        return context


class LoginView(SiteOfOurs, account.LoginView):
    pass


class AuthenticateView(SiteOfOurs, mfa.AuthenticateView):
    pass


class InactiveView(SiteOfOurs, account.AccountInactiveView):
    pass


# allauth answers scripts, too; an answer for them is no page
login = vary_on_headers("Accept")(LoginView.as_view())
authenticate = AuthenticateView.as_view()
login_by_passkey = never_cache(webauthn.login_webauthn)
inactive = never_cache(InactiveView.as_view())
logout = never_cache(account.logout)

overview = authors_only(mfa.index)
reauthenticate = authors_only(account.reauthenticate)
reauthenticate_by_code = authors_only(mfa.reauthenticate)
reauthenticate_by_passkey = authors_only(webauthn.reauthenticate_webauthn)
change_password = authors_only(signed_in_lately(account.PasswordChangeView.as_view(success_url=OVERVIEW)))
set_password = authors_only(signed_in_lately(account.PasswordSetView.as_view(success_url=OVERVIEW)))
add_passkey = authors_only(webauthn.add_webauthn)
rename_passkey = authors_only(webauthn.EditWebAuthnView.as_view(success_url=OVERVIEW))
remove_passkey = authors_only(webauthn.RemoveWebAuthnView.as_view(success_url=OVERVIEW))
start_codes = authors_only(totp.activate_totp)
stop_codes = authors_only(totp.deactivate_totp)
recovery_codes = authors_only(reauthentication_required(recovery.view_recovery_codes))
make_recovery_codes = authors_only(recovery.generate_recovery_codes)
download_recovery_codes = authors_only(reauthentication_required(recovery.download_recovery_codes))


@authors_only
def list_sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in. A POST ends the session that it names, or all others."""
    assert request.user.is_authenticated
    key = request.session.session_key
    if request.method == "POST":
        if "others" in request.POST:
            sessions.end_others(request.user, key)
            messages.success(request, _("Signed out everywhere else."))
        else:
            sessions.end(request.user, request.POST.get("session", ""))
            messages.success(request, _("Signed out there."))
        return redirect("account_sessions")
    rows = [
        {
            "session": session,
            "name": sessions.name_of(session.session_key),
            "device": sessions.device_of(session.agent),
            "is_here": session.session_key == key,
        }
        for session in sessions.sessions_of(request.user)
    ]
    return render(request, "account/sessions.html", {"rows": rows})


@authors_only
def list_tokens(request: HttpRequest) -> HttpResponse:
    """One's API tokens, and a form for a new one."""
    return _tokens_page(request, TokenForm())


@authors_only
@require_POST
@reauthentication_required
@sensitive_variables("token")
def make_token(request: HttpRequest) -> HttpResponse:
    """The answer to this POST is the only page that ever shows the token, and no cache and no history keeps it."""
    assert request.user.is_authenticated
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _tokens_page(request, form)
    token = tokens.make(request.user, form.cleaned_data["name"], form.cleaned_data["scopes"], form.expires())
    context = {"token": token, "name": form.cleaned_data["name"]}
    return render(request, "account/token_made.html", context)


@authors_only
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    assert request.user.is_authenticated
    token = get_object_or_404(request.user.api_tokens, pk=pk)
    token.delete()
    messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("account_tokens")


def _tokens_page(request: HttpRequest, form: TokenForm) -> HttpResponse:
    assert request.user.is_authenticated
    context = {"form": form, "tokens": request.user.api_tokens.all()}
    return render(request, "account/tokens.html", context, status=422 if form.is_bound else 200)
