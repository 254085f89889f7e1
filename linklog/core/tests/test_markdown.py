"""Markdown: what an author may write and what comes of it."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from linklog.core import markdown
from linklog.core.markdown import Shown, render


def html_of(source: str, **options: Any) -> str:
    return render(source, "code", **options).html


def test_commonmark() -> None:
    assert html_of("# A *b*\n\n> c\n\n1. d\n2. e\n\n`f` **g** <https://h.example>\\\ni") == (
        '<h1 id="a-b">A <em>b</em></h1>\n<blockquote>\n<p>c</p>\n</blockquote>\n<ol>\n<li>d</li>\n<li>e</li>\n</ol>\n'
        '<p><code>f</code> <strong>g</strong> <a href="https://h.example">https://h.example</a><br />\ni</p>\n'
    )


def test_a_table_can_be_scrolled_by_itself() -> None:
    assert html_of("| a |\n|---|\n| b |").startswith('<div class="table-wrap" tabindex="0"><table>')
    assert html_of("| a |\n|---|\n| b |").endswith("</table></div>\n")


def test_footnotes_of_two_posts_have_different_ids() -> None:
    source = "a[^1] and b[^1] and ^[inline]\n\n[^1]: note"
    one, other = render(source, "one").html, render(source, "two").html
    ids = [{part.split('"')[0] for part in html.split(' id="')[1:]} for html in (one, other)]
    assert len(ids[0]) == len(ids[1]) >= 4
    assert not ids[0] & ids[1]
    for html, names in zip((one, other), ids, strict=True):
        assert {part.split('"')[0] for part in html.split('href="#')[1:]} <= names


def test_code_is_coloured_by_its_language() -> None:
    html = html_of("```python\nx = 1\n```")
    assert '<code class="language-python">' in html
    assert '<span class="n">x</span>' in html


def test_code_of_an_unknown_language_is_plain_and_escaped() -> None:
    assert html_of('```<b>"x"\n<i>\n```') == (
        '<pre class="highlight" tabindex="0"><code class="language-&lt;b&gt;&quot;x&quot;">&lt;i&gt;\n</code></pre>\n'
    )
    assert "<code>&lt;i&gt;\n</code>" in html_of("```\n<i>\n```")


def test_headings_of_one_name_get_anchors_of_their_own() -> None:
    html = html_of("# a\n\n# a\n\n# a 1\n\n# a\n\n## !!!\n\n## 日本語\n\n##### deep")
    assert [part.split('"')[0] for part in html.split(' id="')[1:]] == [
        "a",
        "a-1",
        "a-1-1",
        "a-2",
        "section",
        "ribenyu",
    ]


def test_contents_come_by_themselves_from_three_headings() -> None:
    assert render("# a\n\n# b", "x").toc_html == ""
    assert render("# a\n\n## b <kbd>`<c>`</kbd>\n\n# d", "x").toc_html == (
        '<nav class="toc"><ul><li><a href="#a">a</a><ul><li><a href="#b-c">b &lt;c&gt;</a></li></ul></li>'
        '<li><a href="#d">d</a></li></ul></nav>\n'
    )


@pytest.mark.parametrize(
    "source", ["### a\n\n# b\n\n## c\n\n#### d\n\n# e", "# a\n\n### b\n\n## c", "## a\n\n# b\n\n## c"]
)
def test_contents_of_any_order_of_levels_are_well_nested(source: str) -> None:
    toc = render(source, "x").toc_html
    assert toc.count("<ul>") == toc.count("</ul>")
    assert toc.count("<li>") == toc.count("</li>") == source.count("\n\n") + 1


def test_contents_stand_where_the_author_puts_them() -> None:
    rendered = render("before\n\n[TOC]\n\n# a", "x")
    assert rendered.html.index("before") < rendered.html.index('<nav class="toc">') < rendered.html.index("<h1")
    assert rendered.toc_html == ""
    assert "<code>[TOC]" in html_of("    [TOC]\n\n# a").replace("<code>[TOC]\n", "<code>[TOC]")


@pytest.mark.parametrize(
    ("language", "result"),
    [
        ("en", "“a ‘b’ c”"),
        ("de-AT", "„a ‚b‘ c“"),
        ("sv", "”a ’b’ c”"),
        ("fr", "«\xa0a ‹\xa0b\xa0› c\xa0»"),
        ("xx", "“a ‘b’ c”"),
    ],
)
def test_quotes_are_those_of_the_language(language: str, result: str) -> None:
    assert html_of("\"a 'b' c\"", language=language) == f"<p>{result}</p>\n"


def test_code_and_attributes_keep_straight_quotes() -> None:
    html = html_of('`"a"` <i title="b \'c\'">"d"</i>\n\n```\n"e"\n```\n\n<div title="f">\n"g"\n</div>')
    for straight in ("<code>&quot;a&quot;</code>", "title=\"b 'c'\"", '"e"', '<div title="f">\n"g"'):
        assert straight in html
    assert "“d”" in html


def test_an_image_with_a_title_is_a_figure() -> None:
    assert html_of('![a](b.png "A <caption>")') == (
        '<figure><img src="b.png" alt="a" loading="lazy" decoding="async"><figcaption>A &lt;caption&gt;</figcaption></figure>\n'
    )
    linked = html_of('[![a](b.png "c")](https://d.example)')
    assert linked.startswith('<figure><a href="https://d.example"><img')
    assert linked.endswith("</a><figcaption>c</figcaption></figure>\n")


def test_an_image_within_a_sentence_is_no_figure() -> None:
    for source in (
        'x ![a](b.png "c")',
        '# ![a](b.png "c")',
        '- ![a](b.png "c")',
        "![a](b.png)",
        '|a|\n|-|\n|![a](b.png "c")|',
    ):
        assert "figure" not in html_of(source)


def test_video_and_audio_by_their_endings() -> None:
    video = html_of('![A "clip"](c.MP4?x=.png#t=1)')
    assert '<video controls preload="metadata" src="c.MP4?x=.png#t=1" aria-label="A &quot;clip&quot;">' in video
    assert '<a href="c.MP4?x=.png#t=1">A &quot;clip&quot;</a></video>' in video
    assert (
        html_of("![](s.mp3)").strip()
        == '<p><audio controls preload="metadata" src="s.mp3"><a href="s.mp3">s.mp3</a></audio></p>'
    )
    assert "<img" in html_of("![](mp4)")


def known(**over: Any) -> Any:
    """What is asked for the media of a text, and knows /media/a.png alone."""
    shown = Shown(**({"src": "/media/a.png", "width": 300, "height": 200} | over))
    return lambda sources: {"/media/a.png": shown} if "/media/a.png" in sources else {}


def test_an_image_has_the_size_that_is_known_or_given() -> None:
    assert 'width="300" height="200"' in html_of("![](/media/a.png)", find_shown=known())
    assert 'width="30"' in (given := html_of("![](/media/a.png){width=30}", find_shown=known()))
    assert "200" not in given
    assert "width" not in html_of("![](/media/b.png)", find_shown=known())
    assert 'loading="lazy" decoding="async"' in html_of("![](https://c.example/d.png)")


def test_media_are_asked_for_once_and_only_where_there_are_some() -> None:
    asked: list[set[str]] = []
    find = lambda sources: asked.append(set(sources)) or {}  # noqa: E731
    html_of("[a](b.png) `![](c.png)`", find_shown=find)
    html_of("![](a.png) [![](b.png)](c)\n\n- ![](a.png)[^1]\n\n[^1]: ![](d.mp4)", find_shown=find)
    assert asked == [{"a.png", "b.png", "d.mp4"}]


def test_an_image_comes_in_the_widths_and_formats_there_are() -> None:
    find = known(
        srcset="/media/s.png 100w, /media/a.png 300w", sizes="50vw", sources=(("image/avif", "/media/a.avif 300w"),)
    )
    assert html_of("![A *clock*](/media/a.png)", find_shown=find) == (
        '<p><picture><source type="image/avif" srcset="/media/a.avif 300w" sizes="50vw">'
        '<img src="/media/a.png" alt="A clock" srcset="/media/s.png 100w, /media/a.png 300w" sizes="50vw" width="300" height="200"'
        ' loading="lazy" decoding="async"></picture></p>\n'
    )
    assert 'sizes="40px" width="40"' in html_of("![](/media/a.png){width=40}", find_shown=find)


def test_a_caption_leads_to_where_an_image_is_from() -> None:
    find = known(credit_url='https://page.example/?a&"b')
    caption = '<figcaption><a href="https://page.example/?a&amp;&quot;b">A &lt;page&gt;</a></figcaption></figure>'
    assert caption in html_of('[![](/media/a.png "A <page>")](/b)', find_shown=find)
    assert "page.example" not in html_of("![](/media/a.png)", find_shown=find)


def test_a_film_has_its_size_poster_and_captions() -> None:
    find = known(src="/media/b.webm", poster="/media/p.jpg", tracks=(("/media/c.vtt", "en", "English"),))
    assert html_of("![Waves](/media/a.png)", find_shown=find) == (
        '<p><video controls preload="metadata" src="/media/b.webm" aria-label="Waves" poster="/media/p.jpg" width="300" height="200">'
        '<track src="/media/c.vtt" kind="captions" srclang="en" label="English"><a href="/media/b.webm">Waves</a></video></p>\n'
    )
    assert " loop muted playsinline>" in html_of("![](/media/a.png)", find_shown=known(src="b.webm", loops=True))


def test_only_the_size_may_be_given_in_braces() -> None:
    assert "onerror" not in html_of("![](a.png){onerror=x width=1}").replace("{onerror", "")


def test_task_lists_strikethrough_and_raw_html() -> None:
    assert "☐ a" in html_of("- [ ] a\n- [x] b")
    assert "<s>c</s>" in html_of("~~c~~")
    assert "<kbd>d</kbd>" in html_of("<kbd>d</kbd>")


# https://github.com/commonmark/cmark/blob/master/test/pathological_tests.py, and what our own rules add to the risk
PATHOLOGICAL: dict[str, Callable[[int], str]] = {
    "nested emphasis": lambda n: "*a **a " * n + "b" + " a** a*" * n,
    "emphasis closers": lambda n: "a_ " * n,
    "emphasis openers": lambda n: "_a " * n,
    "mismatched emphasis": lambda n: "*a_ " * n,
    "link closers": lambda n: "a]" * n,
    "link openers": lambda n: "[a" * n,
    "openers and closers": lambda n: "[ a_" * n,
    "link and parentheses": lambda n: "[ (](" * n,
    "images without end": lambda n: "![[]()" * n,
    "links in emphasis": lambda n: "**x [a*b**c*](d)" * n,
    "nested brackets": lambda n: "[" * n + "a" + "]" * n,
    "block quotes": lambda n: "> " * n + "a",
    "nested lists": lambda n: "- " * n + "x" + "\n" * n,
    "unclosed link": lambda n: "[a](<b" * n,
    "unclosed link without brackets": lambda n: "[a](b" * n,
    "unclosed comment": lambda n: "</" + "<!--" * n,
    "unclosed instruction": lambda n: "<?" * n,
    "unclosed declaration": lambda n: "<!A " * n,
    "unclosed cdata": lambda n: "<![CDATA[" * n,
    "unclosed tag": lambda n: "<a " * n,
    "NUL": lambda n: "abc\0de\0" * n,
    "references": lambda n: "".join(f"[{x}]: u\n" for x in range(n)) + "[0] " * n,
    "wide table": lambda n: "|a" * n + "\n" + "|-" * n + "\n" + "|x" * n,
    "quotes": lambda n: "\"'a " * n,
    "headings of one name": lambda n: "# a\n\n" * n,
    "numbered headings": lambda n: "".join(f"# a\n\n# a {x}\n\n" for x in range(n // 2)),
    "footnote marks": lambda n: "[^1]" * n + "\n\n[^1]: x",
    "footnotes": lambda n: "".join(f"[^{x}]\n\n[^{x}]: y\n\n" for x in range(n)),
    "unclosed footnotes": lambda n: "^[" * n,
    "figures": lambda n: '![a](b.png "c")\n\n' * n,
    "tasks": lambda n: "- [ ] a\n" * n,
    "backslashes": lambda n: "\\" * n,
    "entities": lambda n: "&" * n,
}  # fmt: skip


def steps(work: Callable[[], object]) -> int:
    """How many lines of Python `work` takes: a measure that a busy machine does not change."""
    count = 0

    def count_line(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += 1
        return count_line

    before = sys.gettrace()
    sys.settrace(count_line)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_the_work_grows_no_faster_than_the_text(name: str) -> None:
    make = PATHOLOGICAL[name]
    markdown.render("# warm", "x")
    few, many = (steps(lambda n=n: render(make(n), "x")) for n in (60, 240))
    assert many < few * 4 * 1.5 + 1000


def test_text_that_is_hostile_and_long_is_rendered() -> None:
    for make in PATHOLOGICAL.values():
        render(make(1_500), "x")
