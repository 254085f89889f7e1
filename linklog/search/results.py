"""From keys to posts: what an outcome's page shows."""

from collections.abc import Sequence

from linklog.posts.models import Post
from linklog.posts.querysets import PostQuerySet
from linklog.search.engine import Outcome


def posts_of(outcome: Outcome) -> list[Post]:
    """The posts of this page of results, in order. One that is public no more is left out, whatever memory says."""
    return _in_order(Post.objects.all() if outcome.is_for_author else Post.objects.published(), outcome.keys)


def similar_to(outcome: Outcome) -> list[Post]:
    """Public posts that were not found and are like what was asked for, where little was found and a model is in use."""
    return _in_order(Post.objects.published(), outcome.similar)


def _in_order(posts: PostQuerySet, keys: Sequence[int]) -> list[Post]:
    shown = posts.filter(pk__in=keys).with_parts().defer("body", "toc_html")
    found = {post.pk: post for post in shown} if keys else {}
    return [found[key] for key in keys if key in found]
