"""The page that says how a link gets here: bookmarklets, a phone's share menu, a Shortcut, the command line."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linklog.accounts.access import authors_only
from linklog.write.bookmarklet import MAX_SELECTION, bookmarklet

REQUEST = """curl %(api)s -H "Authorization: Bearer TOKEN" \\
  --json '{"url": "https://example.com/page", "text": "Words selected there"}'"""


@require_safe
@authors_only
def tools(request: HttpRequest) -> HttpResponse:
    api = settings.LINKLOG_URL + reverse("capture:api")
    context = {
        "page_title": _("Ways in"),
        "write": bookmarklet(settings.LINKLOG_URL + reverse("write:capture")),
        "keep": bookmarklet(settings.LINKLOG_URL + reverse("write:keep")),
        "max_selection": MAX_SELECTION,
        "api": api,
        "request_example": REQUEST % {"api": api},
    }
    return render(request, "write/tools.html", context)
