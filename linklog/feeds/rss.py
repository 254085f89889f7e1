"""RSS 2.0 with the content, Dublin Core and Atom modules: https://www.rssboard.org/rss-profile"""

from collections.abc import Sequence
from html import escape

from linklog import __version__
from linklog.core.xml import strip_illegal
from linklog.feeds import xml
from linklog.feeds.channel import Channel, author_of, each, stamp_822, title_of
from linklog.posts.feed_html import feed_html
from linklog.posts.models import Post

CONTENT_TYPE = "application/rss+xml"
_MODULES: dict[str | None, str] = {"atom": xml.ATOM, "content": xml.CONTENT, "dc": xml.DC}


def write(channel: Channel, posts: Sequence[Post]) -> bytes:
    rss = xml.root("rss", _MODULES, version="2.0")
    head = xml.add(rss, "channel")
    xml.add(head, "title", channel.title)
    xml.add(head, "link", channel.page_url)
    xml.add(head, "description", channel.subtitle or channel.title)
    xml.add(head, "language", channel.language)
    xml.add(head, "lastBuildDate", stamp_822(channel.updated))
    xml.add(head, "generator", f"Linklog {__version__}")
    for rel, url in (("self", channel.self_url), ("first", channel.first_url), ("next", channel.next_url)):
        if url:
            xml.add(head, f"{{{xml.ATOM}}}link", rel=rel, type=CONTENT_TYPE, href=url)
    if channel.logo_url:
        image = xml.add(head, "image")
        xml.add(image, "url", channel.logo_url)
        xml.add(image, "title", channel.title)
        xml.add(image, "link", channel.page_url)
    for item in each(posts, lambda post: _item(post, channel)):
        head.append(item)
    return xml.document(rss)


def _item(post: Post, channel: Channel) -> xml.Element:
    item = xml.root("item", _MODULES)
    xml.add(item, "title", title_of(post))
    xml.add(item, "link", post.absolute_url)
    xml.add(item, "guid", strip_illegal(post.feed_id).strip() or post.code, isPermaLink="false")
    xml.add(item, "pubDate", stamp_822(post.published))
    xml.add(item, f"{{{xml.DC}}}creator", author_of(post, channel))
    for tag in post.tag_list:
        xml.add(item, "category", tag.slug)
    xml.add(item, "description", escape(post.description, quote=False))
    xml.add(item, f"{{{xml.CONTENT}}}encoded", feed_html(post))
    return item
