"""The list of one kind of post."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linklog.posts.models import Post
from linklog.posts.paging import page_of
from linklog.posts.views import beside
from linklog.search import archive, lists
from linklog.search.presentation import url_of


def kind(request: HttpRequest, kind: str) -> HttpResponse:
    counts = lists.counts_of(archive.current(), lists.of_kind(kind))
    search = beside.search_for(type=kind)
    tags = beside.by_tag(search, counts, beside.tags_beside(counts))
    context = {
        "page": page_of(request, Post.objects.published().of_kind(kind)),  # which an index has in order
        "kind": kind,
        "title": settings.LINKLOG_KIND_NAMES[kind][1],
        "total": counts.total,
        "groups": beside.with_values(beside.by_year(search, counts), tags),
        "search_url": url_of(search),
    }
    return render(request, "posts/kind.html", context)
