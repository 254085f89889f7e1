"""How a document for machines is answered: validators and real 304s, any origin, kept by caches for five minutes."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

View = Callable[..., HttpResponse]

MAX_AGE_SECONDS = 300
_METHODS = ["GET", "HEAD", "OPTIONS"]
_CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag"}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": ", ".join(_METHODS),
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
    "Allow": ", ".join(_METHODS),
}


def for_any_origin(view: View) -> View:
    """To be read by scripts of any site: CORS headers on every answer, 304 too, and the question before (OPTIONS) answered."""

    @wraps(view)
    def open_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            response = view(request, *args, **kwargs)
        elif request.method == "OPTIONS":
            response = HttpResponse(status=204, headers=_PREFLIGHT)
        else:
            response = HttpResponseNotAllowed(_METHODS)
        for name, value in _CORS.items():
            response[name] = value
        return response

    return open_view


def answer(
    request: HttpRequest, body: bytes, content_type: str, changed: dt.datetime | None, steady: bytes | None = None
) -> HttpResponse:
    """200 with `body`, or 304 where the reader has these bytes (ETag) or those of `changed` (Last-Modified) already.

    `changed` is None where only the bytes tell. `steady` is what of the body the ETag is made of, where some of it differs each time.
    """
    etag = f'"{sha256(body if steady is None else steady).hexdigest()[:32]}"'
    last_modified = int(changed.timestamp()) if changed else None
    response = HttpResponse(body, content_type=f"{content_type}; charset=utf-8")
    response["ETag"] = etag
    if last_modified is not None:
        response["Last-Modified"] = http_date(last_modified)
    response["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
    conditional = get_conditional_response(request, etag, last_modified, response)
    return conditional if isinstance(conditional, HttpResponse) else response
