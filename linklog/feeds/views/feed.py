"""A feed, in the format its address names. Four queries: the site, the posts, their tags, their credits; two more for a label's."""

import datetime as dt
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from linklog.core import links
from linklog.core.serving import answer, for_any_origin
from linklog.feeds.channel import Channel, absolute, line
from linklog.feeds.feeds import FEEDS, FORMATS, LABEL_FEEDS, PostFeed
from linklog.posts import tag_addresses
from linklog.posts.models import Post
from linklog.posts.paging import PostPage
from linklog.readers import counting
from linklog.site.context import site_of
from linklog.site.models import Site


@for_any_origin
def named(request: HttpRequest, format: str, name: str) -> HttpResponse:
    """/atom/<name>/ and the same under /rss/ and /json/."""
    return _serve(request, FEEDS[name](), format)


@for_any_origin
def tag(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """/tags/a.atom and /tags/a+b.atom; spelt as the page of those tags is, or moved there."""
    address = tag_addresses.write(tag_addresses.read(slug))
    if not address:
        raise Http404
    if address != slug:
        return HttpResponsePermanentRedirect(reverse("feeds:tag", args=[address, format]))
    return _serve(request, LABEL_FEEDS["tags"](slug), format)


@for_any_origin
def series(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    return _serve(request, LABEL_FEEDS["series"](slug), format)


@for_any_origin
def person(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    return _serve(request, LABEL_FEEDS["credits"](slug), format)


def _serve(request: HttpRequest, feed: PostFeed, format: str) -> HttpResponse:
    """The page of `feed` that `?before=` asks for. Who asks is counted in memory, not in the database."""
    site = site_of(request)
    page = feed.page(request)
    try:
        title = feed.title(page.posts)
    except LookupError:
        raise Http404 from None
    this_query = "" if page.is_first else "?" + urlencode({"before": request.GET["before"]}, safe=":~")
    channel = channel_of(feed, format, title, site, page, this_query)
    writer = FORMATS[format]
    body = writer.write(channel, page.posts)
    counting.record(feed.path(format), request.headers.get("User-Agent", ""))
    return answer(request, body, writer.CONTENT_TYPE, max([site.changed, *_stamps(page.posts)]))


def channel_of(feed: PostFeed, format: str, title: str, site: Site, page: PostPage, this_query: str) -> Channel:
    """What the feed says of itself. Its id is the same on every page and in every format, and when LINKLOG_URL turns https.

    `this_query` is what stands behind its address on this page, "" on the first.
    """
    first_url = absolute(feed.path(format))
    site_title = line(site.display_title) or links.site(settings.LINKLOG_URL)
    return Channel(
        id=f"tag:{links.site(settings.LINKLOG_URL)},2026:feed/{feed.key()}",
        title=line(f"{site_title}: {title}") if title else site_title,
        subtitle=line(
            _("%(name)s on %(site)s") % {"name": title, "site": site_title} if title else site.display_tagline
        ),
        page_url=absolute(feed.page_path()),
        self_url=first_url + this_query,
        first_url=first_url,
        next_url=first_url + page.next_query if page.next_query else "",
        site_url=absolute("/"),
        logo_url=absolute(site.logo.url) if site.logo else "",
        author=line(site.display_author) or site_title,
        language=site.language,
        updated=max((stamp for post in page.posts if (stamp := post.updated)), default=site.changed),
    )


def _stamps(posts: list[Post]) -> list[dt.datetime]:
    return [stamp for post in posts for stamp in (post.published, post.updated) if stamp]
