"""From keys to posts: what an outcome's page shows."""

from linklog.posts.models import Post
from linklog.search.engine import Outcome


def posts_of(outcome: Outcome) -> list[Post]:
    """The posts of this page of results, in order. One that is public no more is left out, whatever memory says."""
    posts = (
        Post.objects.filter(pk__in=outcome.keys)
        if outcome.is_for_author
        else Post.objects.published().filter(pk__in=outcome.keys)
    )
    found = {post.pk: post for post in posts.with_parts()}
    return [found[key] for key in outcome.keys if key in found]
