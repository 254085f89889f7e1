"""Atom: RFC 4287, in pages as RFC 5005 section 3 has them."""

from collections.abc import Sequence

from linklog import __version__
from linklog.feeds import xml
from linklog.feeds.channel import Channel, author_of, each, entry_id, language_of, line, stamp, title_of, web_url
from linklog.posts.feed_html import feed_html
from linklog.posts.models import Post

CONTENT_TYPE = "application/atom+xml"


def write(channel: Channel, posts: Sequence[Post]) -> bytes:
    feed = xml.root("feed", {None: xml.ATOM}, lang=channel.language)
    xml.add(feed, "title", channel.title)
    if channel.subtitle:
        xml.add(feed, "subtitle", channel.subtitle)
    xml.add(feed, "id", channel.id)
    xml.add(feed, "updated", stamp(channel.updated))
    xml.add(feed, "link", rel="alternate", type="text/html", href=channel.page_url)
    for rel, url in (("self", channel.self_url), ("first", channel.first_url), ("next", channel.next_url)):
        if url:
            xml.add(feed, "link", rel=rel, type=CONTENT_TYPE, href=url)
    author = xml.add(feed, "author")
    xml.add(author, "name", channel.author)
    xml.add(author, "uri", channel.site_url)
    xml.add(feed, "generator", "Linklog", version=__version__)
    if channel.logo_url:
        xml.add(feed, "logo", channel.logo_url)
    for entry in each(posts, lambda post: _entry(post, channel)):
        feed.append(entry)
    return xml.document(feed)


def _entry(post: Post, channel: Channel) -> xml.Element:
    entry = xml.root("entry", {None: xml.ATOM}, lang=language_of(post, channel))
    xml.add(entry, "title", title_of(post))
    xml.add(entry, "id", entry_id(post))
    xml.add(entry, "published", stamp(post.published))
    xml.add(entry, "updated", stamp(post.updated))
    _add_links(entry, post)
    author = xml.add(entry, "author")
    xml.add(author, "name", author_of(post, channel))
    for person in post.credited:
        if not line(person.name):
            continue
        contributor = xml.add(entry, "contributor")
        xml.add(contributor, "name", line(person.name))
        if url := web_url(person.url):
            xml.add(contributor, "uri", url)
    for tag in post.tag_list:
        xml.add(entry, "category", term=tag.slug, label=tag.name)
    xml.add(entry, "content", feed_html(post), type="html")
    return entry


def _add_links(entry: xml.Element, post: Post) -> None:
    """Exactly one alternate: the permalink. The page linked is `related`, where it was found is `via`."""
    xml.add(entry, "link", rel="alternate", type="text/html", href=post.absolute_url)
    if url := web_url(post.link_url):
        xml.add(entry, "link", rel="related", href=url)
    if url := web_url(post.via_url):
        xml.add(entry, "link", rel="via", href=url, title=post.via_title)
