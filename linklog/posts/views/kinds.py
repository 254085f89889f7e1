"""The list of one kind of post."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linklog.posts.models import Post
from linklog.posts.paging import page_of


def kind(request: HttpRequest, kind: str) -> HttpResponse:
    page = page_of(request, Post.objects.published().of_kind(kind))
    return render(
        request, "posts/kind.html", {"page": page, "kind": kind, "title": settings.LINKLOG_KIND_NAMES[kind][1]}
    )
