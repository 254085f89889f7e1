"""What a linked page says and what was written about it before, for the editor beside which it is shown."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linklog.accounts.access import authors_only
from linklog.assist import client
from linklog.capture.earlier import earlier
from linklog.capture.filling import fields_of, page_of
from linklog.capture.given import given
from linklog.capture.models import Capture
from linklog.capture.reading import read_capture
from linklog.capture.related import related
from linklog.core import links
from linklog.core.budget import Budget
from linklog.posts.models import Post
from linklog.posts.models.post import is_code

BUDGET = Budget(settings.HOME / "reading-budget", 30)  # pages that an author may have read in a minute


@authors_only
@require_POST
def read(request: HttpRequest) -> JsonResponse:
    """The page at `url`, read unless it was read for this post already; `again` reads it anew. Nothing is published by it."""
    wanted = given(request.POST)
    if not wanted["url"]:
        return _refusal(_("Give a whole address that begins with https:// or http://."), 400)
    code = request.POST.get("code", "")
    capture = _captured(request, wanted, code if is_code(code) else "")
    if capture.state != Capture.State.READ or "again" in request.POST:
        if BUDGET.spend(f"user {request.user.pk}"):
            return _refusal(_("That are many pages in one minute. Wait a little, then try again."), 429)
        read_capture(capture)
    return JsonResponse(_answer(request, capture, code))


def _refusal(problem: str, status: int) -> JsonResponse:
    return JsonResponse({"problem": problem}, status=status)


def _captured(request: HttpRequest, wanted: dict[str, str], code: str) -> Capture:
    """The row of this page that the post has already, or lies in the inbox, or a new one."""
    user: Any = request.user
    item = request.POST.get("capture", "")
    of_page = Capture.objects.filter(by=user, key=links.key(wanted["url"]))
    known = of_page.filter(pk=int(item)).first() if item.isascii() and item.isdigit() and len(item) < 19 else None
    known = known or (of_page.filter(code=code).order_by("-pk").first() if code else None)
    if known is None:
        known = Capture(by=user, code=code, url=wanted["url"], title=wanted["title"])
        known.selection, known.via_url = wanted["text"], wanted["via"]
        known.save()
    return known


def _answer(request: HttpRequest, capture: Capture, code: str) -> dict[str, Any]:
    user: Any = request.user
    page = page_of(capture)
    before = earlier(user, [page.url, capture.url], page.authors, capture.via_url, code)
    own = Post.objects.filter(code=code).values_list("pk", flat=True).first()
    near = related(page, before.keys | {own or 0})
    can_quote = bool(page.text) and client.available("passages")
    context = {"capture": capture, "page": page, "earlier": before, "related": near, "can_quote": can_quote}
    return {
        "capture": capture.pk,
        "fields": fields_of(capture, page, request.POST.get("kind", "")),
        "html": render_to_string("capture/panel.html", context, request),
        "problem": capture.problem,
    }
