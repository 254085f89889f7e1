"""The addresses for programs: who asks is told by a token alone, and what is wrong is answered in JSON."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from linklog.accounts import tokens
from linklog.accounts.models import User
from linklog.core.refusal import Refused

View = Callable[..., HttpResponseBase]


def for_programs(view: View) -> View:
    """A view that looks at no cookie, so that it needs no token against forged requests."""
    return csrf_exempt(never_cache(refusing_in_json(view)))


def refusing_in_json(view: View) -> View:
    """Refused is answered as `problem`, with its status."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refused as refusal:
            answer = JsonResponse({"problem": str(refusal)}, status=refusal.status)
        if answer.status_code == 401:
            answer["WWW-Authenticate"] = 'Bearer realm="Linklog"'
        return answer

    return answering


def user_of(request: HttpRequest, scope: str) -> User:
    """Whose token the request carries."""
    try:
        user = tokens.user_of(request, scope)
    except tokens.MissingScope:
        raise Refused(403, _("This token may not do that: make one for it under Account.")) from None
    if user is None:
        raise Refused(401, _("Send “Authorization: Bearer”, a blank, and a token made under Account."))
    return user
