"""Who may see the author's pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponseBase]


def authors_only(view: View) -> View:
    """A page for who is signed in, kept by no cache. A script (`Accept: application/json`) gets a 401, a person the sign-in page."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.is_active:
            return view(request, *args, **kwargs)
        if asks_for_json(request):
            return JsonResponse(
                {"problem": _("You were signed out. Sign in again: what you wrote is kept.")}, status=401
            )
        return redirect_to_login(request.get_full_path())

    return guarded


def asks_for_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
