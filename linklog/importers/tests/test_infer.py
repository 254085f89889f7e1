"""What a feed's entry is taken for."""

import time
from typing import Any

import pytest

from linklog.importers.contract import UNTITLED_LENGTH, Credited, ImportedPost
from linklog.importers.infer import Hints, infer

LINK = "https://clocks.example/brass"
BOLD = f'<p><strong><a href="{LINK}">Brass clocks</a></strong></p>'
TAGS = '<p>Tags: <a href="/tags/tides">tides</a>, <a href="/tags/clocks">clocks</a></p>'


def read(html: str, title: str = "Brass clocks", tags: tuple[str, ...] = (), **hints: Any) -> ImportedPost:
    item = ImportedPost(1, title=title, body=html, tags=[(tag, "") for tag in tags])
    infer(item, Hints(own_hosts={"harbour.example"}, **hints))
    return item


@pytest.mark.parametrize(
    "first",
    [
        BOLD,
        f'<p><b><a href="{LINK}">Brass clocks</a></b></p>',
        f'<p><a href="{LINK}"><strong>Brass clocks</strong></a></p>',
        f'<div>\n<p> <strong><a href="{LINK}">Brass\nclocks</a></strong> </p>',
    ],
)
def test_a_first_paragraph_that_is_one_bold_link_outside_makes_a_blogmark_of_it(first: str) -> None:
    item = read(f"{first}<p>They tick.</p>")
    assert (item.kind, item.link_url, item.body) == ("blogmark", LINK, "<p>They tick.</p>")


@pytest.mark.parametrize(
    "first",
    [
        f'<p><strong><a href="{LINK}">Brass clocks</a></strong>: an essay</p>',
        f'<p><a href="{LINK}">Brass clocks</a></p>',
        f'<p><strong><a href="{LINK}">Brass</a> <a href="{LINK}">clocks</a></strong></p>',
        f'<p><strong><a href="{LINK}"><img src="/clock.png" alt=""></a></strong></p>',
        '<p><strong><a href="https://harbour.example/about/">About me</a></strong></p>',
        '<p><strong><a href="javascript:alert(1)">Brass clocks</a></strong></p>',
    ],
)
def test_a_first_paragraph_that_holds_anything_else_makes_none(first: str) -> None:
    assert read(f"{first}<p>They tick.</p>", title="Something else").kind == "entry"


def test_text_that_a_feed_leaves_outside_of_paragraphs_gets_one_and_stray_ends_make_none() -> None:
    item = read(f'\n{BOLD}\nBy the <a href="/quay/">quay</a>, mostly.</p>\n<p>And on it.\n\n   {TAGS}\n')
    assert item.body == '<p>By the <a href="/quay/">quay</a>, mostly.</p>\n<p>And on it.\n\n   </p>'
    assert [tag for tag, _name in item.tags] == ["tides", "clocks"]


def test_a_blogmark_may_be_without_a_word() -> None:
    item = read(BOLD + TAGS)
    assert (item.kind, item.body) == ("blogmark", "")


@pytest.mark.parametrize(
    "line",
    [
        '<p class="cite">&mdash; <a href="https://book.example/1">Ada Bell</a>, The tide book</p>',
        '<p>– <a href="https://book.example/1">Ada Bell</a>, The tide book</p>',
        '-- <a href="https://book.example/1">Ada Bell</a>, The tide book',
        '<p><cite><a href="https://book.example/1">Ada Bell</a>, The tide book</cite></p>',
        '<div><small>— <a href="https://book.example/1">Ada Bell</a>, The tide book</small></div>',
    ],
)
def test_a_blockquote_and_who_said_it_is_a_quotation(line: str) -> None:
    item = read(f"<blockquote><p>It turns.</p></blockquote>\n{line}\n{TAGS}", "Quoting Ada Bell")
    assert (item.kind, item.title, item.body) == ("quotation", "", "<p>It turns.</p>")
    assert (item.credits, item.link_url, item.context) == (
        [Credited("Ada Bell")],
        "https://book.example/1",
        "The tide book",
    )


def test_who_said_it_may_stand_within_the_blockquote() -> None:
    item = read("<blockquote><p>It turns.</p>— Ada Bell</blockquote>", "Of tides")
    assert (item.kind, item.body, item.credits) == ("quotation", "<p>It turns.</p>", [Credited("Ada Bell")])
    assert item.title == "Of tides"


def test_the_source_of_a_quotation_is_its_cite_where_the_name_is_no_link() -> None:
    html = '<blockquote cite="https://book.example/2">It turns.</blockquote><p>— Ada Bell, A &amp; B</p>'
    item = read(html, "Quoting Ada Bell")
    assert (item.link_url, item.context) == ("https://book.example/2", "A &amp; B")


def test_a_link_in_the_context_is_kept_and_is_the_source() -> None:
    item = read('<blockquote>It turns.</blockquote><p>— Ada Bell, <a href="https://book.example/3">Tides</a></p>')
    assert (item.credits, item.link_url) == ([Credited("Ada Bell")], "https://book.example/3")
    assert item.context == '<a href="https://book.example/3">Tides</a>'


@pytest.mark.parametrize(
    "html",
    [
        "<p>Listen:</p><blockquote><p>It turns.</p></blockquote><p>— Ada Bell</p>",
        "<blockquote><p>It turns.</p></blockquote><p>— Ada Bell</p><p>She is right, of course.</p>",
        "<blockquote><p>It turns.</p></blockquote><p>She is right, of course.</p>",
        "<blockquote><p>It turns.</p></blockquote><blockquote><p>Twice.</p></blockquote><p>— Ada Bell</p>",
    ],
)
def test_a_quoted_block_among_other_text_is_no_quotation(html: str) -> None:
    item = read(html, "Of tides")
    assert item.kind == "entry"
    assert "It turns." in item.body
    assert "Ada Bell" in item.body or "right" in item.body


@pytest.mark.parametrize(
    "end",
    [
        '<p><small></small>Via <a href="https://friend.example/1">@friend</a></small></p>\n\n' + TAGS,
        '<p>Via <a href="https://friend.example/1">@friend</a><br>Tags: <a href="/t">tides</a>, <a href="/c">clocks</a></p>',
        '<div class="meta"><div>Via <a href="https://friend.example/1">@friend</a>.</div><div>Tags: tides, clocks</div></div>',
        '<p><em><small>(Via: <a href="https://friend.example/1">@friend</a>)</small></em></p><small>'
        + TAGS
        + "</small>",
        '<p>Via <a href="https://friend.example/1">@friend</a> Tags: <a href="/t">tides</a>, <a href="/c">clocks</a></p>',
        '<ul><li>Via <a href="https://friend.example/1">@friend</a></li></ul>' + TAGS,
        TAGS + '<p>Via <a href="https://friend.example/1">@friend</a></p>',
    ],
)
def test_trailing_via_and_tags_lines_are_understood_however_badly_nested(end: str) -> None:
    item = read(f"{BOLD}They tick.</p><p>Slowly.{end}")
    assert (item.via_url, item.via_title) == ("https://friend.example/1", "@friend")
    assert [tag for tag, _name in item.tags] == ["tides", "clocks"]
    assert item.body.replace("\n", "") == "<p>They tick.</p><p>Slowly.</p>"


def test_a_via_line_at_the_end_of_a_paragraph_leaves_the_paragraph() -> None:
    item = read('<p>They tick.<br><small>Via <a href="https://friend.example/1">@friend</a></small></p>')
    assert (item.body, item.via_title) == ("<p>They tick.</p>", "@friend")


@pytest.mark.parametrize(
    "last",
    [
        "<p>Via Rail is great</p>",
        '<p>Via <a href="https://rail.example/">Rail</a> is great</p>',
        "<p>Via the quay you get there.</p>",
        '<p>Via <a href="https://v.example/">V</a>, <a href="https://w.example/">W</a></p>',
        "<p>Tags: are useful things.</p>",
        '<p>Tags: see <a href="/tags/">the list</a> of mine</p>',
        "<p>Tagsüber ist es hell</p>",
        "<p>By the way, it floats</p>",
        "<p>— and so on</p>",
        '<p>Via <img src="/x.png" alt=""></p>',
    ],
)
def test_a_genuine_last_paragraph_stays(last: str) -> None:
    assert read(f"<p>They tick.</p>{last}").body == f"<p>They tick.</p>\n{last}"


def test_categories_give_the_order_of_tags_and_a_line_that_repeats_them_goes() -> None:
    item = read(f"<p>They tick.</p>{TAGS}", tags=("clocks", "brass", "tides"))
    assert [tag for tag, _name in item.tags] == ["clocks", "brass", "tides"]
    assert item.body == "<p>They tick.</p>"


def test_a_line_of_tags_gives_the_names_of_categories_that_have_none() -> None:
    item = read('<p>x</p><p>Tags: <a href="/n">Node.js</a>, <a href="/t">Tides</a></p>', tags=("node-js", "tides"))
    assert item.tags == [("node-js", "Node.js"), ("tides", "Tides")]


def test_a_short_one_without_a_title_is_a_note_and_a_long_one_an_entry() -> None:
    assert read("<p>They tick.</p>", "").kind == "note"
    assert read("<p>They tick.</p>", "A title").kind == "entry"
    assert read(f"<p>{'x' * (UNTITLED_LENGTH + 1)}</p>", "").kind == "entry"


def test_the_feed_of_another_linklog_comes_through_as_the_same_kinds() -> None:
    ada, bo = Credited("Ada Bell", "https://ada.example/"), Credited("Bo Carr, Jr.")
    blogmark = read(
        f'{BOLD}\n<p>They tick.</p>\n<p>By <a href="https://ada.example/">Ada Bell</a>, Bo Carr, Jr.</p>\n<p>Via a friend</p>\n{TAGS}',
        related=LINK,
        contributors=[ada, bo],
        is_linklog=True,
    )
    assert (blogmark.kind, blogmark.body, blogmark.credits) == ("blogmark", "<p>They tick.</p>", [ada, bo])
    assert (blogmark.via_title, blogmark.via_url) == ("a friend", "")
    quotation = read(
        '<blockquote cite="https://b.example/"><p>It turns.</p></blockquote>'
        '<p>— <a href="https://b.example/">Ada Bell, Bo Carr, Jr.</a></p>',
        "Quoting Ada Bell, Bo Carr, Jr.",
        related="https://b.example/",
        contributors=[ada, bo],
        is_linklog=True,
    )
    assert (quotation.kind, quotation.credits, quotation.title) == ("quotation", [ada, bo], "")
    note = read("<p>Low.</p>" + TAGS, "Note on 21st March 2025", is_linklog=True)
    assert (note.kind, note.title, note.body) == ("note", "", "<p>Low.</p>")
    nobody = read(
        '<blockquote><p>It turns.</p></blockquote><p>— <a href="https://b.example/x">b.example</a></p>',
        "Quotation on 21st March 2025",
        related="https://b.example/x",
        is_linklog=True,
    )
    assert (nobody.kind, nobody.credits, nobody.link_url) == ("quotation", [], "https://b.example/x")


def test_nesting_beyond_all_sense_is_survived() -> None:
    item = read("<div><i>" * 5000 + "deep" + "</i></div>" * 5000)
    assert item.kind == "entry"
    assert "deep" in item.body


@pytest.mark.parametrize(
    "html", ["", " ", "<p></p>", "<p>\xa0</p>", "<br>", "</p>", "<!-- x -->", "<p><small></small></p>"]
)
def test_emptiness_is_survived(html: str) -> None:
    assert read(html, "").body == ""


def test_emphasis_in_a_context_is_kept() -> None:
    html = '<blockquote>It turns.</blockquote><p>— <a href="https://b.example/">Ada Bell</a>, in <em>Tides</em> &amp; more</p>'
    assert read(html).context == "in <em>Tides</em> &amp; more"
    assert read("<blockquote>It turns.</blockquote><p>— <i>Ada Bell, Tides</i></p>").context == "<i>Tides</i>"


def test_people_credited_are_read_from_a_linklogs_line_where_the_feed_names_none() -> None:
    line = '<p>By <a href="https://ada.example/">Ada Bell</a>, Bo Carr</p>'
    item = read(f"{BOLD}<p>They tick.</p>{line}{TAGS}", is_linklog=True)
    assert (item.body, item.credits) == (
        "<p>They tick.</p>",
        [Credited("Ada Bell", "https://ada.example/"), Credited("Bo Carr")],
    )
    assert read(f"{BOLD}<p>They tick.</p>{line}").credits == []
    assert "way" in read("<p>They tick.</p><p>By the way, it floats</p>", is_linklog=True).body


@pytest.mark.parametrize("line", ["Via A", "Via @A", "By A1"])
@pytest.mark.parametrize("blanks", [0, 100_000])
def test_a_last_line_of_any_length_is_read_at_once(line: str, blanks: int) -> None:
    space, line = "\n" * blanks, line + line[-1] * 100_000 + " is low"
    started = time.process_time()
    assert read(f"<p>They tick.</p><p>{space}{line}{space}x</p>", is_linklog=line.startswith("By")).kind == "entry"
    assert time.process_time() - started < 5


Q = "<blockquote><p>It turns.</p></blockquote>"
ADA = '<a href="https://book.example/1">Ada Bell</a>'
LOG = '<a href="https://b.example/?a&amp;b">her <b>log</b></a>'


@pytest.mark.parametrize(
    ("line", "context"),
    [
        (f"<p>— {ADA}, on <code>tide.h</code></p>", "on <code>tide.h</code>"),
        (f"<p>— <em>{ADA}</em>, in <em>Tides</em></p>", "in <em>Tides</em>"),
        (f'<p>— <img src="https://book.example/a.png" alt=""> {ADA}</p>', '<img src="https://book.example/a.png" alt="">'),
        (f"<p>— {ADA}, 2024<br>on the quay</p>", "2024<br>on the quay"),
        (f"<p>— {ADA}<br>\non the quay</p>", "on the quay"),
        (f"<p>— {ADA} on Twitter</p>", "on Twitter"),
        (f"<p>— {ADA}, {LOG}</p>", LOG),
        (f"<p>— {ADA}</p><p>She is <em>right</em>.</p><p>Of course.</p>", "She is <em>right</em>.<br>Of course."),
        (f"<p>— {ADA}, at sea</p>\n<p>She is right.</p>", "at sea<br>She is right."),
        (f"<div><p>— {ADA},</p><p>at sea</p></div>", "at sea"),
    ],
)  # fmt: skip
def test_what_follows_the_name_is_the_context_of_a_quotation(line: str, context: str) -> None:
    item = read(f"{Q}{line}", "Quoting Ada Bell")
    assert (item.kind, item.body, item.title) == ("quotation", "<p>It turns.</p>", "")
    assert (item.credits, item.link_url) == ([Credited("Ada Bell")], "https://book.example/1")
    assert item.context == context


def test_several_quoted_blocks_and_paragraphs_are_the_words_of_one_quotation() -> None:
    more = '<blockquote cite="https://book.example/2"><p>Twice.</p><p>A day.</p></blockquote>'
    item = read(f"{Q}\n{more}<p>— Ada Bell, 2024<br>on X</p>", "Quoting Ada Bell")
    assert (item.kind, item.body) == ("quotation", "<p>It turns.</p>\n<p>Twice.</p>\n<p>A day.</p>")
    assert (item.credits, item.link_url, item.context) == (
        [Credited("Ada Bell")],
        "https://book.example/2",
        "2024<br>on X",
    )


@pytest.mark.parametrize(
    "after", ["<ul><li>One</li></ul>", "<p>— Ada Bell</p><pre>x</pre>", "<p>She is right.</p>", f"<p>x</p>{Q}"]
)
def test_text_that_fits_into_no_context_stays_whatever_the_title_says(after: str) -> None:
    item = read(f"{Q}{after}", "Quoting Ada Bell")
    assert (item.kind, item.body.replace("\n", "")) == ("entry", f"{Q}{after}")


LINKED = '<a href="/t">tides</a>, <a href="/c">clocks</a>'


@pytest.mark.parametrize(
    "end",
    [
        '<p>Slowly.</p><p>Tags:</p><ul><li><a href="/t">tides</a></li>\n<li><a href="/c">clocks</a></li></ul>',
        '<p>Slowly.</p><h4>Filed under</h4><ol><li><b><a href="/t">tides</a></b></li><li><a href="/c">clocks</a></li></ol>',
        f"<p>Slowly. Tags: {LINKED}</p>",
        f"<p>Slowly.\nTags: {LINKED}.</p>",
        f'<p>Slowly.</p><p>Tags: {LINKED}</p><p><a href="https://harbour.example/2024/x/">∞ Permalink</a></p>',
        f'<p>Slowly.</p><p><a href="https://harbour.example/2024/x/">★ Permalink</a></p><p>Tags: {LINKED}</p>',
    ],
)
def test_tags_in_a_list_or_at_the_end_of_a_paragraph_and_permalinks_leave_the_text(end: str) -> None:
    item = read(f"<p>They tick.</p>{end}")
    assert [tag for tag, _name in item.tags] == ["tides", "clocks"]
    assert item.body.replace("\n", "") == "<p>They tick.</p><p>Slowly.</p>"


def test_tags_at_the_end_of_a_paragraph_need_no_full_stop_where_the_feed_names_them() -> None:
    end = f"<p>Slowly <em>now</em> and then Tags: {LINKED}</p>"
    assert read(end, tags=("tides", "clocks")).body == "<p>Slowly <em>now</em> and then</p>"
    assert read(end, tags=("tides",)).body == end
    assert read(end).body == end


@pytest.mark.parametrize(
    "end",
    [
        "<p>Two things about tags: go, rust</p>",
        '<p>Read my tags: <a href="/t">tides</a></p>',
        '<p>Tags:</p>\n<ul><li><a href="/t">tides</a> are wet</li></ul>',
        '<p>Places:</p>\n<ul><li><a href="/t">tides</a></li></ul>',
        '<p><a href="https://elsewhere.example/">Permalink</a></p>',
        '<p>Via <a href="https://rail.example/">Rail</a> on a train to the sea</p>',
        '<p>Via <a href="https://rail.example/">Rail</a> on <a href="https://m.example/">Mastodon</a></p>',
    ],
)
def test_what_only_resembles_tags_or_a_permalink_stays(end: str) -> None:
    assert read(end).body == end


def test_where_on_a_site_the_via_stands_is_part_of_its_title() -> None:
    item = read('<p>Slowly.</p><p><em>Via <a href="https://f.example/1">Bo</a> on Mastodon.</em></p>')
    assert (item.via_title, item.via_url, item.body) == ("Bo on Mastodon", "https://f.example/1", "<p>Slowly.</p>")


def test_a_dash_within_a_cite_is_part_of_what_it_says() -> None:
    item = read(f"{Q}<p><cite>Ada Bell, Tides — a book</cite></p>", "Of tides")
    assert (item.credits, item.context) == ([Credited("Ada Bell")], "Tides — a book")


def test_a_linklogs_quotation_without_a_source_gets_none_from_its_context() -> None:
    line = '<p>— Ada Bell, in <a href="https://b.example/">Tides</a></p>'
    item = read(f"{Q}{line}", "Quoting Ada Bell", contributors=[Credited("Ada Bell")], is_linklog=True)
    assert (item.link_url, item.context) == ("", 'in <a href="https://b.example/">Tides</a>')


def test_an_attribution_of_any_length_is_read_at_once() -> None:
    started = time.process_time()
    assert read(f"{Q}<p>— Ada Bell,{'<br> ' * 50_000}x</p>", "Quoting Ada Bell").context == "x"
    assert time.process_time() - started < 5
