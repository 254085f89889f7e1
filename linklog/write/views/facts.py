"""What was read of the page that a post is about."""

from django.db.models import Q
from django.http import HttpRequest

from linklog.capture.models import Capture
from linklog.core import links
from linklog.write.views.page import author_of, item_of

LOOKED_AT = 5


def capture_of(request: HttpRequest, code: str, link_url: str) -> Capture | None:
    """The author's latest capture of the page that the form links to, by whichever of its addresses; None if it was not read."""
    key = links.key(link_url) if link_url else ""
    if not key:
        return None
    mine = Capture.objects.filter(by=author_of(request), state=Capture.State.READ)
    given = item_of(request, request.POST.get("capture", ""))
    latest = mine.filter(Q(code=code) | Q(key=key)).order_by("-created", "-pk")[:LOOKED_AT]
    found = [*([given] if given else []), *latest]
    return next((capture for capture in found if key in _keys(capture)), None)


def _keys(capture: Capture) -> set[str]:
    """Those of the address that it was asked for by, the page's own, and the one that stays."""
    return {capture.key, *(links.key(capture.facts[name]) for name in ("url", "pinned") if capture.facts.get(name))}
