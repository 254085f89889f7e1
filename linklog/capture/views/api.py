"""`POST /api/capture`: a link from an app or a script, by a token, into the inbox or a draft. The page is read in the background."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linklog.accounts.api import for_programs, user_of
from linklog.capture.arrivals import arrived
from linklog.capture.given import NAMES, given
from linklog.capture.models import Capture
from linklog.core.budget import Budget
from linklog.core.refusal import Refused
from linklog.core.xml import strip_illegal

MAX_BYTES = 200_000
BUDGET = Budget(settings.HOME / "capture-budget", 60)  # links that a token's owner may send in a minute
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
PLACES = ("inbox", "draft")


@for_programs
@require_POST
def capture(request: HttpRequest) -> JsonResponse:
    """201 with `id`, `edit_url` and `problem`. The same link sent twice within a day is there once."""
    made = _taken(request)
    document = {"id": made.pk, "edit_url": settings.LINKLOG_URL + made.edit_path, "problem": made.problem}
    return JsonResponse(document, status=201)


def _taken(request: HttpRequest) -> Capture:
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
        raise Refused(413, _("That is too long: 200 kB at most."))
    data = _data(request)
    place = data.get("as") or "inbox"
    if place not in PLACES:
        raise Refused(400, _("“as” is “inbox” or “draft”."))
    user = user_of(request, place)
    if BUDGET.spend(f"user {user.pk}"):
        raise Refused(429, _("That are many links in one minute. Wait a little, then send it again."))
    wanted = given(data)
    if not wanted["url"]:
        raise Refused(400, _("There is no address that begins with https:// or http:// in this."))
    return arrived(user, wanted, as_draft=place == "draft")


def _data(request: HttpRequest) -> dict[str, str]:
    """The texts that were sent, of a form or as JSON."""
    content_type = request.content_type or ""
    if content_type == "application/json":
        data = _json(request.body)
    elif content_type in FORMS:
        data = request.POST.dict()
    else:
        raise Refused(415, _("Send a form, or JSON as application/json."))
    texts = {name: data[name] for name in (*NAMES, "as") if data.get(name) is not None}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise Refused(400, _("“%(name)s” is not a text.") % {"name": name})
        if strip_illegal(text) != text.replace("\r\n", "\n").replace("\r", "\n"):
            raise Refused(400, _("“%(name)s” holds signs that no text has.") % {"name": name})
    return texts


def _json(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise Refused(400, _("That is not a JSON object."))
    return data
