"""The inbox: links kept to write about later. Nothing is kept by a GET: a page with one button asks first."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linklog.accounts.access import asks_for_json, authors_only
from linklog.capture.given import given
from linklog.capture.jobs import read_page
from linklog.capture.keeping import keep as keep_in_inbox
from linklog.capture.models import Capture
from linklog.core.vendor_sql import writing
from linklog.write.views.front import dismissed


@require_http_methods(["GET", "HEAD", "POST"])
@authors_only
def keep(request: HttpRequest) -> HttpResponse:
    """POST keeps what is given, or puts back the dismissed `item`; a script gets JSON."""
    user: Any = request.user
    if request.method != "POST":
        return render(request, "write/keep.html", {"page_title": _("Keep for later"), "given": given(request.GET)})
    if "item" in request.POST:
        if item := dismissed(user, request.POST["item"]):
            Capture.objects.filter(pk=item.pk).update(is_kept=True)
        return redirect("write:front")
    wanted = given(_sent(request.POST.dict()))
    if not wanted["url"]:
        return _refusal(request, wanted)
    with writing():
        item = keep_in_inbox(user, wanted)
        read_page.enqueue(item.pk)
    if asks_for_json(request):
        return JsonResponse({"kept": item.pk})
    messages.success(request, _("Kept. It is in your inbox."))
    return redirect("write:front")


def _refusal(request: HttpRequest, wanted: dict[str, str]) -> HttpResponse:
    problem = _("There is no address that begins with https:// or http:// in this.")
    if asks_for_json(request):
        return JsonResponse({"problem": problem}, status=400)
    context = {"page_title": _("Keep for later"), "given": wanted, "problem": problem}
    return render(request, "write/keep.html", context, status=400)


def _sent(data: dict[str, str]) -> dict[str, str]:
    """What was sent by a form of ours; the editor has other names, and the words that were selected as a quote."""
    if "link_url" not in data:
        return data
    words = re.sub(r"^> ?", "", data.get("body", ""), flags=re.MULTILINE)
    return {"url": data["link_url"], "title": data.get("title", ""), "text": words, "via": data.get("via_url", "")}


@require_POST
@authors_only
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a link out of the inbox. The front page then offers to put it back."""
    item = get_object_or_404(Capture, pk=pk, by=request.user)
    Capture.objects.filter(pk=item.pk).update(is_kept=False)
    return redirect(f"{reverse('write:front')}?dismissed={item.pk}")
