"""The page about the assistant: whether it is on, what it sends where, and what it costs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linklog.accounts.access import authors_only
from linklog.assist import overview


@require_safe
@authors_only
def about(request: HttpRequest) -> HttpResponse:
    context = {
        "page_title": _("The assistant"),
        "tasks": overview.tasks(),
        "month": overview.month(),
        "calls": overview.last_calls(),
        "chart": overview.chart(),
    }
    return render(request, "assist/about.html", context)
