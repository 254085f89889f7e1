"""Lists page by date, never by offset: `?before=2024-12-22T10:15:30Z~42` is the last post shown, its stamp and number."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from linklog.posts.models import Post
from linklog.posts.querysets import PostQuerySet

PAGE_SIZE = 30
Cursor = tuple[dt.datetime, int | None]
_CURSOR = re.compile(r"^(?P<stamp>[0-9T:.+Z-]{10,35})(?:~(?P<pk>\d{1,18}))?$")


@dataclass(frozen=True)
class PostPage:
    """The posts of one page, the newest first, and the query string of the next, "" on the last."""

    posts: list[Post]
    next_query: str
    is_first: bool

    def days(self) -> Iterator[tuple[dt.date | None, list[Post]]]:
        """The posts by day, in order."""
        days: dict[dt.date | None, list[Post]] = {}
        for post in self.posts:  # an imported post's day is its address's, and may stand between those of another
            days.setdefault(post.day, []).append(post)
        yield from days.items()


def cursor_of(post: Post) -> str:
    assert post.published is not None
    return f"{post.published.astimezone(dt.UTC).replace(tzinfo=None).isoformat()}Z~{post.pk}"


def read_cursor(text: str) -> Cursor | None:
    """(stamp, pk) of a cursor; a plain date is its midnight in the site's zone. None for anything that is neither."""
    match = _CURSOR.match(text.replace(" ", "+"))  # which a query string has for a plus sign
    if match is None:
        return None
    try:
        stamp = parse_datetime(match["stamp"])
        if stamp is None:
            return None
        stamp = stamp if stamp.tzinfo else timezone.make_aware(stamp)
        return stamp.astimezone(dt.UTC), int(match["pk"]) if match["pk"] else None
    except (ValueError, OverflowError):
        return None


def page_of(request: HttpRequest, posts: PostQuerySet, size: int = PAGE_SIZE) -> PostPage:
    """The page that `?before=` asks for; the first where it asks for nothing or says nonsense."""
    cursor = read_cursor(request.GET.get("before", ""))
    if cursor is not None:
        posts = posts.before(*cursor)
    # The ids are put in order first, from indexes, and then only the rows shown are read
    ids = posts.newest_first().values("pk")[: size + 1]
    found = list(Post.objects.filter(pk__in=ids).newest_first().with_parts())
    return _page(found[:size], len(found) > size, cursor is None)


def page_by(
    request: HttpRequest, newest: Callable[[Cursor | None, int], Sequence[int]], size: int = PAGE_SIZE
) -> PostPage:
    """As `page_of`, where the keys are known otherwise: `newest(cursor, n)` gives the first n behind the cursor, in order."""
    cursor = read_cursor(request.GET.get("before", ""))
    keys = newest(cursor, size + 1)
    found = {post.pk: post for post in Post.objects.published().filter(pk__in=keys).with_parts()}
    shown = [found[key] for key in keys[:size] if key in found]
    return _page(shown, len(keys) > size, cursor is None)


def _page(shown: list[Post], has_more: bool, is_first: bool) -> PostPage:
    return PostPage(shown, f"?before={cursor_of(shown[-1])}" if has_more and shown else "", is_first)
