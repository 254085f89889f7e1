"""What is tried when nothing answered: the address without its last slash, then the redirects."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, is_valid_path, resolve
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes

from linklog.pages.models import Redirect, as_requested, is_same, local_path
from linklog.posts import internal_links
from linklog.posts.models import Post


class RedirectFallbackMiddleware:
    """Redirects never hide a page: they are looked up only for a GET or HEAD that found nothing, in one query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info:
            raise Http404  # no address holds it, and PostgreSQL refuses to look for one
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        return self.redirect(request) or response

    def redirect(self, request: HttpRequest) -> HttpResponse | None:
        """A 301 to where this address leads now; None where nobody knows."""
        if not request.path.endswith("/") and is_valid_path(f"{request.path}/"):
            return None  # there may be a page under that address: CommonMiddleware leads there
        path = as_requested(request.get_full_path())
        if (found := Redirect.objects.matching(path)) and not is_same(local_path(there := found.location(path)), path):
            if is_hidden(local_path(there)):
                return None
            return HttpResponsePermanentRedirect(escape_leading_slashes(there))
        bare = request.path.rstrip("/")
        if request.path.endswith("/") and is_file(bare):
            return HttpResponsePermanentRedirect(escape_leading_slashes(escape_uri_path(bare)))
        return None


def is_hidden(path: str) -> bool:
    """Whether `path` is the address of a post that is not public: where it went is then nobody's business."""
    address = internal_links.address_in(path.partition("?")[0])
    posts = Post.objects.at(address) if address else Post.objects.none()
    return posts.exists() and not posts.published().exists()


def is_file(path: str) -> bool:
    """Whether `path` is an address that has no slash at its end, such as /robots.txt."""
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return not match.kwargs or "." in path.rpartition("/")[2]
