"""Archives by date: a year, a month, a day. Nonsense in a date is a 404; a date written another way redirects to the one address."""

import calendar
import datetime as dt
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import get_format

from linklog.core.vendor_sql import MonthOf
from linklog.posts.models import Post
from linklog.posts.models.post import MONTHS
from linklog.posts.querysets import PostQuerySet
from linklog.posts.views import beside
from linklog.search import archive as archives
from linklog.search import lists
from linklog.search.lists import Counts
from linklog.search.presentation import url_of

MONTH_PAGE_SIZE = 60


def year(request: HttpRequest, year: str) -> HttpResponse:
    number = year_number(year)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Post.objects.published().in_year(number).order_by().annotate(month=MonthOf("day")).values("month", "kind")
    for row in rows.annotate(n=Count("pk")):
        counts[row["month"]][row["kind"]] = row["n"]
    if not counts:
        raise Http404
    context = {
        "year": number,
        "months": month_rows(number, counts),
        "total": sum(sum(kinds.values()) for kinds in counts.values()),
        "kinds": {kind: sum(month.get(kind, 0) for month in counts.values()) for kind in settings.LINKLOG_KIND_NAMES},
        "neighbours": neighbours(Post.objects.published(), dt.date(number, 1, 1), dt.date(number, 12, 31)),
    }
    return render(request, "posts/year.html", context)


def month_rows(year: int, counts: dict[int, dict[str, int]]) -> list[dict[str, Any]]:
    """A row per month that has posts: its first day, address, total, and count per kind in the order of the kinds."""
    return [
        {
            "first": dt.date(year, month, 1),
            "url": reverse("posts:month", args=[f"{year:04}", MONTHS[month]]),
            "total": sum(counts[month].values()),
            "kinds": [(kind, counts[month].get(kind, 0)) for kind in settings.LINKLOG_KIND_NAMES],
        }
        for month in sorted(counts)
    ]


def month(request: HttpRequest, year: str, month: str) -> HttpResponse:
    number, month_no = year_number(year), month_number(month)
    if month != MONTHS[month_no]:
        return moved(request, "posts:month", year, MONTHS[month_no])
    if not dt.MINYEAR < number < dt.MAXYEAR:
        raise Http404  # the first and the last have weeks that no date can name
    facts, fixed = archives.current(), lists.of_month(number, month_no)
    counts = lists.days_of(facts, fixed)
    if not counts:
        raise Http404
    first = dt.date(number, month_no, 1)
    last = first.replace(day=calendar.monthrange(number, month_no)[1])
    context = {
        "first": first,
        "page": lists.page_of(request, facts, fixed, MONTH_PAGE_SIZE),
        "total": sum(counts.values()),
        "weekdays": weekday_names(),
        "weeks": [
            [(day, counts.get(day, 0)) for day in week]
            for week in calendar.Calendar(first_weekday()).monthdatescalendar(number, month_no)
        ],
        "neighbours": neighbours(Post.objects.published(), first, last),
        **beside_month(first, lists.counts_of(facts, fixed)),
    }
    return render(request, "posts/month.html", context)


def beside_month(first: dt.date, counts: Counts) -> dict[str, Any]:
    """The kinds and tags of the month that begins so, and the search that finds the same posts."""
    search = beside.search_for(year=str(first.year), month=str(first.month))
    tags = beside.by_tag(search, counts, beside.tags_beside(counts))
    groups = beside.with_values(beside.by_kind(search, counts), tags)
    return {"groups": groups, "search_url": url_of(search)}


def day(request: HttpRequest, year: str, month: str, day: str) -> HttpResponse:
    date = date_of(year, month, day)
    if (month, day) != (MONTHS[date.month], str(date.day)):
        return moved(request, "posts:day", year, MONTHS[date.month], date.day)
    posts = list(Post.objects.published().on_day(date).oldest_first().with_parts())
    if not posts:
        raise Http404
    return render(
        request,
        "posts/day.html",
        {"date": date, "posts": posts, "neighbours": neighbours(Post.objects.published(), date, date)},
    )


def neighbours(posts: PostQuerySet, first: dt.date, last: dt.date) -> dict[str, dt.date | None]:
    """The nearest days with posts before `first` and after `last`, in one query of two steps along the index."""
    earlier = posts.filter(day__lt=first).order_by("-day").values("pk")[:1]
    later = posts.filter(day__gt=last).order_by("day").values("pk")[:1]
    days = posts.filter(Q(pk__in=earlier) | Q(pk__in=later)).order_by().values_list("day", flat=True)
    return {
        "earlier": next((day for day in days if day and day < first), None),
        "later": next((day for day in days if day and day > last), None),
    }


def first_weekday() -> int:
    """0 (Monday) to 6 (Sunday), as the active language begins its weeks."""
    return (get_format("FIRST_DAY_OF_WEEK", lang=translation.get_language()) - 1) % 7


def weekday_names() -> list[str]:
    return [str(WEEKDAYS_ABBR[(first_weekday() + offset) % 7]) for offset in range(7)]


def year_number(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 9999:
        raise Http404
    return number


def month_number(text: str) -> int:
    """1 to 12 for an English month's first three letters, however they are capitalised."""
    try:
        return MONTHS.index(text.capitalize())
    except ValueError:
        raise Http404 from None


def date_of(year: str, month: str, day: str) -> dt.date:
    """The date that an address names; a date that no calendar has is a 404."""
    try:
        return dt.date(year_number(year), month_number(month), int(day))
    except ValueError:
        raise Http404 from None


def moved(request: HttpRequest, name: str, *args: Any) -> HttpResponse:
    """A 301 to the one address of this page, its query kept."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(reverse(name, args=args) + (f"?{query}" if query else ""))
