"""What stands around a post on its page: previous and next, its series, posts that refer to it, posts like it. Two queries in all."""

from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from linklog.posts.models import Post, PostTag, Reference
from linklog.posts.querysets import PostQuerySet

RELATED = 5
BACKLINKS = 20
SERIES_AROUND = 12
_TEXTS = ("body", "body_html", "excerpt_html", "toc_html")


@dataclass
class Surroundings:
    """Public posts only, without their texts. The series holds the post itself, in its place; who stands there stands nowhere else."""

    previous: Post | None = None
    next: Post | None = None
    series_posts: list[Post] = field(default_factory=list)
    backlinks: list[Post] = field(default_factory=list)
    related: list[Post] = field(default_factory=list)


def surroundings(post: Post) -> Surroundings:
    """The surroundings of a post that has a date."""
    found = list(_candidates(post))
    place = (post.published, post.pk)
    earlier = [other for other in found if (other.published, other.pk) < place]
    later = [other for other in found if (other.published, other.pk) > place]
    series = [other for other in found if post.series_id and other.series_id == post.series_id]
    rest = [other for other in found if other not in series]
    alike = [other for other in rest if other.shared and not other.refers]  # type: ignore[attr-defined]
    alike.sort(key=lambda other: (-other.shared, -other.pk))  # type: ignore[attr-defined]
    return Surroundings(
        previous=earlier[-1] if earlier else None,
        next=later[0] if later else None,
        series_posts=_in_series_order([post, *series]) if series else [],
        backlinks=[other for other in reversed(rest) if other.refers],  # type: ignore[attr-defined]
        related=alike[:RELATED],
    )


def _in_series_order(posts: list[Post]) -> list[Post]:
    """As `PostQuerySet.in_series` orders them: those with a place first, then by date."""
    return sorted(
        posts, key=lambda post: (post.series_position is None, post.series_position or 0, post.published, post.pk)
    )


def _candidates(post: Post) -> QuerySet[Post]:
    """Every post that has a part here, oldest first; `shared` counts common tags, `refers` says whether it links to `post`.

    The nearest neighbours in time are among them, so whatever else is found, the closest on either side are previous and next.
    """
    public: PostQuerySet = Post.objects.published()
    assert post.published is not None
    place = (post.published, post.pk)
    tags = [post_tag.tag_id for post_tag in post.loaded("post_tags")]
    sharing = PostTag.objects.filter(tag__in=tags).exclude(post=post.pk).order_by()
    public_sharing = sharing.filter(post__is_draft=False, post__published__lte=timezone.now())
    nearest = public_sharing.values("post").annotate(n=Count("pk")).order_by("-n", "-post").values("post")
    referring = Reference.objects.filter(target=post.address, post__is_draft=False, post__published__lte=timezone.now())
    wanted = (
        Q(pk__in=public.before(*place).newest_first().values("pk")[:1])
        | Q(pk__in=public.after(*place).oldest_first().values("pk")[:1])
        | Q(pk__in=nearest[: RELATED + BACKLINKS])
        | Q(pk__in=referring.order_by("-post").values("post")[:BACKLINKS])
    )
    if post.series_id:
        same = public.filter(series=post.series_id)
        wanted |= Q(pk__in=same.before(*place).newest_first().values("pk")[:SERIES_AROUND])
        wanted |= Q(pk__in=same.after(*place).oldest_first().values("pk")[:SERIES_AROUND])
    count = sharing.filter(post=OuterRef("pk")).values("post").annotate(n=Count("pk")).values("n")
    return (
        public.filter(wanted)
        .exclude(pk=post.pk)
        .annotate(shared=Coalesce(Subquery(count), Value(0)), refers=Exists(referring.filter(post=OuterRef("pk"))))
        .defer(*_TEXTS)
        .oldest_first()
        .prefetch_related(Prefetch("credits", to_attr="loaded_credits"))
    )
