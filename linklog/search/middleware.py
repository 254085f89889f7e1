"""The door of search, before all other middleware: what searches cost is taken from their allowance, and a crawler is refused here.

A refusal reads no session and no database and renders no template, for it must cost a small part of what a page costs. The first
refusals, which people might see, are the views' own.
"""

import json
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import escape
from django.utils.translation import gettext as _

from linklog.search import answers

ADDRESSES = ("/search/", "/search.")
_PAGE = '<!doctype html><meta name="viewport" content="width=device-width"><title>{0}</title><h1 data-refusal>{0}</h1>'
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
    "Access-Control-Allow-Origin": "*",
}


class SearchDoor:
    """Inert where LINKLOG_SEARCH_BUDGET is 0."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not (answers.BUDGET.a_minute and request.path_info.startswith(ADDRESSES)):
            return self.get_response(request)
        if refusal := answers.refusal(request):
            return refused(request.path_info, refusal)
        began = time.monotonic()
        try:
            return self.get_response(request)
        finally:
            answers.ALLOWANCE.spend(time.monotonic() - began)


def refused(path: str, refusal: answers.TooMany) -> HttpResponse:
    """The refusal in a sentence, in the form that was asked for."""
    sentence = _("Too many searches. Try again in %(n)s seconds.") % {"n": refusal.seconds}
    if path.endswith(".json"):
        body, content_type = json.dumps({"error": sentence}), "application/json"
    elif path.endswith("/"):
        body, content_type = _PAGE.format(escape(sentence)), "text/html; charset=utf-8"
    else:
        body, content_type = sentence, "text/plain; charset=utf-8"
    response = HttpResponse(body, content_type, 429, headers={**_HEADERS, "Retry-After": str(refusal.seconds)})
    response["Content-Length"] = str(len(response.content))  # the middleware that does so otherwise lies within
    return response
