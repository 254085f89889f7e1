"""A description for the page of a tag, from what the public posts that carry it say."""

from linklog.assist import untrusted
from linklog.assist.client import Task
from linklog.core import html
from linklog.posts.models import Post, Tag

MAX_DESCRIPTION = 400  # characters
POSTS = 40  # the newest
WORDS_OF_A_POST = 200  # characters


def values(tag: Tag) -> dict[str, str]:
    """What is sent: nothing that is not public."""
    posts = Post.objects.published().tagged(tag.slug).newest_first()[:POSTS]
    lines = [
        f"{post.display_title}: {untrusted.shortened(html.to_text(post.body_html), WORDS_OF_A_POST)}" for post in posts
    ]
    return {"tag": tag.name, "posts": "\n".join(lines)}


def parsed(answer: str) -> str:
    if not (text := untrusted.one_line(answer, MAX_DESCRIPTION)):
        raise ValueError("no words")
    return text


TAG_DESCRIPTION = Task("tag-description", {"tag": 200, "posts": 12_000}, 250, parsed)
