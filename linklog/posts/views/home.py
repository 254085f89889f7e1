"""The front page: everything public, by day."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linklog.posts.models import Post, Series, Tag
from linklog.posts.paging import page_of

TAGS_BESIDE = 20
SERIES_BESIDE = 5


def home(request: HttpRequest) -> HttpResponse:
    page = page_of(request, Post.objects.published())
    series = Series.objects.in_use().order_by("-latest")[:SERIES_BESIDE]
    return render(
        request, "posts/home.html", {"page": page, "recent_tags": recent_tags(page.posts), "series_list": series}
    )


def recent_tags(posts: list[Post]) -> list[Tag]:
    """The tags of the posts shown, the most used first."""
    counts = Counter(tag for post in posts for tag in post.tag_list)
    return [tag for tag, _count in counts.most_common(TAGS_BESIDE)]
