"""What makes a link worth following, looked for in a post that is being written: advice with a reason, which never stands in the way.

Plain data in, plain data out. An item of a list that cannot be told from what is known says so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linklog.core import html, words
from linklog.write import reading

DONE, OPEN, UNKNOWN = "done", "open", "unknown"
LEAST_NEW = 5  # words that the title does not say


@dataclass(frozen=True)
class Writing:
    """A post in the editor, and what is known of what it is about."""

    kind: str
    title: str = ""
    body_html: str = ""
    people: Sequence[str] = ()
    via: str = ""  # its address or title
    came_by: str = ""  # the page that led to the link, as the browser told
    was_read: bool = False  # whether the linked page was
    page: Mapping[str, Any] = field(default_factory=dict)  # its facts
    unpinned: Sequence[str] = ()  # links to code on a branch
    link_url: str = ""
    earlier: Sequence[tuple[str, str]] = ()  # (title, Markdown) of own posts about a page that this one links to
    images: Sequence[tuple[str, str]] = ()  # (name or address, state of its alt text)
    links_back: bool = False  # to any own post
    links: int = 0
    problems: Mapping[str, str] = field(default_factory=dict)  # of links that were looked at, "" for none


@dataclass(frozen=True)
class Item:
    """`button` does the fix: its label, and the text that goes into the field `into`, or into the body at the cursor where that is ""."""

    name: str
    state: str
    title: str
    reason: str = ""
    fix: str = ""
    button: str = ""
    into: str = ""
    text: str = ""


def items(writing: Writing) -> list[Item]:
    """Those that make sense for this kind of post and what it holds, in the order of reading."""
    return [item for look in _LOOKS for item in look(writing)]


def credit(writing: Writing) -> Iterator[Item]:
    if writing.kind not in ("blogmark", "quotation"):
        return
    title = _("Who made it is credited") if writing.kind == "blogmark" else _("Who said it is named")
    authors = [name for name in writing.page.get("authors", ()) if isinstance(name, str)]
    names = ", ".join(authors)
    if writing.people:
        yield Item("credit", DONE, title, ", ".join(writing.people))
    elif authors:
        reason = _("The page names %(names)s.") % {"names": names}
        fix = _("Readers can then find all that you linked of theirs.")
        yield Item(
            "credit",
            OPEN,
            title,
            reason,
            fix,
            _("Credit %(names)s") % {"names": names},
            "person_names",
            "; ".join(authors),
        )
    elif writing.was_read and writing.kind == "blogmark":
        yield Item("credit", UNKNOWN, title, _("The page names nobody."), _("If you know who made it, credit them."))
    else:
        yield Item("credit", OPEN, title, _("Nobody is named."), _("Write the name into the field for it."))


def via(writing: Writing) -> Iterator[Item]:
    if writing.kind not in ("blogmark", "quotation"):
        return
    title = _("Where you found it is told")
    if writing.via:
        yield Item("via", DONE, title, writing.via)
    elif writing.came_by:
        reason = _("You came from %(url)s.") % {"url": writing.came_by}
        yield Item(
            "via", OPEN, title, reason, _("Name who led you there."), _("Put it in as via"), "via_url", writing.came_by
        )
    else:
        yield Item(
            "via", UNKNOWN, title, _("No via."), _("If somebody led you there, name them. If nobody did, all is well.")
        )


def their_words(writing: Writing) -> Iterator[Item]:
    """Of a quotation: whether it stands in its source."""
    if writing.kind != "quotation" or not writing.body_html:
        return
    title, text = _("The words are the page's own"), reading.spoken(writing.page.get("text", ""))
    if not text.strip():
        yield Item("quote", UNKNOWN, title, _("The text of the page is not known here."), _("Compare them yourself."))
    elif reading.stands_in(html.to_text(writing.body_html), text):
        yield Item("quote", DONE, title, _("They stand there just so."))
    else:
        yield Item(
            "quote",
            OPEN,
            title,
            _("They do not stand there in this way."),
            _("Copy them once more, and mark what you leave out with […]."),
        )


def shows_reading(writing: Writing) -> Iterator[Item]:
    """A quote of the page, or a detail that does not stand at its top."""
    if writing.kind != "blogmark":
        return
    title, fix = (
        _("A quote or a detail shows that you read it"),
        _("Quote the sentence that made you stop, or name what nobody sees at a glance."),
    )
    quotes, text = reading.quotes(writing.body_html), reading.spoken(writing.page.get("text", ""))
    if not text.strip():
        if quotes:
            yield Item("read", DONE, title, _("There is a quote."))
        else:
            yield Item("read", UNKNOWN, title, _("The text of the page is not known here."), fix)
        return
    quoted = max((len(words.folded(quote)) for quote in quotes if reading.stands_in(quote, text)), default=0)
    if quoted:
        said = ngettext("%(n)s word of the page is quoted.", "%(n)s words of the page are quoted.", quoted)
        yield Item("read", DONE, title, said % {"n": quoted})
    elif detail := reading.detail(writing.body_html, writing.page, [writing.title, *writing.people]):
        yield Item("read", DONE, title, _("“%(detail)s” does not stand at the top of the page.") % {"detail": detail})
    else:
        yield Item("read", OPEN, title, _("All of it could be said of the headline alone."), fix)


def adds_more(writing: Writing) -> Iterator[Item]:
    if writing.kind != "blogmark":
        return
    title = _("It says more than the title")
    known = set(
        reading.content_words(f"{writing.title} {writing.page.get('title', '')} {writing.page.get('description', '')}")
    )
    own = set(reading.content_words(reading.own_text(writing.body_html)))
    new, fix = own - known, _("Say why it matters, what surprised you, or who should read it.")
    if not own:
        yield Item("adds", OPEN, title, _("There is no word of yours yet."), fix)
    elif len(new) >= LEAST_NEW and 2 * len(new) >= len(own):
        share = round(100 * len(new) / len(own))
        yield Item(
            "adds",
            DONE,
            title,
            _("%(share)s %% of your words are new beside the title and the page's summary.") % {"share": share},
        )
    else:
        yield Item("adds", OPEN, title, _("Most of it stands in the title or the page's summary."), fix)


def images(writing: Writing) -> Iterator[Item]:
    if not writing.images:
        return
    title, number = _("Images are described in words"), len(writing.images)
    bare = [src for src, state in writing.images if state == "none"]
    drafted = [src for src, state in writing.images if state == "drafted"]
    reasons = []
    if bare:
        reasons.append(_("Not described: %(names)s") % {"names": file_names(bare)})
    if drafted:
        reasons.append(_("Drafted by a model, and not looked at: %(names)s") % {"names": file_names(drafted)})
    if bare:
        fix = _("Write what it shows between the brackets: ![A brass clock with one hand](…)")
        yield Item("alt", OPEN, title, "\n".join(reasons), fix)
    elif drafted:
        yield Item("alt", OPEN, title, "\n".join(reasons), _("Change what is wrong, or say that it is right."))
    else:
        yield Item("alt", DONE, title, ngettext("%(n)s image", "%(n)s images", number) % {"n": number})


def file_names(sources: Sequence[str]) -> str:
    """The first three, for a sentence."""
    names = ", ".join(src.rpartition("/")[2] or src for src in sources[:3])
    return names + (" …" if len(sources) > 3 else "")


def pinned(writing: Writing) -> Iterator[Item]:
    """Links to code: a branch moves on, a commit stays."""
    title, fixed = _("Links to code stay what they are"), str(writing.page.get("pinned") or "")
    if writing.link_url in writing.unpinned and fixed:
        reason = _("The branch moves on; the commit that it points to now stays.")
        yield Item("pinned", OPEN, title, reason, _("Link to the commit."), _("Pin the link"), "link_url", fixed)
    elif writing.unpinned:
        reason = _("On a branch that moves on: %(url)s") % {"url": writing.unpinned[0]}
        yield Item("pinned", OPEN, title, reason, _("Press y on that page, and copy its address again."))
    elif fixed and fixed == writing.link_url:
        yield Item("pinned", DONE, title, _("The link names a commit."))


def earlier_posts(writing: Writing) -> Iterator[Item]:
    title = _("Your earlier posts are linked")
    if writing.links_back:
        yield Item("earlier", DONE, title)
    elif writing.earlier:
        name, markdown = writing.earlier[0]
        reason = _("You wrote about this page before: “%(title)s”.") % {"title": name}
        yield Item(
            "earlier", OPEN, title, reason, _("Lead readers there."), _("Put the link into the text"), "", markdown
        )


def dead_links(writing: Writing) -> Iterator[Item]:
    if not writing.links:
        return
    title = _("Every link leads somewhere")
    dead = [(url, problem) for url, problem in writing.problems.items() if problem]
    left = writing.links - len(writing.problems)
    if dead:
        reason = "\n".join(f"{url} – {problem}" for url, problem in dead[:3])
        yield Item("links", OPEN, title, reason, _("Look at it yourself; perhaps an archive has a copy to link to."))
    elif left:
        said = ngettext("%(n)s link was not looked at yet.", "%(n)s links were not looked at yet.", left)
        yield Item("links", UNKNOWN, title, said % {"n": left})
    else:
        yield Item("links", DONE, title, ngettext("%(n)s link", "%(n)s links", writing.links) % {"n": writing.links})


_LOOKS: tuple[Callable[[Writing], Iterator[Item]], ...] = (
    credit, via, their_words, shows_reading, adds_more, images, pinned, earlier_posts, dead_links,
)  # fmt: skip
