"""What stands around a post on its page: previous and next, its series, posts that refer to it, posts like it. Two queries in all."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from linklog.posts.models import Post, Reference
from linklog.posts.querysets import PostQuerySet, credits_of_posts

RELATED = 5
BACKLINKS = 20
SERIES_AROUND = 12
ALIKE = RELATED + BACKLINKS  # posts to be given as like a post, so that those that refer to it can be left out
_TEXTS = ("body", "body_html", "excerpt_html", "toc_html")


@dataclass
class Surroundings:
    """Public posts only, without their texts. The series holds the post itself, in its place; who stands there stands nowhere else."""

    previous: Post | None = None
    next: Post | None = None
    series_posts: list[Post] = field(default_factory=list)
    backlinks: list[Post] = field(default_factory=list)
    related: list[Post] = field(default_factory=list)


def surroundings(post: Post, alike: Sequence[int] = ()) -> Surroundings:
    """The surroundings of a post that has a date. `alike` are the keys of posts like it, the most alike first.

    Its own credits are read with those of the others, where they are not read yet.
    """
    found = list(_candidates(post, alike))
    prefetch_related_objects([post, *found], credits_of_posts())
    place = (post.published, post.pk)
    earlier = [other for other in found if (other.published, other.pk) < place]
    later = [other for other in found if (other.published, other.pk) > place]
    series = [other for other in found if post.series_id and other.series_id == post.series_id]
    rest = {other.pk: other for other in found if other not in series}
    refers = {key for key, other in rest.items() if other.refers}  # type: ignore[attr-defined]
    return Surroundings(
        previous=earlier[-1] if earlier else None,
        next=later[0] if later else None,
        series_posts=_in_series_order([post, *series]) if series else [],
        backlinks=[rest[key] for key in reversed(rest) if key in refers],
        related=[rest[key] for key in alike if key in rest and key not in refers][:RELATED],
    )


def _in_series_order(posts: list[Post]) -> list[Post]:
    """As `PostQuerySet.in_series` orders them: those with a place first, then by date."""
    return sorted(
        posts, key=lambda post: (post.series_position is None, post.series_position or 0, post.published, post.pk)
    )


def _candidates(post: Post, alike: Sequence[int]) -> QuerySet[Post]:
    """Every post that has a part here, oldest first; `refers` says whether it links to `post`.

    The nearest neighbours in time are among them, so whatever else is found, the closest on either side are previous and next.
    """
    public: PostQuerySet = Post.objects.published()
    assert post.published is not None
    place = (post.published, post.pk)
    referring = Reference.objects.filter(target=post.address, post__is_draft=False, post__published__lte=timezone.now())
    wanted = (
        Q(pk__in=public.before(*place).newest_first().values("pk")[:1])
        | Q(pk__in=public.after(*place).oldest_first().values("pk")[:1])
        | Q(pk__in=list(alike))
        | Q(pk__in=referring.order_by("-post").values("post")[:BACKLINKS])
    )
    if post.series_id:
        same = public.filter(series=post.series_id)
        wanted |= Q(pk__in=same.before(*place).newest_first().values("pk")[:SERIES_AROUND])
        wanted |= Q(pk__in=same.after(*place).oldest_first().values("pk")[:SERIES_AROUND])
    return (
        public.filter(wanted)
        .exclude(pk=post.pk)
        .annotate(refers=Exists(referring.filter(post=OuterRef("pk"))))
        .defer(*_TEXTS)
        .oldest_first()
    )
