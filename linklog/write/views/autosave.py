"""Saving while one writes, for the editor's script: what came of it as JSON."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linklog.accounts.access import authors_only
from linklog.write import fields as editor_fields
from linklog.write import saving
from linklog.write.diff import fields_diff
from linklog.write.views.page import author_of, item_of, written_from


@authors_only
@require_POST
def save(request: HttpRequest, code: str) -> JsonResponse:
    fields = editor_fields.known(request.POST)
    if refusal := editor_fields.refusal(fields):
        return JsonResponse({"problem": refusal}, status=413)
    try:
        state = saving.save(code, fields, request.POST.get("token", ""), author_of(request))
    except PermissionError:
        problem = _("You may write drafts of your own. This is not saved: keep a copy of it.")
        return JsonResponse({"problem": problem}, status=403)
    except saving.Conflict as conflict:
        return JsonResponse(in_conflict(conflict.state, fields), status=409)
    written_from(item_of(request, request.POST.get("capture", "")), code)
    return JsonResponse(saved(state, fields))


def saved(state: saving.State, sent: editor_fields.Fields) -> dict[str, Any]:
    """`fields` only where something else is saved than was sent."""
    answer = {
        "token": state.token,
        "saved": saving.when(state.saved),
        "state": state.name,
        "has_working_copy": state.has_working_copy,
        "url": reverse("write:edit", args=[state.post.code]),
    }
    return answer | ({"fields": state.fields} if state.fields != sent else {})


def in_conflict(state: saving.State, sent: editor_fields.Fields) -> dict[str, Any]:
    return {
        "token": state.token,
        "saved": saving.when(state.saved),
        "saved_by": state.saved_by,
        "fields": state.fields,
        "diff_html": fields_diff(state.fields, sent),
    }


@authors_only
@require_GET
def session(request: HttpRequest) -> JsonResponse:
    """Whether one is signed in; the token that forms need, which a new session renews."""
    return JsonResponse({"csrf": get_token(request)})
