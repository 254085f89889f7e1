"""RSS feeds, from the file to the post."""

import pytest

from linklog.importers.tests.feeds import HOME, counts, imported, rss
from linklog.pages.models import Redirect
from linklog.posts.models import Post

pytestmark = pytest.mark.django_db

DATE = "<pubDate>Sun, 22 Dec 2024 10:00:00 GMT</pubDate>"


def only() -> Post:
    return Post.objects.with_parts().get()


def test_an_item_comes_through_with_full_text_tags_and_a_redirect() -> None:
    item = (
        f"<item><title>Salt &amp;amp; rope</title><link>{HOME}/archives/salt-and-rope.html</link><guid isPermaLink='false'>7</guid>{DATE}"
        "<category>Node.js</category><category><![CDATA[C++]]></category><category>node.js</category><description>Short</description>"
        "<content:encoded><![CDATA[<p>All of <a href='/x'>it</a>&nbsp;here.</p>]]></content:encoded></item>"
    )
    assert counts(imported(rss(item))) == (1, 0, 0, 0)
    post = only()
    assert (post.kind, post.title, post.slug, post.feed_id) == ("entry", "Salt & rope", "salt-and-rope", "7")
    assert post.body_html == f'<p>All of <a href="{HOME}/x">it</a>&nbsp;here.</p>'
    assert [(tag.slug, tag.name) for tag in post.tag_list] == [("node-js", "Node.js"), ("c-plus-plus", "C++")]
    assert Redirect.objects.get().old_path == "/archives/salt-and-rope.html"


def test_plain_descriptions_and_short_ones_without_a_title_are_notes() -> None:
    imported(
        rss(
            f"<item><description>Low water at six.\n\nSalt &lt; rope.</description><guid>{HOME}/n/1</guid>{DATE}</item>"
        )
    )
    post = only()
    assert (post.kind, post.title, post.body_html) == ("note", "", "<p>Low water at six.</p>\n<p>Salt &lt; rope.</p>")


def test_a_link_elsewhere_with_a_guid_at_home_is_a_blogmark() -> None:
    item = f"<item><title>Brass</title><link>https://clocks.example/</link><guid>{HOME}/2024/Dec/22/brass/</guid>{DATE}</item>"
    imported(rss(item))
    post = only()
    assert (post.kind, post.link_url, post.get_absolute_url()) == (
        "blogmark",
        "https://clocks.example/",
        "/2024/Dec/22/brass/",
    )
    assert not Redirect.objects.exists()


def test_dates_of_dublin_core_and_sources_are_read() -> None:
    item = (
        "<item><title>Brass</title><dc:date>2024-12-22T10:00:00Z</dc:date><dc:subject>tides</dc:subject>"
        "<source url='https://f.example/feed'>A friend</source><description>They tick.</description></item>"
    )
    imported(rss(item))
    post = only()
    assert post.published.isoformat() == "2024-12-22T10:00:00+00:00"
    assert (post.via_url, post.via_title, post.tag_list[0].slug) == ("https://f.example/feed", "A friend", "tides")


def test_items_of_rss_1_are_read() -> None:
    feed = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="{HOME}/"><title>H</title><link>{HOME}/</link></channel>'
        f'<item rdf:about="{HOME}/a"><title>A tide</title><link>{HOME}/a-tide</link><dc:date>2004-05-08</dc:date>'
        "<description>x</description></item></rdf:RDF>"
    )
    assert counts(imported(feed)) == (1, 0, 0, 0)
    assert only().feed_id == f"{HOME}/a"


def test_an_item_without_id_and_address_is_still_found_again() -> None:
    feed = rss(f"<item><title>Brass</title><description>They tick.</description>{DATE}</item>")
    assert counts(imported(feed)) == (1, 0, 0, 0)
    assert counts(imported(feed)) == (0, 0, 1, 0)


def test_titles_of_media_are_not_the_items() -> None:
    item = f'<item xmlns:media="http://m.example/"><media:title>Photo</media:title><title>Quay</title><link>{HOME}/q</link>{DATE}</item>'
    imported(rss(item))
    assert only().title == "Quay"
