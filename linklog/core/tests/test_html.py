"""The sanitiser, and what reads and changes HTML after it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from linklog.core import html
from linklog.core.tests.hostile import PAYLOADS, is_safe, troubles
from linklog.core.xml import strip_illegal

WRAPPINGS = ["{}", "<p>{}</p>", "<p title='{}'>y</p>", "<table><tr><td>{}", "<pre>\n\n{}</pre>", "<details><summary>{}"]
FRAGMENTS = st.lists(
    st.one_of(
        st.sampled_from(PAYLOADS),
        st.sampled_from(["<pre>\n", "<pre>\n\n", "</pre>", "<p>", "</p>", "<b>", "</i>", "<table>", "<td>", "&#13;", "\r", "\r\n"]),
        st.sampled_from(["&#11;", "&#x1;", "&amp;#11;", "\ufffe", "<a href='", "'>", '">', "<!--", "-->", "]]>", "<ul><li>", "</ul>"]),
        st.text(max_size=12),
    ),
    max_size=8,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("clean", [html.clean_author, html.clean_untrusted])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_runs_survives(clean, payload: str) -> None:
    for wrapping in WRAPPINGS:
        assert troubles(clean(wrapping.replace("{}", payload))) == []


@pytest.mark.parametrize("clean", [html.clean_author, html.clean_untrusted])
def test_nothing_survives_by_neighbours(clean) -> None:
    assert troubles(clean("".join(PAYLOADS))) == []
    assert troubles(clean("".join(reversed(PAYLOADS)))) == []


@given(FRAGMENTS)
@example("<pre>\n\n\nx</pre>")
@example("a&#13;b")
@example('<a href="java&#11;script:x()">y</a>')
@settings(max_examples=150, deadline=None)
def test_cleaning_again_changes_nothing(source: str) -> None:
    for clean in (html.clean_author, html.clean_untrusted):
        cleaned = clean(source)
        assert clean(cleaned) == cleaned
        assert strip_illegal(cleaned) == cleaned
        assert troubles(cleaned) == []


@given(FRAGMENTS)
@settings(max_examples=100, deadline=None)
def test_making_urls_absolute_keeps_html_clean(source: str) -> None:
    for base in ("https://blog.example/2024/Dec/22/x/", "javascript:x()//", "data:text/html,", ""):
        assert troubles(html.clean_untrusted(source, base)) == []
    absolute = html.absolutise(html.clean_author(source), "https://blog.example/a/")
    assert html.absolutise(absolute, "https://other.example/") == absolute


def test_the_judge_sees_what_it_must() -> None:
    for dangerous in (
        "<svg>",
        "<p onclick=x>",
        "<a href=' java\nscript:x'>",
        "<img srcset='a 1x, data:x 2x'>",
        "<p style=x>",
    ):
        assert troubles(dangerous), dangerous
    assert is_safe("/2024/")
    assert is_safe("https://a.example/javascript:x")
    assert not is_safe("\x01javascript:x")


@pytest.mark.parametrize("tag", ["svg", "math", "style", "script", "form", "noscript", "template", "title"])
def test_elements_that_confuse_parsers_stay_off_the_lists(tag: str) -> None:
    """nh3's known holes need one of them: https://rustsec.org/advisories/RUSTSEC-2021-0157.html and those that follow it."""
    assert tag not in html._AUTHOR_TAGS | html._TEXT_TAGS


def test_the_author_may_frame_by_https_only() -> None:
    frame = '<iframe src="https://player.example/1" allowfullscreen=""></iframe>'
    assert html.clean_author(frame) == frame
    assert "src" not in html.clean_author('<iframe src="http://player.example/1"></iframe>')
    assert "iframe" not in html.clean_untrusted(frame)


def test_every_element_is_closed() -> None:
    assert html.clean_author("<div><p>a<b>b<i>c</b>d") == "<div><p>a<b>b<i>c</i></b><i>d</i></p></div>"
    assert html.clean_author("</p></div>a") == "<p></p>a"


def test_lines_of_code_are_not_eaten_by_repetition() -> None:
    once = html.clean_author("<pre>\n\nfirst</pre>")
    assert html.absolutise(html.clean_author(html.clean_author(once)), "https://a.example/") == once


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ('<a href="b">', '<a href="https://x.example/a/b">'),
        ('<a href="/b">', '<a href="https://x.example/b">'),
        ('<a href="#fn-1">', '<a href="https://x.example/a/#fn-1">'),
        ('<a href="?q">', '<a href="https://x.example/a/?q">'),
        ('<a href="//y.example/z">', '<a href="https://y.example/z">'),
        ('<a href="mailto:a@b.example">', '<a href="mailto:a@b.example">'),
        ('<a href=" https://y.example/ ">', '<a href="https://y.example/">'),
        ('<img src="b.png">', '<img src="https://x.example/a/b.png">'),
        ('<img srcset="b.png 1x, /c.png 2x">', '<img srcset="https://x.example/a/b.png 1x, https://x.example/c.png 2x">'),
        ('<img srcset="/w_1,h_2/b.png 1x, c.png 2x">', '<img srcset="https://x.example/w_1,h_2/b.png 1x, https://x.example/a/c.png 2x">'),
        ('<img srcset="b.png">', '<img srcset="https://x.example/a/b.png">'),
        ('<img srcset="b.png, c.png 640w">', '<img srcset="https://x.example/a/b.png, https://x.example/a/c.png 640w">'),
        ('<video poster="p.png" src="v.mp4">', '<video poster="https://x.example/a/p.png" src="https://x.example/a/v.mp4">'),
        ('<blockquote cite="/q">', '<blockquote cite="https://x.example/q">'),
        ('<a href="http://[::1">', '<a href="http://[::1">'),
    ],
)  # fmt: skip
def test_every_relative_url_becomes_absolute(source: str, result: str) -> None:
    assert html.absolutise(source, "https://x.example/a/").startswith(result)


def test_text_that_looks_like_an_attribute_stays() -> None:
    text = '<p>Write href="/b" and src=\'c\' and &lt;a href="/b"&gt; or id="x" in it.</p>'
    assert html.absolutise(text, "https://x.example/") == text
    assert html.first_paragraphs(text) == text


def test_an_excerpt_has_no_ids_and_ends_at_the_first_heading() -> None:
    long = (
        "<p id='a'>One <b id='b'>two</b></p><nav><p>contents</p></nav><ul><li id=c>three</li></ul><h2>no</h2><p>no</p>"
    )
    assert html.first_paragraphs(long) == "<p>One <b>two</b></p>\n<ul><li>three</li></ul>"
    assert html.first_paragraphs("<h2>a</h2><p>b</p>") == ""
    assert html.first_paragraphs("<p>a</p><p>b</p>", characters=1) == "<p>a</p>"


def test_the_inside_of_an_element_survives_signs_in_its_attributes() -> None:
    node = html.parse('<p title="a > b </ c">x <b>y</b></p>').css_first("p")
    assert node is not None
    assert html.inner_html(node) == "x <b>y</b>"


def test_plain_text_keeps_its_paragraphs_lines_and_signs() -> None:
    assert html.text_to_html("a <b> & c\nd\n\n\n e \n\n") == "<p>a &lt;b&gt; &amp; c<br>d</p>\n<p>e</p>"
    assert html.text_to_html("") == ""


def test_text_of_html_is_what_a_person_reads() -> None:
    assert html.to_text("<p>a <b>b</b>c</p><p>d<br>e</p><ul><li>f</li><li>g &amp; h</li></ul>") == "a bc d e f g & h"
    assert (
        html.to_text(
            "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>d<ul><li>e<ol><li>f</li></ol></li></ul>"
        )
        == "a b c d e f"
    )
    assert html.to_text("<p>a<br>b</p><hr>c<h2>d</h2>e<pre>f\ng</pre>h<em>i</em>") == "a b c d e f g hi"
    assert html.to_text("") == ""
    assert (
        html.to_text('<p>a <video src="/v.mp4"><a href="/v.mp4">/v.mp4</a></video> <a href="/v.mp4">/v.mp4</a></p>')
        == "a /v.mp4"
    )
    assert html.to_text('<p><audio src="/s.mp3"><a href="/s.mp3">A bell</a></audio></p>') == "A bell"


def test_deep_nesting_does_not_break_a_parser() -> None:
    deep = html.clean_author("<div><b>" * 3_000)
    assert html.to_text(html.absolutise(deep, "https://a.example/")) == ""


def test_links_are_read_in_order() -> None:
    source = "<a href='/a'><img src='/i.png'></a><a>x</a><a href='https://b.example'>y</a><img src='/j.png'>"
    assert html.links(source) == ["/a", "https://b.example"]


def test_html_that_nobody_nests_so_deeply_keeps_its_words_and_loses_its_elements() -> None:
    """HTML5 parsers take quadratic time there, so the elements go before one sees them."""
    deep = "<div>" * (html.MAX_DEPTH + 1) + "low &amp; water" + "<script>x()</script>"
    cleaned = html.clean_untrusted(deep)
    assert "low" in cleaned
    assert "<div" not in cleaned
    assert "<script" not in cleaned
    assert "<div" in html.clean_untrusted("<div>" * 100 + "words")


@pytest.mark.parametrize(
    "alt",
    [
        "", "  ", "…", "tide-clock.jpg", "tide-clock", "Tide clock.JPEG", "IMG_2034", "IMG_2034.HEIC", "DSC00012", "PXL_20260301_101112",
        "Screenshot", "Screenshot 2026-03-01 at 10.11.12", "screen shot", "image", "An image", "Photo 3", "untitled",
    ],
)  # fmt: skip
def test_an_image_that_nobody_described_is_told(alt: str) -> None:
    page = f'<p>x</p><img src="/media/2026/{"Tide%20clock.JPEG" if " clock" in alt else "tide-clock.jpg"}" alt="{alt}">'
    assert len(html.images_without_alt(page)) == 1


@pytest.mark.parametrize(
    "alt",
    [
        "A brass clock with one hand",
        "Screenshot of the tide table, low water marked",
        "P",
        "Image of a clock",
        "時計",
        "42",
    ],
)
def test_an_image_that_was_described_is_not_told(alt: str) -> None:
    assert html.images_without_alt(f'<img src="/media/2026/a.jpg" alt="{alt}">') == []


def test_an_image_without_any_alt_is_told_by_its_address() -> None:
    assert html.images_without_alt('<img src="/media/a.jpg"><img alt="x y" src="b">') == ["/media/a.jpg"]


def test_a_long_alt_text_takes_no_longer_than_reading_it() -> None:
    assert html.images_without_alt(f'<img src="a" alt="screenshot{"_" * 100_000}x">') == []
