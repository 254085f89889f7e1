"""What is shown of a result: marked where it matches as the index understands words, escaped whatever the text holds."""

import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linklog.posts.models import Note, Post
from linklog.search.query import parse
from linklog.search.snippets import LENGTH, marked, snippet, spans

FILLER = " ".join(f"filler{number}" for number in range(200))


def a_post(body_html: str, context_html: str = "") -> Post:
    return Note(body_html=body_html, context_html=context_html)


def shown(text: str, q: str) -> str:
    return str(marked(text, parse(q).wanted))


@pytest.mark.parametrize(
    ("text", "q", "expected"),
    [
        ("Low tides at noon", "tide", "Low <mark>tides</mark> at noon"),
        ("Low tides, high Tide", "tides", "Low <mark>tides</mark>, high <mark>Tide</mark>"),
        ("Le Café", "cafe", "Le <mark>Café</mark>"),
        ("C++ and C", "c++", "<mark>C++</mark> and C"),
        ("C++ and C", "c", "C++ and <mark>C</mark>"),
        ("low water, water low", '"low water"', "<mark>low water</mark>, water low"),
        ("Low <b> water", '"low b water"', "<mark>Low &lt;b&gt; water</mark>"),
        ("running runs runner", "run*", "<mark>running</mark> <mark>runs</mark> <mark>runner</mark>"),
        ("node.js and node", "node.js", "<mark>node.js</mark> and node"),
        ("don’t", "don't", "<mark>don’t</mark>"),
        ("東京の潮", "潮", "東京の<mark>潮</mark>"),
        ("東京の潮", "東京", "<mark>東京</mark>の潮"),
        ("tide clock", "-tide clock", "tide <mark>clock</mark>"),
        ("tide clock", "tag:tide", "tide clock"),
        ("tide clock", "tide OR clock", "<mark>tide</mark> <mark>clock</mark>"),
        ("low tide", 'tide "low tide" low', "<mark>low tide</mark>"),
        ("a & b < c > \"d\" 'e'", "b", "a &amp; <mark>b</mark> &lt; c &gt; &quot;d&quot; &#x27;e&#x27;"),
        ("<script>tide</script>", "tide script", "&lt;<mark>script</mark>&gt;<mark>tide</mark>&lt;/<mark>script</mark>&gt;"),
        ("👩\u200d💻 at sea", "👩\u200d💻", "<mark>👩\u200d💻</mark> at sea"),
        ("", "tide", ""),
        ("tide", "", "tide"),
    ],
)  # fmt: skip
def test_what_matches_is_marked_and_all_is_escaped(text: str, q: str, expected: str) -> None:
    assert shown(text, q) == expected


def test_a_short_text_is_shown_whole() -> None:
    assert (
        snippet(a_post("<p>Low tide</p><p>at noon</p>", "a <i>context</i>"), parse("noon").wanted)
        == "Low tide at <mark>noon</mark> a context"
    )


def test_without_words_the_beginning_is_shown() -> None:
    found = snippet(a_post(f"<p>{FILLER}</p>"), ())
    assert found.startswith("filler0 filler1 ")
    assert found.endswith(" …")
    assert len(found) <= LENGTH + 2


def test_a_long_text_is_shown_around_the_match_from_word_to_word() -> None:
    found = str(snippet(a_post(f"<p>{FILLER} needle {FILLER}</p>"), parse("needle").wanted))
    assert re.fullmatch(r"… (filler\d+ )+<mark>needle</mark>( filler\d+)+ …", found)
    assert len(unescape(re.sub("</?mark>", "", found))) <= LENGTH + 4


def test_a_match_at_the_end_is_shown_without_an_ellipsis_behind() -> None:
    found = snippet(a_post(f"<p>{FILLER} needle</p>"), parse("needle").wanted)
    assert found.startswith("… ")
    assert found.endswith("<mark>needle</mark>")


def test_the_place_with_most_matches_is_shown() -> None:
    found = snippet(a_post(f"<p>tide {FILLER} tide clock {FILLER}</p>"), parse("tide clock").wanted)
    assert "<mark>tide</mark> <mark>clock</mark>" in found


def test_a_text_of_one_endless_word_is_cut_somewhere() -> None:
    assert len(snippet(a_post(f"<p>{'x' * 5_000}</p>"), parse("tide").wanted)) <= LENGTH + 2
    assert len(snippet(a_post(f"<p>{'日' * 5_000}</p>"), parse("日").wanted)) <= LENGTH * (1 + len("<mark></mark>")) + 4


def test_elements_and_references_in_the_text_stay_text() -> None:
    html = "<p>Write <code>&lt;img src=x onerror=alert(1)&gt;</code> &amp;lt; tide</p>"
    found = str(snippet(a_post(html), parse("img tide").wanted))
    assert found == "Write &lt;<mark>img</mark> src=x onerror=alert(1)&gt; &amp;lt; <mark>tide</mark>"


QUERIES = st.sampled_from(
    ["tide", '"a b"', "a*", "lt", "amp", "mark", "x OR a", "script", "日", "e", "img -a", "gt quot"]
)
TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("<>&;\"'/ abex日\u0301-=")), max_size=300
)


@given(TEXTS, QUERIES)
@example("&lt;script&gt; <mark>tide</mark> &amp;", "lt mark tide")
@example("x" * 500 + "<b>", "b")
def test_no_text_becomes_markup(text: str, q: str) -> None:
    found = shown(text, q)
    assert found.count("<mark>") == found.count("</mark>")
    bare = re.sub("<mark>([^<>]*)</mark>", r"\1", found)
    assert not set("<>\"'") & set(bare)
    assert unescape(bare.replace("&", "&amp;").replace("&amp;amp;", "&amp;")) or not bare
    assert bare == str(marked(text, ()))


@given(TEXTS, QUERIES)
def test_matches_stand_in_order_within_the_text_and_apart(text: str, q: str) -> None:
    end = 0
    for span in spans(text, parse(q).wanted):
        assert end <= span.start < span.end <= len(text)
        end = span.end


@given(
    st.lists(
        st.sampled_from(
            ["<b>", "</b>", "&lt;", "tide", " ", "<p>", "&", "<", "日", "x" * 90, "<script>x</script>", "<!-- -->"]
        ),
        max_size=60,
    ),
    QUERIES,
)
def test_no_body_becomes_markup(pieces: list[str], q: str) -> None:
    found = str(snippet(a_post("".join(pieces)), parse(q).wanted))
    assert not set("<>") & set(re.sub("<mark>([^<>]*)</mark>", r"\1", found))
