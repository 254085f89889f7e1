"""The sitemap (https://www.sitemaps.org/protocol.html) and robots.txt.

A page of posts holds those whose number lies in one range of 5,000: found by the primary key, so that the last page costs what
the first does, and a post never wanders from one page to another. Everything else is a page per sort of address. One query each.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import F, Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from linklog.core.serving import answer
from linklog.core.vendor_sql import MonthOf, YearOf
from linklog.feeds import xml
from linklog.feeds.channel import absolute, each, stamp
from linklog.pages.models import Page
from linklog.posts.models import Person, Post, Series, Tag
from linklog.posts.models.post import MONTHS
from linklog.search import archive as archives
from linklog.search import lists
from linklog.site.context import site_of

POSTS_A_PAGE = 5_000
MAX_URLS = 50_000
Address = tuple[str, dt.datetime | None]

ROBOTS = """User-agent: *
Disallow: /account/
Disallow: /admin/
Disallow: /preview/
Disallow: /random/
Disallow: /write/

Sitemap: {sitemap}
"""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The pages of the sitemap: one for each sort of address, one for each range of posts that has public ones."""
    ranges = Post.objects.published().order_by().annotate(part=F("pk") / POSTS_A_PAGE).values("part")
    rows = ranges.annotate(latest=Max("updated")).order_by("part")
    parts = [(str(row["part"] + 1), row["latest"]) for row in rows]
    sections = [(name, None) for name in SECTIONS if parts or name != "archive"]
    addresses = [(reverse("feeds:sitemap_part", args=[name]), latest) for name, latest in [*sections, *parts]]
    return _answer(request, xml.root("sitemapindex", {None: xml.SITEMAP}), "sitemap", addresses)


@require_safe
def part(request: HttpRequest, part: str) -> HttpResponse:
    addresses = list(SECTIONS[part]() if part in SECTIONS else _posts(int(part)))
    if not addresses:
        raise Http404
    return _answer(request, xml.root("urlset", {None: xml.SITEMAP}), "url", addresses[:MAX_URLS])


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers are asked to leave alone: nothing secret stands here."""
    text = ROBOTS.format(sitemap=absolute(reverse("feeds:sitemap")))
    return HttpResponse(
        text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"}
    )


def _answer(request: HttpRequest, document: xml.Element, tag: str, addresses: list[Address]) -> HttpResponse:
    """`document` with an element per address. It changes with any write, and when a scheduled post's time comes."""
    for path, changed in addresses:
        element = xml.add(document, tag)
        xml.add(element, "loc", absolute(path))
        if changed is not None:
            xml.add(element, "lastmod", stamp(changed))
    latest = max([site_of(request).changed, *(changed for _path, changed in addresses if changed)])
    return answer(request, xml.document(document), "application/xml", latest)


def _posts(number: int) -> Iterable[Address]:
    first = (number - 1) * POSTS_A_PAGE
    posts = Post.objects.published().filter(pk__gte=first, pk__lt=first + POSTS_A_PAGE).order_by("pk")
    posts = posts.defer(
        "title", "body", "body_html", "excerpt_html", "toc_html", "link_url", "via_url", "via_title", "context"
    )
    yield from each(posts, lambda post: (post.get_absolute_url(), post.updated))


def _pages() -> Iterable[Address]:
    """The front page, the lists of each kind, and the standing pages. One that shows a search changes without being written."""
    names = ["home", "entries", "blogmarks", "quotations", "notes"]
    yield from ((reverse(f"posts:{name}"), None) for name in names)
    yield reverse("feeds:subscribe"), None
    yield from (
        (page.get_absolute_url(), None if page.search else page.updated)
        for page in Page.objects.order_by("pk")[:MAX_URLS]
    )


def _archive() -> Iterable[Address]:
    """Every year and month that has posts."""
    posts = Post.objects.published().order_by().annotate(year=YearOf("day"), month=MonthOf("day"))
    rows = list(posts.values("year", "month").annotate(latest=Max("updated")).order_by("year", "month"))
    years: dict[int, dt.datetime] = {}
    for row in rows:
        years[row["year"]] = max(row["latest"], years.get(row["year"], row["latest"]))
    yield from ((reverse("posts:year", args=[f"{year:04}"]), latest) for year, latest in years.items())
    for row in rows:
        yield reverse("posts:month", args=[f"{row['year']:04}", MONTHS[row["month"]]]), row["latest"]


def _tags() -> Iterable[Address]:
    return _labels("posts:tags", "tag", Tag.objects.all())


def _series() -> Iterable[Address]:
    return _labels("posts:series_index", "series", Series.objects.all())


def _credits() -> Iterable[Address]:
    return _labels("posts:people", "credit", Person.objects.all())


def _labels(index_name: str, name: str, labels: QuerySet[Any]) -> Iterable[Address]:
    """The list of labels, and each of them with when its newest post was published."""
    yield reverse(index_name), None
    rows = labels.defer("name", "description", "description_html").order_by("pk")
    for used in lists.used(archives.current(), name, rows)[:MAX_URLS]:
        yield used.label.get_absolute_url(), used.latest


SECTIONS: dict[str, Callable[[], Iterable[Address]]] = {
    "pages": _pages,
    "archive": _archive,
    "tags": _tags,
    "series": _series,
    "credits": _credits,
}
