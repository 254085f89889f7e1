"""Links that come without their author looking on: into the inbox, or as a draft; once, however often they are sent."""

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone

from linklog import publishing
from linklog.accounts.models import User
from linklog.capture.filling import fields_of, page_of
from linklog.capture.jobs import read_page
from linklog.capture.keeping import keep
from linklog.capture.models import MAX_SELECTION, Capture
from linklog.core import links
from linklog.core.vendor_sql import writing
from linklog.posts.models import Blogmark

ONCE = dt.timedelta(days=1)


def arrived(user: User, wanted: Mapping[str, str], *, as_draft: bool) -> Capture:
    """The captured page of what is given (see `given`), to be read in the background. Sent again within a day it is the same one."""
    with writing():
        before = _sent_before(user, wanted, as_draft)
        if before is not None:
            return before
        capture = _drafted(user, wanted) if as_draft else keep(user, wanted)
        read_page.enqueue(capture.pk)
        return capture


def _sent_before(user: User, wanted: Mapping[str, str], as_draft: bool) -> Capture | None:
    """What the same request made, for who did not get its answer and sends it again."""
    same = Capture.objects.filter(by=user, key=links.key(wanted["url"]), created__gt=timezone.now() - ONCE)
    same = same.filter(selection=wanted["text"][:MAX_SELECTION], via_url=links.harmless(wanted["via"]))
    same = same.filter(is_kept=False).exclude(code="") if as_draft else same.filter(is_kept=True)
    found: Capture | None = same.order_by("-pk").first()
    return found


def _drafted(user: User, wanted: Mapping[str, str]) -> Capture:
    capture = Capture(
        by=user, url=wanted["url"], title=wanted["title"], selection=wanted["text"], via_url=wanted["via"]
    )
    fields = fields_of(capture, page_of(capture), "blogmark")
    texts = {name: fields[name] for name in ("title", "link_url", "body", "via_url", "via_title")}
    capture.code = publishing.save_draft(Blogmark(author=user, is_draft=True, **texts), by=user).code
    capture.save()
    return capture
