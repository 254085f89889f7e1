"""What a list of posts can be asked. Every public read starts at `Post.objects.published()`: visibility is said here, once."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

if TYPE_CHECKING:
    from linklog.posts.models import Post, Series  # noqa: F401 (the string below names it)


class PostQuerySet(models.QuerySet["Post"]):
    """Adjectives that narrow; `with_parts()` loads what a list shows in three queries, however long the list."""

    def published(self, now: dt.datetime | None = None) -> Self:
        """What the public may see: not a draft, and dated now or earlier."""
        return self.filter(is_draft=False, published__lte=now or timezone.now())

    def scheduled(self) -> Self:
        return self.filter(is_draft=False, published__gt=timezone.now())

    def drafts(self) -> Self:
        return self.filter(is_draft=True)

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def tagged(self, *slugs: str) -> Self:
        """Posts that carry every one of these tags."""
        posts = self
        for slug in slugs:
            posts = posts.filter(post_tags__tag__slug=slug)
        return posts

    def credited_to(self, slug: str) -> Self:
        return self.filter(credits__person__slug=slug)

    def in_series(self, series: "Series") -> Self:
        """The posts of a series, in its order."""
        return self.filter(series=series).order_by(F("series_position").asc(nulls_last=True), "published", "pk")

    def in_year(self, year: int) -> Self:
        return self.filter(day__gte=dt.date(year, 1, 1), day__lte=dt.date(year, 12, 31))

    def in_month(self, year: int, month: int) -> Self:
        first = dt.date(year, month, 1)
        last = dt.date(year + month // 12, month % 12 + 1, 1) if (year, month) < (9999, 12) else dt.date.max
        return self.filter(day__gte=first, day__lt=last)

    def on_day(self, day: dt.date) -> Self:
        return self.filter(day=day)

    def at(self, address: str) -> Self:
        """The post whose `address` is this: `2024/Dec/22/slug`."""
        day, _slash, slug = address.rpartition("/")
        try:
            return self.filter(day=dt.datetime.strptime(day, "%Y/%b/%d").date(), slug=slug)
        except ValueError:
            return self.none()

    def newest_first(self) -> Self:
        return self.order_by("-published", "-pk")

    def oldest_first(self) -> Self:
        return self.order_by("published", "pk")

    def before(self, published: dt.datetime, pk: int | None = None) -> Self:
        """Posts that stand after (published, pk) in a list with the newest first."""
        if pk is None:
            return self.filter(published__lt=published)
        return self.filter(Q(published__lt=published) | Q(published=published, pk__lt=pk), published__lte=published)

    def after(self, published: dt.datetime, pk: int) -> Self:
        """Posts that stand before (published, pk) in a list with the newest first."""
        return self.filter(Q(published__gt=published) | Q(published=published, pk__gt=pk), published__gte=published)

    def with_parts(self) -> Self:
        """With author, series, tags and credits, each in the order its author gave."""
        return self.with_tags().prefetch_related(credits_of_posts())

    def with_tags(self) -> Self:
        """With all parts but credits: a page that shows credits of other posts as well reads them together, last."""
        parts = self.select_related("author", "series").prefetch_related(
            models.Prefetch("post_tags", to_attr="loaded_post_tags")
        )
        return parts.defer("author__password", "author__email")


def credits_of_posts() -> "models.Prefetch[str]":
    """What `Post.loaded("credits")` finds without a query."""
    return models.Prefetch("credits", to_attr="loaded_credits")


class KindManager(models.Manager.from_queryset(PostQuerySet)):  # type: ignore[misc]
    """The manager of a proxy: only posts of its kind."""

    def get_queryset(self) -> PostQuerySet:
        return super().get_queryset().filter(kind=self.model.kind_name)
