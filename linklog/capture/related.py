"""Earlier posts that are nearest to a linked page in words and tags, each with the Markdown that links to it."""

import re
from collections.abc import Collection

from linklog.capture.page import Page
from linklog.posts.models import Post
from linklog.posts.querysets import credits_of_posts
from linklog.search.related import like_text

SHOWN = 5
LEAST = 0.35  # of the score of the nearest: what is further away is not near
_SIGNS = re.compile(r"([\\\[\]*_`<>])")


def related(page: Page, leave_out: Collection[int]) -> list[Post]:
    """The nearest first. Those of `leave_out` are named elsewhere."""
    words = f"{page.description}\n{page.text}"
    found = like_text(words, SHOWN, title=page.title, tags=page.keywords, leave_out=leave_out)
    near = [key for key, score in found if score >= LEAST * found[0][1]]
    posts = {
        post.pk: post for post in Post.objects.published().filter(pk__in=near).prefetch_related(credits_of_posts())
    }
    return [posts[key] for key in near if key in posts]


def markdown_link(title: str, url: str) -> str:
    """A Markdown link with `title` as its words, whatever signs it holds."""
    words = _SIGNS.sub(r"\\\1", title)
    return f"[{words}]({url})"
