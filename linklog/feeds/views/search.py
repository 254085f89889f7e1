"""Any search as a feed: /search.atom, /search.rss and /search.feed.json, with the parameters of /search/. The newest first, always."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from linklog.core.serving import answer, for_any_origin
from linklog.feeds.feeds import FORMATS, Found
from linklog.feeds.views.feed import channel_of
from linklog.posts.paging import PostPage
from linklog.search.answers import TooMany, public_answer
from linklog.search.engine import Outcome
from linklog.search.request import BadRequest, Request, read
from linklog.site.context import site_of

TEXT = "text/plain; charset=utf-8"


@for_any_origin
def search(request: HttpRequest, format: str) -> HttpResponse:
    """The page of the feed that `?page=` asks for, or why not, in a sentence of plain text.

    Who asks is not counted: anybody can make up searches, and each would be a feed to keep counts of.
    """
    try:
        asked = replace(read(request.GET), sort="date")
        response = _feed(request, asked, public_answer(asked, request), format)
    except BadRequest as error:
        response = HttpResponse(str(error), TEXT, 400)
    except TooMany as error:
        response = HttpResponse(str(error), TEXT, 429)
        response["Retry-After"] = str(error.seconds)
    response["X-Robots-Tag"] = "noindex"
    return response


def _feed(request: HttpRequest, asked: Request, outcome: Outcome, format: str) -> HttpResponse:
    """The posts of `outcome`. Only their bytes tell what changed: a post that is scheduled moves others from page to page."""
    feed = Found(asked, outcome.keys)
    posts = list(feed.queryset().newest_first().with_parts())
    page = PostPage(posts, feed.more(asked.page + 1) if outcome.has_next else "", is_first=asked.page == 1)
    channel = channel_of(feed, format, feed.title(posts), site_of(request), page, feed.more(asked.page))
    writer = FORMATS[format]
    return answer(request, writer.write(channel, posts), writer.CONTENT_TYPE, None)
