"""The site as templates see it: loaded once a request, in one query, however many ask."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from linklog.site.models import Site


def site_of(request: HttpRequest) -> Site:
    """The site of this request."""
    if not hasattr(request, "linklog_site"):
        request.linklog_site = Site.load()  # type: ignore[attr-defined]
    return request.linklog_site  # type: ignore[attr-defined]


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `site`."""
    return {"site": SimpleLazyObject(lambda: site_of(request))}
