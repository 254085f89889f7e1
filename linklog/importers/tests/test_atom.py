"""Atom feeds, from the file to the post."""

import pytest

from linklog.importers.tests.feeds import HOME, atom, atom_entry, counts, imported
from linklog.pages.models import Redirect
from linklog.posts.models import Post
from linklog.posts.models.post import MONTHS

pytestmark = pytest.mark.django_db

BOLD = '<p><strong><a href="https://clocks.example/brass">Brass clocks</a></strong></p>\n'


def only() -> Post:
    return Post.objects.with_parts().get()


def test_a_blogmark_comes_through_with_address_stamps_tags_and_via() -> None:
    html = (
        f'{BOLD}They tick.</p>\n<p>Slowly.\n <p><small></small>Via <a href="https://f.example/">@f</a></small></p>\n'
        '<p>Tags: <a href="/b">b</a></p>'
    )
    assert counts(imported(atom(atom_entry(html, "Brass\n  clocks", tags=("tides", "b-c"))))) == (1, 0, 0, 0)
    post = only()
    assert (post.kind, post.title, post.get_absolute_url()) == ("blogmark", "Brass clocks", "/2024/Dec/22/low-water/")
    assert post.body_html == "<p>They tick.</p>\n<p>Slowly.\n </p>"
    assert [tag.slug for tag in post.tag_list] == ["tides", "b-c"]
    assert (post.via_url, post.via_title, post.is_draft) == ("https://f.example/", "@f", False)
    assert post.published == post.updated == post.created
    assert post.feed_id == f"{HOME}/2024/Dec/22/low-water/#atom-everything"
    assert post.import_ref == f"{HOME}/2024/Dec/22/low-water/"
    assert post.language == ""


def test_relative_addresses_are_resolved_against_the_entry_and_scripts_go() -> None:
    html = (
        '<p onclick="x()"><img src="boat.png" srcset="boat2.png 2x"> <a href="../tide/">t</a><script>x()</script></p>'
    )
    imported(atom(atom_entry(html)))
    base = f"{HOME}/2024/Dec/22"
    assert only().body_html == (
        f'<p><img src="{base}/low-water/boat.png" srcset="{base}/low-water/boat2.png 2x"> <a href="{base}/tide/">t</a></p>'
    )


def test_xml_base_wins_over_the_entry() -> None:
    entry = atom_entry('<p><a href="tide">t</a></p>').replace("<entry>", '<entry xml:base="https://base.example/a/">')
    imported(atom(entry))
    assert 'href="https://base.example/a/tide"' in only().body_html


def test_xhtml_text_and_summaries_are_read() -> None:
    xhtml = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One &lt;b&gt; <em>two</em><br/>three</p></div></content>'
    text = '<content type="text">One &lt;b&gt;\n\ntwo</content>'
    imported(
        atom(
            atom_entry("short", path="/2024/Dec/1/a/", more=xhtml),
            atom_entry("short", path="/2024/Dec/2/b/", more=text),
        )
    )
    first, second = Post.objects.oldest_first().order_by("slug")
    assert first.body_html == "<p>One &lt;b&gt; <em>two</em><br>three</p>"
    assert second.body_html == "<p>One &lt;b&gt;</p>\n<p>two</p>"


@pytest.mark.parametrize(
    ("kind", "title"), [('type="html"', "A &amp;lt;b&amp;gt; &lt;em&gt;tide&lt;/em&gt;"), ("", "A &lt;b&gt; tide")]
)
def test_titles_are_text_in_the_end(kind: str, title: str) -> None:
    entry = atom_entry("<p>x</p>").replace("<title>Low water</title>", f"<title {kind}>{title}</title>")
    imported(atom(entry))
    assert only().title == "A <b> tide"


def test_a_link_blog_whose_alternate_is_the_page_linked_comes_through() -> None:
    entry = (
        '<entry><title>Brass clocks</title><link rel="alternate" type="text/html" href="https://clocks.example/brass"/>'
        f'<link rel="related" type="text/html" href="{HOME}/linked/2024/12/22/brass"/><id>tag:harbour.example,2024:/linked/1</id>'
        '<published>2024-12-22T10:00:00Z</published><content type="html">&lt;p&gt;They tick.&lt;/p&gt;&lt;div&gt;'
        f'&lt;a href="{HOME}/linked/2024/12/22/brass"&gt;&amp;nbsp;★&amp;nbsp;&lt;/a&gt;&lt;/div&gt;</content></entry>'
    )
    imported(atom(entry))
    post = only()
    assert (post.kind, post.link_url, post.body, post.slug) == (
        "blogmark",
        "https://clocks.example/brass",
        "<p>They tick.</p>",
        "brass",
    )
    redirect = Redirect.objects.get()
    assert (redirect.old_path, redirect.target) == ("/linked/2024/12/22/brass", "/2024/Dec/22/brass/")


def test_links_of_the_entry_give_via_and_the_page_linked() -> None:
    more = '<link rel="related" href="https://clocks.example/a b"/><link rel="via" href="https://f.example/" title="A  friend"/>'
    imported(atom(atom_entry("<p>They tick.</p>", more=more)))
    post = only()
    assert (post.kind, post.link_url) == ("blogmark", "https://clocks.example/a%20b")
    assert (post.via_url, post.via_title) == ("https://f.example/", "A friend")


def test_what_is_lacking_is_mended() -> None:
    bare = f'<entry><title/><id>urn:x:1</id><updated>2024-12-22T10:00:00Z</updated><content type="html">{"tide " * 200}</content></entry>'
    old = '<entry><title>Old</title><link href="https://harbour.example/2003/05/01/old.html"/><summary>From the path.</summary></entry>'
    undated = "<entry><title>Undated</title><id>urn:x:2</id><summary>No date</summary></entry>"
    empty = "<entry><id>urn:x:3</id><updated>2024-12-22T10:00:00Z</updated></entry>"
    scripted = atom_entry('<p><strong><a href="javascript:x()">Brass</a></strong></p><p>They tick.</p>', "Brass")
    summary = imported(atom(bare, old, undated, empty, scripted))
    assert counts(summary) == (3, 0, 0, 2)
    assert [(one["item"][:2], "date" in one["reason"]) for one in summary["skipped"]] == [("3:", True), ("4:", False)]
    posts = {post.feed_id: post for post in Post.objects.all()}
    assert posts["urn:x:1"].title == "tide " * 9 + "tide…"
    old_post = posts["https://harbour.example/2003/05/01/old.html"]
    assert old_post.published.date().isoformat() == "2003-05-01"
    assert {post.kind for post in posts.values()} == {"entry"}


def test_updated_is_never_before_published() -> None:
    entry = atom_entry("<p>x</p>").replace("<updated>2024", "<updated>2023")
    imported(atom(entry))
    assert only().updated == only().published


def test_a_feed_in_another_language_says_so_on_each_post() -> None:
    imported(atom(atom_entry("<p>Niedrigwasser</p>")).replace('xml:lang="en-us"', 'xml:lang="de-at"'))
    assert only().language == "de-at"


def test_the_day_in_the_address_wins_over_the_date() -> None:
    imported(atom(atom_entry("<p>x</p>", path="/2024/Dec/21/late/", published="2024-12-22T00:30:00+00:00")))
    post = only()
    assert (post.day.year, MONTHS[post.day.month], post.day.day) == (2024, "Dec", 21)


def test_the_feed_of_atom_03_is_read() -> None:
    feed = (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Old</title><entry><title mode="escaped">A &amp;amp; B</title>'
        '<link rel="alternate" type="text/html" href="https://h.example/a-and-b"/><id>tag:h,1</id><issued>2004-05-08T12:00:00Z</issued>'
        "<modified>2004-05-09T12:00:00Z</modified>"
        '<content type="text/html" mode="escaped">&lt;p&gt;x&lt;/p&gt;</content></entry></feed>'
    )
    assert counts(imported(feed)) == (1, 0, 0, 0)
    assert (only().title, only().body, only().was_updated) == ("A & B", "<p>x</p>", True)
