"""Links kept to write about later: the inbox of each author."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from linklog.capture.models import Capture
from linklog.core import links
from linklog.core.vendor_sql import writing


def keep(user: Any, given: Mapping[str, str]) -> Capture:
    """Keep what is given (see `given`) in the inbox of `user`. What lies there already comes to the top, and keeps what it had."""
    with writing():
        item = Capture.objects.inbox(user).filter(key=links.key(given["url"])).first() or Capture(
            by=user, url=given["url"], is_kept=True
        )
        item.created = timezone.now()
        item.title = item.title or given["title"]
        item.selection = item.selection or given["text"]
        item.via_url = item.via_url or given["via"]
        item.save()
    return item
