"""The front page: everything public, by day."""

from collections import Counter

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linklog.posts.models import Post, Series, Tag
from linklog.posts.paging import page_of

TAGS_BESIDE = 20
SERIES_BESIDE = 5


def home(request: HttpRequest) -> HttpResponse:
    page = page_of(request, Post.objects.published())
    context = {"page": page, "recent_tags": recent_tags(page.posts), "series_list": recent_series()}
    return render(request, "posts/home.html", context)


def recent_series() -> QuerySet[Series]:
    """The series that had a public post last: the newest of each is one step along an index."""
    newest = Post.objects.published().filter(series=OuterRef("pk")).newest_first().values("published")[:1]
    found = Series.objects.annotate(latest=Subquery(newest)).filter(latest__isnull=False)
    return found.order_by("-latest")[:SERIES_BESIDE]


def recent_tags(posts: list[Post]) -> list[Tag]:
    """The tags of the posts shown, the most used first."""
    counts = Counter(tag for post in posts for tag in post.tag_list)
    return [tag for tag, _count in counts.most_common(TAGS_BESIDE)]
