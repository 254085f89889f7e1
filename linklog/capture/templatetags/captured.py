"""What the panel of a captured page needs: the Markdown that its buttons put into the text, and moments of a video. No queries."""

import datetime as dt

from django import template

from linklog.capture import transcripts
from linklog.capture.related import markdown_link
from linklog.posts.models import Post

register = template.Library()


@register.filter
def as_markdown(post: Post) -> str:
    """A link to the post in Markdown."""
    return markdown_link(post.display_title, post.get_absolute_url())


@register.filter
def clock(second: int) -> str:
    """1:01, or 1:00:01 after an hour."""
    minutes, seconds = divmod(int(second), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def as_date(text: str) -> dt.date | None:
    """An ISO 8601 date."""
    return dt.date.fromisoformat(text) if text else None


@register.simple_tag
def quoted_moment(url: str, second: int, words: str) -> str:
    """What was said in a video as a quote in Markdown, with the link to its moment."""
    source = markdown_link(clock(second), transcripts.moment(url, second)) if second else ""
    return f"\n\n> {words} {source}".rstrip() + "\n\n"
