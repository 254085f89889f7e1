"""Links kept to write about later: the inbox of each author."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from linklog.capture.models import Capture
from linklog.core import links
from linklog.core.vendor_sql import writing
from linklog.posts.models import Post

UNUSED_DAYS = 30


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


def forget_unused() -> None:
    """Delete what was captured days ago, is not kept, and of which no post was made."""
    long_ago = timezone.now() - dt.timedelta(days=UNUSED_DAYS)
    Capture.objects.filter(is_kept=False, created__lt=long_ago).exclude(code__in=Post.objects.values("code")).delete()
