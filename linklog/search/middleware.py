"""The door of search, before all other middleware: so many are let in at a time, and a crawler is refused.

A refusal reads no session and no database and renders no template, for it must cost a small part of what a page costs. The first
refusals of a client, which people might see, are the views' own.
"""

import json
import threading
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import escape

from linklog.search import answers

BUSY_SECONDS = 1
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
    """One thread of a worker stays free for pages, whoever searches; the searches let in take turns, so that a page shares the processor
    with one of them at most.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.room = threading.BoundedSemaphore(max(1, settings.LINKLOG_THREADS - 1))
        self.turn = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(ADDRESSES):
            return self.get_response(request)
        if refusal := answers.refusal(request):
            return refused(request.path_info, refusal.seconds)
        if not self.room.acquire(blocking=False):
            return refused(request.path_info, BUSY_SECONDS)
        try:
            with self.turn:
                return self.get_response(request)
        finally:
            self.room.release()


def refused(path: str, seconds: int) -> HttpResponse:
    """The refusal in a sentence, in the form that was asked for."""
    sentence = answers.refusal_sentence(seconds)
    if path == "/search.json":
        body, content_type = json.dumps({"error": sentence}), "application/json"
    elif path.endswith("/"):
        body, content_type = _PAGE.format(escape(sentence)), "text/html; charset=utf-8"
    else:
        body, content_type = sentence, "text/plain; charset=utf-8"
    response = HttpResponse(body, content_type, 429, headers={**_HEADERS, "Retry-After": str(seconds)})
    response["Content-Length"] = str(len(response.content))  # the middleware that does so otherwise lies within
    return response
