"""Which captured page is meant: by the key that a form brought along, or by the address that it links to."""

from django.db.models import Q

from linklog.accounts.models import User
from linklog.capture.models import Capture
from linklog.core import links

LOOKED_AT = 5


def item_of(user: User, key: str) -> Capture | None:
    """The captured page of this key, if it is the author's own."""
    is_key = key.isascii() and key.isdigit() and len(key) < 19
    return Capture.objects.filter(by=user, pk=int(key)).first() if is_key else None


def capture_of(user: User, code: str, link_url: str, given: str = "") -> Capture | None:
    """The author's latest capture of the page that the post `code` links to, by whichever of its addresses; None if it was not read.

    `given` is the key of the capture that the post was begun with.
    """
    key = links.key(link_url) if link_url else ""
    if not key:
        return None
    mine = Capture.objects.filter(by=user, state=Capture.State.READ)
    latest = mine.filter(Q(code=code) | Q(key=key)).order_by("-created", "-pk")[:LOOKED_AT]
    item = item_of(user, given)
    found = [*([item] if item else []), *latest]
    return next((capture for capture in found if key in _keys(capture)), None)


def _keys(capture: Capture) -> set[str]:
    """Those of the address that it was asked for by, the page's own, and the one that stays."""
    return {capture.key, *(links.key(capture.facts[name]) for name in ("url", "pinned") if capture.facts.get(name))}
