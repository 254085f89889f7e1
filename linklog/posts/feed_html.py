"""A post as feed readers and letters get it: everything its page says of it, in HTML that stands alone."""

from django.template.loader import render_to_string

from linklog.core import html
from linklog.core.xml import strip_illegal
from linklog.posts.models import Post


def feed_html(post: Post) -> str:
    """The kind's `feed.html` with every URL absolute and every element closed. Load the post `with_parts()`: no query is made here."""
    rendered = render_to_string(f"posts/kinds/{post.kind}/feed.html", {"post": post})
    return html.absolutise(strip_illegal(rendered), post.absolute_url).strip()
