"""The feeds there are: a class each, in FEEDS by the name in its address, or in LABEL_FEEDS by the kind of label."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from linklog.feeds import atom, jsonfeed, rss
from linklog.posts.models import Person, Post, Series, Tag
from linklog.posts.paging import PostPage, page_of
from linklog.posts.querysets import PostQuerySet
from linklog.search import archive as archives
from linklog.search import lists, presentation
from linklog.search.request import Request

FORMATS = {"atom": atom, "rss": rss, "json": jsonfeed}


class PostFeed(ABC):
    """A list of posts to subscribe to: which ones, what they are called, and the page that shows them."""

    @abstractmethod
    def queryset(self) -> PostQuerySet:
        """The posts, public ones only; their order is the paging's."""

    def page(self, request: HttpRequest) -> PostPage:
        """The page of it that `?before=` asks for."""
        return page_of(request, self.queryset())

    @abstractmethod
    def title(self, posts: list[Post]) -> str:
        """What the feed is called after the site's title; "" for the feed of all. `posts` are those on this page of it.

        LookupError where there is no such feed.
        """

    @abstractmethod
    def key(self) -> str:
        """What its id is made of: never changes."""

    @abstractmethod
    def page_path(self) -> str:
        """Where it stands on the site."""

    @abstractmethod
    def path(self, format: str) -> str:
        """Its own address in `format`."""


class NamedFeed(PostFeed):
    """A feed at /atom/<name>/, /rss/<name>/ and /json/<name>/."""

    name: ClassVar[str]

    def key(self) -> str:
        return self.name

    def path(self, format: str) -> str:
        return reverse("feeds:feed", args=[format, self.name])


class Everything(NamedFeed):
    name = "everything"

    def queryset(self) -> PostQuerySet:
        return Post.objects.published()

    def title(self, posts: list[Post]) -> str:
        return ""

    def page_path(self) -> str:
        return reverse("posts:home")


class OfKind(NamedFeed):
    """The posts of one kind; `list_name` names the address of the page that lists them."""

    kind: ClassVar[str]
    list_name: ClassVar[str]

    def queryset(self) -> PostQuerySet:
        return Post.objects.published().of_kind(self.kind)

    def title(self, posts: list[Post]) -> str:
        return str(settings.LINKLOG_KIND_NAMES[self.kind][1])

    def page_path(self) -> str:
        return reverse(f"posts:{self.list_name}")


class Entries(OfKind):
    name = "entries"
    kind = "entry"
    list_name = "entries"


class Links(OfKind):
    """Blogmarks, under the name that their feed has always had."""

    name = "links"
    kind = "blogmark"
    list_name = "blogmarks"


class Quotations(OfKind):
    name = "quotations"
    kind = "quotation"
    list_name = "quotations"


class Notes(OfKind):
    name = "notes"
    kind = "note"
    list_name = "notes"


class LabelFeed(PostFeed):
    """A feed beside the page of a label. Names come from the posts' own rows; a query only where there are none."""

    model: ClassVar[type[Tag] | type[Series] | type[Person]]
    column: ClassVar[str]  # of the archive
    url_name: ClassVar[str]
    prefix: ClassVar[str]

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.slugs = slug.split("+")

    def key(self) -> str:
        return f"{self.prefix}/{self.slug}"

    def page_path(self) -> str:
        return reverse(f"posts:{self.url_name}", args=[self.slug])

    def path(self, format: str) -> str:
        return reverse(f"feeds:{self.url_name}", args=[self.slug, format])

    def page(self, request: HttpRequest) -> PostPage:
        """From memory, so that a label of many posts costs no more than one of few."""
        archive = archives.current()
        keys = dict(self.model._default_manager.filter(slug__in=self.slugs).values_list("slug", "pk"))
        return lists.page_of(
            request, archive, tuple((self.column, keys.get(slug, lists.UNKNOWN)) for slug in self.slugs)
        )

    def title(self, posts: list[Post]) -> str:
        labels = self.labels(posts[0]) if posts else self.model._default_manager.filter(slug__in=self.slugs)
        if not posts and not self.queryset().exists():
            raise LookupError(self.slug)
        names = {label.slug: label.name for label in labels}
        return " + ".join(names[slug] for slug in self.slugs)

    @abstractmethod
    def labels(self, post: Post) -> Iterable[Tag | Series | Person]:
        """The labels on a post that this feed may be of."""


class Tagged(LabelFeed):
    """The posts that carry every one of the tags: `a` or `a+b`."""

    model = Tag
    column = "tag"
    url_name = "tag"
    prefix = "tags"

    def queryset(self) -> PostQuerySet:
        return Post.objects.published().tagged(*self.slugs)

    def labels(self, post: Post) -> Iterable[Tag]:
        return post.tag_list


class InSeries(LabelFeed):
    model = Series
    column = "series"
    url_name = "series"
    prefix = "series"

    def queryset(self) -> PostQuerySet:
        return Post.objects.published().filter(series__slug=self.slug)

    def labels(self, post: Post) -> Iterable[Series]:
        return [post.series] if post.series else []


class CreditedTo(LabelFeed):
    model = Person
    column = "credit"
    url_name = "person"
    prefix = "credits"

    def queryset(self) -> PostQuerySet:
        return Post.objects.published().credited_to(self.slug)

    def labels(self, post: Post) -> Iterable[Person]:
        return post.credited


class Found(PostFeed):
    """The posts that a search finds, whatever order it asks for: those with the keys of one page of it."""

    def __init__(self, search: Request, keys: Sequence[int] = ()) -> None:
        self.search, self.keys = replace(search, sort="", page=1), keys

    def queryset(self) -> PostQuerySet:
        return Post.objects.published().filter(pk__in=self.keys)

    def title(self, posts: list[Post]) -> str:
        return presentation.title_of(self.search)

    def key(self) -> str:
        return "search" + self._query()

    def page_path(self) -> str:
        return presentation.url_of(self.search)

    def path(self, format: str) -> str:
        return reverse("feeds:search", kwargs={"format": format}) + self._query()

    def more(self, page: int) -> str:
        """What stands behind its address on this page of it."""
        return (("&" if self._query() else "?") + f"page={page}") if page > 1 else ""

    def _query(self) -> str:
        query = self.search.query_string()
        return f"?{query}" if query else ""


FEEDS: dict[str, type[NamedFeed]] = {feed.name: feed for feed in (Everything, Entries, Links, Quotations, Notes)}
LABEL_FEEDS: dict[str, type[LabelFeed]] = {feed.prefix: feed for feed in (Tagged, InSeries, CreditedTo)}
