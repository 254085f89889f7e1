"""The history of a post: its revisions, what each changed, and the way back to one."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linklog.accounts.access import authors_only
from linklog.write import revisions
from linklog.write.diff import fields_diff
from linklog.write.views.page import post_of


@authors_only
@require_GET
def history(request: HttpRequest, code: str) -> HttpResponse:
    """All revisions, newest first, and what one of them changed: the one asked for, or the newest."""
    post = post_of(request, code)
    listed = list(revisions.listed(post))
    number = request.GET.get("revision") or str(listed[0].number if listed else "")
    chosen = revisions.of(post, number)
    if chosen is None and number:
        raise Http404
    context: dict[str, Any] = {"post": post, "revisions": listed, "chosen": chosen}
    if chosen:
        old, new = revisions.fields(post, revisions.before(post, chosen)), revisions.fields(post, chosen)
        context["changes"] = fields_diff(old, new)
    return render(request, "write/history.html", context | {"page_title": _("History")})
