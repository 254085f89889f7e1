"""What is tried when nothing answered: the address without its last slash, then the redirects."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import is_valid_path
from django.utils.http import escape_leading_slashes

from linklog.pages.models import Redirect


class RedirectFallbackMiddleware:
    """Redirects never hide a page: they are looked up only for a GET or HEAD that found nothing, in one query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        return self.redirect(request) or response

    def redirect(self, request: HttpRequest) -> HttpResponse | None:
        """A 301 to where this address leads now; None where nobody knows."""
        if found := Redirect.objects.matching(request.get_full_path()):
            return HttpResponsePermanentRedirect(escape_leading_slashes(found.location(request.path)))
        bare = request.path.rstrip("/")
        if request.path.endswith("/") and "." in bare.rpartition("/")[2] and is_valid_path(bare):
            return HttpResponsePermanentRedirect(escape_leading_slashes(bare))
        return None
