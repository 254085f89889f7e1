"""Pages of tags, series and people: what posts are gathered by. What is counted there is known in memory (`linklog.search.lists`)."""

import random
from operator import attrgetter

from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from pyroaring import BitMap

from linklog.posts import tag_addresses
from linklog.posts.models import Person, Post, Series, Tag
from linklog.posts.paging import page_of
from linklog.posts.views import beside
from linklog.search import archive as archives
from linklog.search import lists
from linklog.search.lists import Counts
from linklog.search.presentation import url_of

SERIES_PAGE_SIZE = 100
TAG_SIZES = 5
_TEXTS = ("description", "description_html")


def tags(request: HttpRequest) -> HttpResponse:
    """Every tag in use, by name, with its count and a size from 1 to 5."""
    found = lists.used(archives.current(), "tag", Tag.objects.defer(*_TEXTS).order_by(Lower("name")))
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
    archive, fixed = archives.current(), lists.of_tags([known[slug].pk for slug in wanted])
    counts = lists.counts_of(archive, fixed)
    if not counts.total:
        raise Http404
    search = beside.search_for(tag=wanted)
    groups = [beside.by_year(search, counts), beside.by_kind(search, counts)]
    context = {
        "tags": [known[slug] for slug in wanted],
        "slugs": slugs,
        "page": lists.page_of(request, archive, fixed),
        "total": counts.total,
        "groups": beside.with_values(*groups),
        "related": related_tags(counts, known),
        "search_url": url_of(search),
    }
    return render(request, "posts/tag.html", context)


def related_tags(counts: Counts, wanted: dict[str, Tag]) -> list[tuple[Tag, int]]:
    """The tags that stand beside those `wanted` most often, with how often; none where one address can hold no more tags."""
    if len(wanted) >= tag_addresses.MAX_TAGS:
        return []
    tags = beside.tags_beside(counts, without={tag.pk for tag in wanted.values()})
    return [(tags[key], n) for key, n in counts.tags if key in tags]


def series_index(request: HttpRequest) -> HttpResponse:
    found = lists.used(archives.current(), "series", Series.objects.all())
    found.sort(key=attrgetter("latest"), reverse=True)
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
    """Everyone credited, those credited most first."""
    found = lists.used(archives.current(), "credit", Person.objects.defer(*_TEXTS).order_by("name"))
    found.sort(key=attrgetter("n"), reverse=True)
    return render(request, "posts/people.html", {"people": found})


def person(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Person, slug=slug)
    archive, fixed = archives.current(), lists.of_person(found.pk)
    counts = lists.counts_of(archive, fixed)
    if not counts.total:
        raise Http404
    search = beside.search_for(credit=slug)
    tags = beside.by_tag(search, counts, beside.tags_beside(counts))
    groups = [beside.by_year(search, counts), beside.by_kind(search, counts), tags]
    context = {
        "person": found,
        "page": lists.page_of(request, archive, fixed),
        "total": counts.total,
        "groups": beside.with_values(*groups),
        "search_url": url_of(search),
    }
    return render(request, "posts/person.html", context)


@never_cache
def random_post(request: HttpRequest) -> HttpResponse:
    return to_random(archives.current().public)


@never_cache
def random_tagged(request: HttpRequest, slug: str) -> HttpResponse:
    """A random post of this tag. /random/tag/ itself, where no tag is called so, leads to any post that has tags."""
    archive = archives.current()
    tag = Tag.objects.filter(slug=slug).first()
    tagged = lists.posts_of(archive, lists.of_tags([tag.pk])) if tag else BitMap()
    if slug == "tag" and not tagged:
        tagged = archive.public & archive.having_any("tag")
    return to_random(tagged)


def to_random(keys: BitMap) -> HttpResponse:
    """A 302 to one of these posts, each as likely."""
    if not keys:
        raise Http404
    key = keys[random.randrange(len(keys))]  # chance, not a secret
    post = get_object_or_404(Post.objects.published(), pk=key)
    return HttpResponseRedirect(post.get_absolute_url())
