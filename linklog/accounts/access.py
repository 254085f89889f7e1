"""Who may see the author's pages, and how nothing typed is lost when a session ended meanwhile."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponseBase]

_KEPT_UNDER = "/write/"
_NOT_KEPT = ("csrfmiddlewaretoken", "password")


def authors_only(view: View) -> View:
    """A page for who is signed in, kept by no cache. Of others a script (`Accept: application/json`) gets a 401, and so does who sends a
    form, with all that was in it; who asks for a page is shown where to sign in."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.is_active:
            return view(request, *args, **kwargs)
        if asks_for_json(request):
            return JsonResponse(
                {"problem": _("You were signed out. Sign in again: what you wrote is kept.")}, status=401
            )
        if request.method == "POST" and request.path.startswith(_KEPT_UNDER):
            return _page_to_send_again(request, 401)
        return redirect_to_login(request.get_full_path())

    return guarded


def signed_in_lately(view: View) -> View:
    """A page with a form for a password, for who signed in a moment ago. A form that comes later is asked for anew: allauth would keep it
    in the session, and so the password in the database, until one has signed in again.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            answer: HttpResponseBase = reauthentication_required(view)(request, *args, **kwargs)
        except ReauthenticationRequired:
            if request.method != "POST":
                raise
            return redirect(request.get_full_path())
        return answer

    return guarded


def asks_for_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is not good. Signing in makes a new token, so a form that was open meanwhile has the old one: if it came from a
    page of our own, it can be sent again. What came from another site is refused, for a page with a button to send it would do its work."""
    if request.path.startswith(_KEPT_UNDER) and _is_from_here(request):
        if asks_for_json(request):
            return JsonResponse({"problem": _("You signed in again meanwhile. Load the page anew.")}, status=403)
        return _page_to_send_again(request, 403)
    return render(request, "403.html", status=403)


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site sent it. Sites cannot write these two headers. Behind a proxy that ends HTTPS
    and is not trusted, the request itself does not know the site's origin.
    """
    told = urlsplit(request.headers.get("Origin") or request.headers.get("Referer", ""))
    return f"{told.scheme}://{told.netloc}" in (f"{request.scheme}://{request.get_host()}", settings.LINKLOG_URL)


def _page_to_send_again(request: HttpRequest, status: int) -> HttpResponse:
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if not any(word in name for word in _NOT_KEPT)
        for value in values
    ]
    context = {"fields": fields, "is_signed_in": request.user.is_authenticated, "sign_in_url": reverse("account_login")}
    return render(request, "account/send_again.html", context, status=status)
