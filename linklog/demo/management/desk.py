"""What lies on the demo author's desk beside drafts: an inbox, and posts to look at again. Dates count from today."""

import datetime as dt
from typing import Any

from django.utils import timezone

from linklog import publishing
from linklog.capture.given import given
from linklog.capture.keeping import keep
from linklog.posts.models import Post

INBOX = (
    {
        "url": "https://museum.example/collections/swift-rings",
        "title": "Forty years of rings on the same swifts",
        "text": "Of the 212 birds ringed under this roof, 31 came back to the very tile they had left.",
        "via": "https://friend.example/links",
    },
    {"url": "https://harbour.example/brest/tide-gauge", "title": "The gauge at Brest, read by hand since 1807"},
    {"url": "https://type.example/notes/old-style-figures", "title": "When to use old-style figures"},
)


def lay_out(author: Any) -> None:
    """For `author`, on a site that has just got its demo posts."""
    for item in INBOX:
        keep(author, given(item))
    links = Post.objects.published().of_kind("blogmark").newest_first()[3:5]
    for post, days in zip(links, (-2, 4), strict=True):
        post.follow_up = timezone.localdate() + dt.timedelta(days=days)
        publishing.save(post, by=author)
