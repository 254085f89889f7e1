"""What a list of posts can be asked. Every public read starts at `Post.objects.published()`: visibility is said here, once."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

if TYPE_CHECKING:
    from linklog.posts.models import Post, Series


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

    def newest_first(self) -> Self:
        return self.order_by("-published", "-pk")

    def oldest_first(self) -> Self:
        return self.order_by("published", "pk")

    def before(self, published: dt.datetime, pk: int | None = None) -> Self:
        """Posts that stand after (published, pk) in a list with the newest first."""
        if pk is None:
            return self.filter(published__lt=published)
        return self.filter(Q(published__lt=published) | Q(published=published, pk__lt=pk), published__lte=published)

    def with_parts(self) -> Self:
        """With author, series, tags and credits, each in the order its author gave."""
        from linklog.posts.models import Credit, PostTag

        return self.select_related("author", "series").prefetch_related(
            models.Prefetch("post_tags", PostTag.objects.select_related("tag").order_by("position")),
            models.Prefetch("credits", Credit.objects.select_related("person").order_by("position")),
        )

    def around(self, post: "Post", related: int, backlinks: int) -> list[tuple[str, "Post"]]:
        """The public posts around `post`, as (role, post): `previous` and `next` by date, `series` in its order, `backlink` for
        those that refer to it, `related` by the number of shared tags. Two queries; a post has one role besides its place in time."""
        from linklog.posts.models import Credit, PostTag, Reference

        public = type(post)._base_manager.none() if post.published is None else self.model._default_manager.published()
        tags = [post_tag.tag_id for post_tag in post.post_tags.all()]
        sharing = PostTag.objects.filter(tag__in=tags).exclude(post=post.pk)
        shared = sharing.filter(post__is_draft=False, post__published__lte=timezone.now()).order_by()
        nearest = (
            shared.values("post").annotate(n=Count("pk")).order_by("-n", "-post").values("post")[: related + backlinks]
        )
        referring = (
            Reference.objects.filter(target=post.address)
            .exclude(post=post.pk)
            .order_by("-post")
            .values("post")[:backlinks]
        )
        earlier = public.before(post.published, post.pk).newest_first()
        later = public.filter(
            Q(published__gt=post.published) | Q(published=post.published, pk__gt=post.pk), published__gte=post.published
        )
        wanted = (
            Q(pk__in=earlier.values("pk")[:1])
            | Q(pk__in=later.oldest_first().values("pk")[:1])
            | Q(pk__in=nearest)
            | Q(pk__in=referring)
        )
        if post.series_id:
            wanted |= Q(series=post.series_id)
        found = list(
            public.filter(wanted)
            .exclude(pk=post.pk)
            .annotate(
                shared=Coalesce(
                    Subquery(
                        sharing.filter(post=OuterRef("pk"))
                        .order_by()
                        .values("post")
                        .annotate(n=Count("pk"))
                        .values("n")
                    ),
                    Value(0),
                ),
                refers=Exists(Reference.objects.filter(post=OuterRef("pk"), target=post.address)),
            )
            .defer("body", "body_html", "excerpt_html", "toc_html")
            .oldest_first()
            .prefetch_related(models.Prefetch("credits", Credit.objects.select_related("person").order_by("position")))
        )
        place = (post.published, post.pk)
        roles = [("previous", other) for other in [o for o in found if (o.published, o.pk) < place][-1:]]
        roles += [("next", other) for other in [o for o in found if (o.published, o.pk) > place][:1]]
        series = [other for other in found if post.series_id and other.series_id == post.series_id]
        series.sort(key=lambda other: (other.series_position is None, other.series_position or 0))
        roles += [("series", other) for other in series]
        roles += [("backlink", other) for other in reversed(found) if other.refers and other not in series]
        alike = [other for other in found if other.shared and not other.refers and other not in series]
        alike.sort(key=lambda other: (-other.shared, -other.pk))
        return roles + [("related", other) for other in alike[:related]]

    def count_by_kind(self) -> dict[str, int]:
        return {row["kind"]: row["n"] for row in self.order_by().values("kind").annotate(n=Count("pk"))}


class KindManager(models.Manager.from_queryset(PostQuerySet)):  # type: ignore[misc]
    """The manager of a proxy: only posts of its kind."""

    def get_queryset(self) -> PostQuerySet:
        return super().get_queryset().filter(kind=self.model.kind_name)
