"""Alt text comes into a source at its image and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linklog.core import html, markdown
from linklog.core.alt_text import with_alt

SRC = "/media/ab/cd.jpg"


def alts(source: str, src: str = SRC) -> list[str]:
    rendered = html.clean_author(markdown.render(source, "x").html)
    return [place.alt for place in html.placed_media(rendered) if place.src == src]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"a ![]({SRC}) b", f"a ![A clock]({SRC}) b"),
        (f'![old words]({SRC} "The title"){{width=30}}', f'![A clock]({SRC} "The title"){{width=30}}'),
        (f"[![]({SRC})](https://b.example/)", f"[![A clock]({SRC})](https://b.example/)"),
        (f"![](<{SRC}>)", f"![A clock](<{SRC}>)"),
        (f"> - ![two\n>   lines]({SRC})", f"> - ![A clock]({SRC})"),
        (f"![a [b] \\] `]` c]({SRC})", f"![A clock]({SRC})"),
        (f"![x][Y]\n\n[y]: {SRC} 'T'", f"![A clock][Y]\n\n[y]: {SRC} 'T'"),
        (f"![y][]\n\n[y]: {SRC}", f"![A clock][y]\n\n[y]: {SRC}"),
        (f"![y] z\n\n[y]: {SRC}", f"![A clock][y] z\n\n[y]: {SRC}"),
        (f"|a|\n|-|\n|![]({SRC})|", f"|a|\n|-|\n|![A clock]({SRC})|"),
        (f"x[^1]\n\n[^1]: ![]({SRC})", f"x[^1]\n\n[^1]: ![A clock]({SRC})"),
        (f"x ^[![]({SRC})]", f"x ^[![A clock]({SRC})]"),
        (f'<p><img src="{SRC}"></p>', f'<p><img alt="A clock" src="{SRC}"></p>'),
        (f"*a* <IMG alt src={SRC} />", f'*a* <IMG alt="A clock" src={SRC} />'),
        (f"<img src='{SRC}' alt='>\"old'>", f"<img src='{SRC}' alt=\"A clock\">"),
        (f"`<img` ![]({SRC}) a > b", f"`<img` ![A clock]({SRC}) a > b"),
    ],
)
def test_it_is_written_at_the_image(source: str, expected: str) -> None:
    assert with_alt(source, "markdown", SRC, "A clock") == expected
    assert alts(expected) == ["A clock"]


@pytest.mark.parametrize(
    "source",
    [
        f"`![]({SRC})` and ``<img src='{SRC}'>``",
        f"```\n![]({SRC})\n<img src={SRC}>\n```",
        f"    ![]({SRC})",
        f"\\![]({SRC}) !\\[]({SRC}) [a]({SRC})",
        f"<!-- ![]({SRC}) <img src='{SRC}'> -->",
        f"<pre>\n![]({SRC})\n</pre>",
        f"![](/other.jpg '![]({SRC})')",
        f"![y]\n\n[z]: {SRC}",
        f"<span title=\"<img src='{SRC}'>\">x</span>",
        "![" * 2000,
        "",
    ],
)
def test_what_is_no_image_stays_as_it_is(source: str) -> None:
    assert with_alt(source, "markdown", SRC, "A clock") == source


def test_of_one_image_shown_twice_the_place_without_words_gets_them() -> None:
    source = f"![]({SRC}) ![Good words]({SRC}) ![cd.jpg]({SRC}) ![](/x.jpg)"
    expected = f"![New]({SRC}) ![Good words]({SRC}) ![New]({SRC}) ![](/x.jpg)"
    assert with_alt(source, "markdown", SRC, "New") == expected
    assert with_alt(f"![One]({SRC}) ![Two]({SRC})", "markdown", SRC, "New") == f"![New]({SRC}) ![New]({SRC})"


def test_in_html_elements_change_and_comments_and_texts_do_not() -> None:
    source = f'<!-- <img src="{SRC}"> --> <img src="{SRC}?a=1&amp;b=2"> ![]({SRC})'
    assert with_alt(source, "html", f"{SRC}?a=1&b=2", 'A "b" <c>') == source.replace(
        '<img src="/media/ab/cd.jpg?', '<img alt="A &quot;b&quot; &lt;c&gt;" src="/media/ab/cd.jpg?'
    )
    assert with_alt(source, "text", SRC, "A clock") == source


def test_no_text_gets_out_of_its_brackets() -> None:
    for alt in (
        "](x) ![",
        "a\\",
        "[^1]",
        "^[a]",
        "`b`",
        "*a* _b_ c_d",
        "&amp; &",
        "<b>",
        "a|b\\|c",
        '"',
        "![x](y)",
        "~~a~~",
        "a\n\nb",
    ):
        for source in (
            f"![]({SRC} 'T')",
            f"|a|b|\n|-|-|\n|![]({SRC})|c|",
            f"[![]({SRC})](/x)\n\n[^1]: note",
            f"<img src='{SRC}'>",
        ):
            assert alts(with_alt(source, "markdown", SRC, alt)) == [" ".join(alt.split())], source


@given(st.text(st.sampled_from(list("ab \\`*_[]()<>|~&;#!^{}\"'-=:/1")), max_size=12))
def test_any_text_comes_out_as_it_was_written(alt: str) -> None:
    words = " ".join(f"x{alt}".split())
    for source in (f"![]({SRC})", f"> 1. a ![b]({SRC})\n", f"|a|\n|-|\n|![]({SRC})|"):
        assert alts(with_alt(source, "markdown", SRC, words)) == [words]
