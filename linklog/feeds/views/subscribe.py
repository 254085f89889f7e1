"""Every feed there is, for people to choose from, and as OPML for their readers."""

from operator import attrgetter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linklog.core.serving import answer, for_any_origin
from linklog.feeds import xml
from linklog.feeds.channel import absolute, stamp_822
from linklog.feeds.feeds import FEEDS, FORMATS, LABEL_FEEDS, PostFeed
from linklog.posts.models import Series, Tag
from linklog.search import archive as archives
from linklog.search import lists
from linklog.search.lists import Used
from linklog.site.context import site_of

TAGS_SHOWN = 20
SERIES_SHOWN = 50
_TEXTS = ("description", "description_html")


@require_safe
def subscribe(request: HttpRequest) -> HttpResponse:
    return render(request, "feeds/subscribe.html", {"groups": groups(), "opml_url": reverse("feeds:opml")})


@for_any_origin
def opml(request: HttpRequest) -> HttpResponse:
    """The same feeds as OPML 2.0, to be read into a feed reader: http://opml.org/spec2.opml"""
    site = site_of(request)
    document = xml.root("opml", version="2.0")
    head = xml.add(document, "head")
    xml.add(head, "title", site.display_title)
    xml.add(head, "dateModified", stamp_822(site.changed))
    xml.add(head, "ownerName", site.display_author)
    body = xml.add(document, "body")
    for group in groups():
        outline = xml.add(body, "outline", text=group["title"])
        for feed in group["feeds"]:
            title = f"{site.display_title}: {feed['title']}"
            addresses = {"xmlUrl": absolute(feed["atom"]), "htmlUrl": absolute(feed["page"])}
            xml.add(outline, "outline", type="rss", text=title, title=title, **addresses)
    response = answer(request, xml.document(document), "text/x-opml", site.changed)
    response["Content-Disposition"] = 'attachment; filename="subscribe.opml"'
    return response


def groups() -> list[dict[str, Any]]:
    """The feeds of everything and of each kind, of the tags used most, and of the series that had a post last: three queries."""
    archive = archives.current()
    kinds = [feed() for feed in FEEDS.values()]
    tags = Tag.objects.filter(pk__in=lists.most_used(archive, "tag", TAGS_SHOWN)).order_by("name")
    most = sorted(lists.used(archive, "tag", tags.defer(*_TEXTS)), key=attrgetter("n"), reverse=True)
    latest = sorted(
        lists.used(archive, "series", Series.objects.defer(*_TEXTS)), key=attrgetter("latest"), reverse=True
    )
    found = [
        {
            "title": _("Everything, and each kind"),
            "feeds": [_row(feed, feed.title([]) or _("Everything")) for feed in kinds],
        },
        {"title": _("Tags"), "feeds": [_label_row("tags", one) for one in most]},
        {"title": _("Series"), "feeds": [_label_row("series", one) for one in latest[:SERIES_SHOWN]]},
    ]
    return [group for group in found if group["feeds"]]


def _label_row(prefix: str, used: Used) -> dict[str, str]:
    return _row(LABEL_FEEDS[prefix](used.label.slug), used.label.name)


def _row(feed: PostFeed, title: str) -> dict[str, str]:
    """A feed's title, the path of its page, and its path in each format."""
    return {"title": title, "page": feed.page_path(), **{format: feed.path(format) for format in FORMATS}}
