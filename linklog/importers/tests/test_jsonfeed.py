"""JSON Feed with and without the `_linklog` extension."""

import io
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from linklog.accounts.models import User
from linklog.importers.tests.feeds import HOME, counts, imported, json_feed, json_item
from linklog.pages.models import Page, Redirect
from linklog.posts.models import Person, Post, Series, Tag
from linklog.site.models import Site

pytestmark = pytest.mark.django_db


def only() -> Post:
    return Post.objects.with_parts().get()


def plain(**over: Any) -> str:
    return json_feed(json_item(**{"_linklog": None, "title": None, "content_html": None, **over}))


def test_kinds_are_told_by_the_extension_or_by_what_there_is() -> None:
    items = [
        json_item(
            1,
            _linklog={"kind": "quotation", "credits": [{"name": "Ada Bell"}]},
            external_url="https://b.example/",
            title=None,
        ),
        json_item(
            2, _linklog=None, external_url="https://clocks.example/a b", content_html=None, content_text="They tick."
        ),
        json_item(3, _linklog=None, title=None, content_html=None, content_text="Low water."),
        json_item(4, _linklog={}, content_html="<p><b><a href='https://c.example/'>Post 4</a></b></p><p>x</p>"),
        json_item(5, _linklog={"kind": "poem"}),
        json_item(6, _linklog={"kind": "blogmark"}, external_url="https://c.example/", title=None, content_html=None),
        json_item(
            7,
            _linklog=None,
            external_url="https://c.example/",
            content_html="<blockquote>x</blockquote><p>— Ada Bell</p>",
        ),
    ]
    assert counts(imported(json_feed(*items))) == (7, 0, 0, 0)
    posts = list(Post.objects.order_by("day"))
    assert [post.kind for post in posts] == [
        "quotation",
        "blogmark",
        "note",
        "blogmark",
        "entry",
        "blogmark",
        "blogmark",
    ]
    assert posts[0].display_title == "Quoting Ada Bell"
    assert (posts[1].link_url, posts[1].body_format) == ("https://clocks.example/a%20b", "text")
    assert posts[3].body == "<p>x</p>"
    assert posts[5].title == "c.example"
    assert "Ada Bell" in posts[6].body


def test_text_is_markdown_only_where_that_is_said() -> None:
    imported(
        json_feed(
            json_item(1, content_html=None, content_text="*Low* <b>\nwater"),
            json_item(2, content_html=None, content_text="*Low*", _linklog={"kind": "note", "body_format": "markdown"}),
            json_item(3, _linklog={"kind": "note", "body": "_High_", "body_format": "markdown"}),
            json_item(4, _linklog={"kind": "note", "body": "_High_"}),
        )
    )
    bodies = [post.body_html.strip() for post in Post.objects.order_by("day")]
    assert bodies == ["<p>*Low* &lt;b&gt;<br>water</p>", "<p><em>Low</em></p>", "<p><em>High</em></p>", "<p>_High_</p>"]


def test_everything_in_the_extension_is_taken() -> None:
    own = {
        "version": 1, "kind": "blogmark", "code": "abcd2345", "slug": "a-slug", "created": "2020-01-01T00:00:00Z",
        "via": {"url": "https://f.example/", "title": "A friend"}, "credits": [{"name": "Ada Bell", "url": "https://ada.example/"}],
        "series": {"slug": "quays", "title": "On quays", "position": 2}, "body": "They *tick*.", "body_format": "markdown",
    }  # fmt: skip
    imported(
        json_feed(
            json_item(
                1, _linklog=own, external_url="https://c.example/", language="sv", image="https://i.example/x.png"
            )
        )
    )
    post = only()
    assert (post.code, post.slug, post.created.year, post.language) == ("abcd2345", "a-slug", 2020, "sv")
    assert (post.via_title, post.series.name, post.series_position) == ("A friend", "On quays", 2)
    assert (post.credited[0].url, post.card_image) == ("https://ada.example/", "https://i.example/x.png")


def test_the_extension_of_the_feed_adds_what_is_missing_and_changes_nothing() -> None:
    Tag.objects.create(name="Clocks", slug="clocks", description="My own words.")
    Site(title="My site").save()
    about = {
        "tags": [
            {"slug": "tides", "name": "Tides & time", "description": "*Salt*"},
            {"slug": "clocks", "name": "X", "description": "Y"},
        ],
        "people": [{"slug": "ada-bell", "name": "Ada Bell", "url": "https://ada.example/"}],
        "series": [{"slug": "quays", "title": "On quays", "summary": "All of them."}],
        "pages": [{"slug": "about", "title": "About", "body": "*Me*"}, {"slug": "tags", "title": "No", "body": "x"}],
        "redirects": [{"from": "/old/", "to": "/about/"}, {"from": "bad", "to": "x"}],
        "site": {"title": "Other", "tagline": "Between tides", "accent": "#7a3b00"},
    }
    feed = json_feed(json_item(1), _linklog=about)
    imported(feed, "--whole-site")
    assert Tag.objects.get(slug="tides").description_html == "<p><em>Salt</em></p>\n"
    assert (Tag.objects.get(slug="clocks").name, Tag.objects.get(slug="clocks").description) == (
        "Clocks",
        "My own words.",
    )
    assert Series.objects.get().name == "On quays"
    assert Person.objects.get().url == "https://ada.example/"
    assert [page.slug for page in Page.objects.all()] == ["about"]
    assert [redirect.old_path for redirect in Redirect.objects.all()] == ["/old/"]
    site = Site.load()
    assert (site.title, site.tagline, site.accent) == ("My site", "Between tides", "#7a3b00")
    version = site.version
    assert counts(imported(feed, "--whole-site")) == (0, 0, 1, 0)
    assert Site.load().version == version


def test_a_page_keeps_its_search_and_one_that_is_none_is_left_out() -> None:
    told = {
        "quays": "type=note&q=the++quay",
        "many": "tag=a&tag=b&tag=c&tag=d&tag=e",
        "unknown": "colour=blue",
        "none": {"q": 1},
        "long": "q=" + "\U0001f600" * 200 + "&tag=" + "\U0001f600" * 2_000,
    }
    pages = [{"slug": slug, "title": slug, "search": search} for slug, search in told.items()]
    imported(json_feed(json_item(1), _linklog={"pages": pages}), "--whole-site")
    kept = dict(Page.objects.values_list("slug", "search"))
    assert (kept["quays"], kept["many"], kept["unknown"], kept["none"]) == ("q=the+quay&type=note", "", "", "")
    assert kept["long"].count("%F0%9F%98%80") == 400


def test_authors_are_kept_by_name_and_unknown_ones_cannot_sign_in() -> None:
    owner = User.objects.create_superuser("ada", "", "tide-tables-1", name="Ada Bell")
    told = [
        json_item(number, authors=[{"name": name}] if name else [])
        for number, name in ((1, "Ada Bell"), (2, "Bo Carr"), (3, ""))
    ]
    imported(json_feed(*told, json_item(4)))
    authors = [post.author.get_full_name() if post.author else None for post in Post.objects.order_by("day")]
    assert authors == ["Ada Bell", "Bo Carr", None, "Ada Bell"]
    bo = User.objects.exclude(pk=owner.pk).get()
    assert not bo.is_active
    assert not bo.has_usable_password()
    imported(json_feed(json_item(5, authors=[{"name": "Bo Carr"}])), "--author", "ada")
    assert Post.objects.get(slug="post-5").author == owner
    assert User.objects.count() == 2


def test_html_that_came_from_elsewhere_is_cleaned() -> None:
    imported(
        json_feed(
            json_item(
                1,
                content_html="<p style='x' onclick='y()'>a<script>z()</script><iframe src='https://v.example'></iframe></p>",
            ),
            json_item(
                2,
                _linklog={"kind": "note", "body_format": "html", "body": "<p onclick='y()'>b<script>z()</script></p>"},
            ),
        )
    )
    assert [post.body_html for post in Post.objects.order_by("day")] == ["<p>a</p>", "<p>b</p>"]


@pytest.mark.parametrize(
    "over",
    [
        {"id": 17}, {"id": 1.5}, {"id": None}, {"id": "x" * 5000}, {"id": None, "url": None}, {"title": ["x"]}, {"tags": "tides"},
        {"tags": [1, None, {"a": 1}, "ok", ""]}, {"_linklog": []}, {"_linklog": {"via": "https://f.example/"}},
        {"_linklog": {"via": [1], "credits": {"name": 1}, "series": 4, "slug": 9, "code": [], "body": 4, "draft": "yes"}},
        {"_linklog": {"series": {"slug": "a b/c", "position": 10**30}}}, {"_linklog": {"series": {"position": "2"}}},
        {"_linklog": {"credits": [{"name": "x" * 900}, {"name": ""}, {}]}}, {"content_html": {"a": 1}, "content_text": 5},
        {"external_url": "javascript:alert(1)"}, {"external_url": "http://[broken"}, {"url": "http://[broken", "id": None},
        {"date_modified": "1999-01-01T00:00:00Z"}, {"image": 4}, {"language": "x" * 99}, {"authors": [{"name": 4}, 5]},
        {"tags": ["x" * 900, "日本語", "C++", "!!!", "🌊"]}, {"url": f"https://h.example/2024/Dec/1/{'y' * 900}/"},
        {"title": "\ud800 \x00 \x0b bad", "tags": ["\x00"], "content_html": "\x00\ufffe<p>\ud800</p>"},
        {"_linklog": {"slug": "a/b\x00?#", "kind": "note", "code": "../../x", "body": "\x00x", "context": "\ud800"}},
        {"_linklog": {"kind": "quotation"}, "content_html": ""}, {"_linklog": {"kind": "blogmark"}},
        {"content_html": "<p></p>", "title": " "},
    ],
    ids=lambda over: json.dumps(over)[:40],
)  # fmt: skip
def test_odd_members_are_mended_and_found_again(over: dict[str, Any]) -> None:
    feed = json_feed(json_item(1, **over), json_item(2))
    summary = imported(feed)
    assert summary["new"] + len(summary["skipped"]) == 2
    assert "cannot" not in json.dumps(summary["skipped"])
    assert counts(imported(feed)) == (0, 0, summary["new"], len(summary["skipped"]))
    for post in Post.objects.all():
        assert len(post.slug) <= 200
        assert post.absolute_url


@pytest.mark.parametrize(
    "bad", [5, "text", None, [], {"date_published": "2024-12-01T00:00:00Z"}, {"title": "Undated"}, {}]
)
def test_an_item_that_is_none_is_told_with_its_position_and_the_rest_comes(bad: Any) -> None:
    summary = imported(json_feed(json_item(1), bad, json_item(2)))
    assert counts(summary) == (2, 0, 0, 1)
    assert summary["skipped"][0]["item"].startswith("2:")


def test_an_item_that_is_none_is_no_trouble_for_the_log(caplog: pytest.LogCaptureFixture) -> None:
    assert imported(json_feed(None))["skipped"] == [{"item": "1: item", "reason": "it is not an object"}]
    assert not caplog.records


@pytest.mark.parametrize("own", [["x"], {"a": 1}, 4, True])
def test_a_kind_or_authors_of_the_wrong_type_are_passed_over(own: Any) -> None:
    User.objects.create_superuser("ada", "", "tide-tables-1", name="Ada Bell")
    feed = json_feed(
        json_item(1, _linklog={"kind": own}), json_item(2, authors=[own]), json_item(3, authors={"name": own})
    )
    assert counts(imported(feed)) == (3, 0, 0, 0)
    assert {post.author.get_full_name() for post in Post.objects.all() if post.author} == {"Ada Bell"}
    assert Post.objects.exclude(author=None).count() == 3


def test_a_file_that_breaks_off_keeps_what_was_read() -> None:
    text = json_feed(json_item(1), json_item(2), json_item(3))
    summary = imported(text[: text.index("Post 3")])
    assert counts(summary) == (2, 0, 0, 1)
    assert "breaks off" in summary["skipped"][0]["reason"]


def test_members_after_the_items_are_read_first() -> None:
    feed = json.loads(json_feed(json_item(1, tags=["node-js"])))
    feed["_linklog"] = {"tags": [{"slug": "node-js", "name": "Node.js"}]}
    imported(json.dumps(feed))
    assert [tag.name for tag in only().tag_list] == ["Node.js"]


def test_the_demo_content_comes_without_a_warning() -> None:
    path = Path(__file__).parents[2] / "demo" / "content.json"
    items = len(json.loads(path.read_text())["items"])
    assert counts(imported(path)) == (items, 0, 0, 0)
    assert counts(imported(path)) == (0, 0, items, 0)


def test_the_example_in_the_docs_comes_through() -> None:
    docs = Path(__file__).parents[3] / "docs" / "import-export.md"
    imported(docs.read_text().split("```json\n")[1].split("```")[0])
    post = only()
    assert (post.kind, post.get_absolute_url()) == ("blogmark", "/2024/Dec/22/brass/")
    assert (post.via_title, post.credited[0].name, post.body_html) == (
        "A friend",
        "Ada Bell",
        "<p>They <em>tick</em>.</p>\n",
    )


SITE = {
    "tags": [{"slug": "tides", "description": "<b>S</b> <https://t.example/> *a*"}],
    "pages": [{"slug": "about", "title": "About", "body": "*Me*"}],
    "redirects": [{"from": "/old/", "to": "https://evil.example/"}, {"from": "/older/", "to": "/about/"}],
    "site": {"extra_css": "body{display:none}", "footer": "x"},
}
FRAMED = "<p class='site-header'>x <a href='/rel'>r</a></p>"


def site_feed(url: str | None) -> str:
    own = {"kind": "note", "body_format": "html", "body": FRAMED}
    return json_feed(json_item(1, _linklog=own), home_page_url=url, _linklog=SITE)


def taken(*options: str, url: str | None) -> tuple[str, bool, int, int, str]:
    """What is said, whether the site's texts were taken, pages, redirects, the body of the post."""
    err = io.StringIO()
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(site_feed(url))
        file.flush()
        call_command("import", file.name, *options, stdout=io.StringIO(), stderr=err)
    counted = Page.objects.count(), Redirect.objects.count()
    return err.getvalue().strip(), bool(Site.load().extra_css), *counted, only().body


@pytest.mark.parametrize("url", ["https://evil.example/", None, "javascript:x"])
def test_the_looks_and_addresses_of_this_site_are_not_anothers_to_change(url: str | None) -> None:
    clean = f'<p>x <a href="{HOME}/rel">r</a></p>'
    said = "The site's own texts, 1 page and 2 redirects in the file were left out; add --whole-site to take them."
    assert taken(url=url) == (said, False, 0, 0, clean)
    assert Tag.objects.get().description == "&lt;b>S&lt;/b> <https://t.example/> *a*"


def test_an_export_of_this_site_or_one_that_is_asked_for_brings_its_pages_and_keeps_its_html(settings: Any) -> None:
    settings.LINKLOG_URL = "https://log.example"
    assert taken(url="https://www.log.example/") == ("", True, 1, 2, FRAMED)


def test_whole_site_takes_everything_from_another_address() -> None:
    assert taken("--whole-site", url="https://old.example/") == ("", True, 1, 2, FRAMED)
    assert Tag.objects.get().description.startswith("<b>")


def test_a_limit_is_of_posts_and_brings_no_pages() -> None:
    said = "The site's own texts, 1 page and 2 redirects in the file were left out; --limit takes posts only."
    assert taken("--whole-site", "--limit", "1", url="https://old.example/") == (said, False, 0, 0, FRAMED)
