"""Pages of tags, series and people: what posts are gathered by."""

import random
from typing import Any

from django.db.models import Count
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from linklog.core.vendor_sql import YearOf
from linklog.posts import tag_addresses
from linklog.posts.models import Person, Post, PostTag, Series, Tag
from linklog.posts.paging import page_of
from linklog.posts.querysets import PostQuerySet

SERIES_PAGE_SIZE = 100
RELATED_TAGS = 12
TAG_SIZES = 5


def tags(request: HttpRequest) -> HttpResponse:
    """Every tag in use, by name, with its count and a size from 1 to 5."""
    found = list(Tag.objects.in_use().order_by(Lower("name")))
    most = max((tag.n for tag in found), default=1)
    return render(request, "posts/tags.html", {"sized_tags": [(tag, size_of(tag.n, most)) for tag in found]})


def size_of(count: int, most: int) -> int:
    """1 to 5: as often doubled as `count` is, out of the doublings that make `most`."""
    return 1 + round((TAG_SIZES - 1) * (count.bit_length() - 1) / max(most.bit_length() - 1, 1))


def tag(request: HttpRequest, slugs: str) -> HttpResponse:
    """The posts that carry every tag named: /tags/a/ or /tags/a+b/."""
    wanted = tag_addresses.read(slugs)
    if not wanted:
        raise Http404
    if (address := tag_addresses.write(wanted)) != slugs:
        return HttpResponsePermanentRedirect(reverse("posts:tag", args=[address]))
    known = {tag.slug: tag for tag in Tag.objects.filter(slug__in=wanted)}
    if len(known) < len(wanted):
        raise Http404
    posts = Post.objects.published().tagged(*wanted)
    page = page_of(request, posts)
    if not page.posts and page.is_first:
        raise Http404
    years = year_counts(posts)
    context = {
        "tags": [known[slug] for slug in wanted],
        "slugs": slugs,
        "page": page,
        "years": years,
        "total": sum(n for _year, n in years),
        "related": related_tags(posts, wanted),
    }
    return render(request, "posts/tag.html", context)


def year_counts(posts: PostQuerySet) -> list[tuple[int, int]]:
    """(year, number of posts), the newest first."""
    rows = posts.order_by().annotate(year=YearOf("day")).values("year").annotate(n=Count("pk")).order_by("-year")
    return [(row["year"], row["n"]) for row in rows]


def related_tags(posts: PostQuerySet, wanted: list[str]) -> list[Tag]:
    """The tags that stand beside these most often, with how often as `n`."""
    beside = Tag.objects.filter(post_tags__post__in=posts.order_by().values("pk")).exclude(slug__in=wanted)
    return list(beside.annotate(n=Count("post_tags")).order_by("-n", "name")[:RELATED_TAGS])


def series_index(request: HttpRequest) -> HttpResponse:
    found = Series.objects.in_use().order_by("-latest")
    return render(request, "posts/series_index.html", {"series_list": found})


def series(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Series, slug=slug)
    posts = Post.objects.published().in_series(found)
    shown = list(posts.with_parts()[: SERIES_PAGE_SIZE + 1])
    if not shown:
        raise Http404
    context = {"series": found, "posts": shown, "total": len(shown)}
    if len(shown) > SERIES_PAGE_SIZE:  # too long to be read from its beginning: as any other list
        page = page_of(request, posts)
        context |= {"posts": page.posts, "page": page, "total": posts.count()}
    return render(request, "posts/series.html", context)


def people(request: HttpRequest) -> HttpResponse:
    found = Person.objects.in_use().order_by("-n", "name")
    return render(request, "posts/people.html", {"people": found})


def person(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Person, slug=slug)
    posts = Post.objects.published().credited_to(slug)
    page = page_of(request, posts)
    if not page.posts and page.is_first:
        raise Http404
    return render(request, "posts/person.html", {"person": found, "page": page, "total": posts.count()})


@never_cache
def random_post(request: HttpRequest) -> HttpResponse:
    return to_random(Post.objects.published())


@never_cache
def random_tagged(request: HttpRequest, slug: str) -> HttpResponse:
    """A random post of this tag. /random/tag/ itself, where no tag is called so, leads to any post that has tags."""
    posts = Post.objects.published()
    tagged = posts.tagged(slug)
    if slug == "tag" and not tagged.exists():
        tagged = posts.filter(pk__in=PostTag.objects.values("post"))
    return to_random(tagged)


def to_random(posts: PostQuerySet) -> HttpResponse:
    """A 302 to one of `posts`, each as likely: by count and offset over ids alone."""
    ids = posts.order_by().values_list("pk", flat=True)
    if not (count := ids.count()):
        raise Http404
    pk: Any = ids.order_by("pk")[random.randrange(count)]  # chance, not a secret
    return HttpResponseRedirect(Post.objects.published().get(pk=pk).get_absolute_url())
