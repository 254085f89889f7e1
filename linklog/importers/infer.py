"""What a person would take a feed's entry for: a link with commentary, someone's words, a note, an article; found where, tagged how.

Works on cleaned HTML. Nothing is thrown away that is not kept elsewhere: a line leaves the text only when it was understood.
"""

import re
from dataclasses import dataclass, field
from itertools import takewhile

from selectolax.lexbor import LexborNode

from linklog.core import html, links
from linklog.core.slugs import tag_slug
from linklog.importers import attribution, blocks
from linklog.importers.attribution import MAX_NAME, Attribution
from linklog.importers.blocks import Line, Part
from linklog.importers.contract import UNTITLED_LENGTH, Credited, ImportedPost, web_url

_STOPS = (".", "!", "?", "…", ")", "”", '"', ":")
MAX_TAG_WORDS = MAX_NAME_WORDS = 5
_VIA = re.compile(r"^\s*[(\[]?\s*via\b\s*(:?)\s*", re.IGNORECASE)
_TAGS = re.compile(r"^\s*[(\[]?\s*(?:tags?|tagged|filed under)\s*:\s*", re.IGNORECASE)
_BY = re.compile(r"^\s*By\s+")
_JOINERS = re.compile(r"(?:[\s,.;:&()\[\]|/·•]|\band\b)*", re.IGNORECASE)
_QUOTING = re.compile(r"^(?:Quoting .+|Quotation(?: on \d{1,2}(?:st|nd|rd|th) \w+ \d{4})?)$")
_NOTE_ON = re.compile(r"^Note(?: on \d{1,2}(?:st|nd|rd|th) \w+ \d{4})?$")
_TAIL = re.compile(r"(?:on|at|in)(?: [^\s,;:]+){1,3}")
_PERMALINK = re.compile(r"[★∞#¶☆]|[★∞#¶☆]? ?(?:permalink|permanent link)", re.IGNORECASE)
TURNS = 3


@dataclass(kw_only=True)
class Hints:
    """What the feed says of the entry outside its text. `own_hosts` are where the feed and the entry are at home."""

    related: str = ""
    own_hosts: set[str] = field(default_factory=set)
    contributors: list[Credited] = field(default_factory=list)
    is_link: bool = False  # the feed says that the entry is about `related`, whatever it looks like
    is_linklog: bool = False  # its generator is a Linklog: titles and lines are known to the letter


def infer(item: ImportedPost, hints: Hints) -> None:
    """Give `item`, whose body is HTML, its kind and all that its text says of links, people and tags."""
    try:
        body = blocks.normalised(item.body)
        _Entry(item, hints, body).read()
    except RecursionError:  # nested beyond all sense: kept as it is
        item.kind = item.kind or "entry"


class _Entry:
    def __init__(self, item: ImportedPost, hints: Hints, body: LexborNode) -> None:
        self.item, self.hints, self.body = item, hints, body
        self.taken: set[str] = set()
        self.tag_names: list[str] = []

    def read(self) -> None:
        for _turn in range(TURNS):  # one may stand before the other
            self._drop_permalink()
            blocks.join_tag_list(self.body)
            blocks.take_trailing_lines(self.body, self._take)
        item = self.item
        item.tags = self._named_tags() if item.tags else [(name, "") for name in self.tag_names]
        is_understood = self._is_blogmark() or (not self.hints.is_link and self._is_quotation())
        if self.hints.is_link or (self.hints.related and not is_understood):
            item.kind, item.link_url = "blogmark", self.hints.related
        elif not is_understood:
            item.kind = self._note_or_entry()
        if item.kind != "quotation" and not item.credits and self.hints.is_linklog:
            item.credits = self.hints.contributors
        item.body = blocks.joined(blocks.blocks(self.body))

    def _named_tags(self) -> list[tuple[str, str]]:
        """The feed's categories, with the names that the line gives those without one."""
        names = {tag_slug(name): name for name in self.tag_names}
        return [(term, label or names.get(tag_slug(term), "")) for term, label in self.item.tags]

    # Lines at the end

    def _take(self, line: Line) -> bool:
        """Whether the last line is understood: it then is in `item`."""
        text = _text(line)
        for name, read in (("tags", self._tags_line), ("via", self._via_line), ("by", self._by_line)):
            if name not in self.taken and all(part.nodes for part in line) and read(line, text):
                self.taken.add(name)
                return True
        return False

    def _tags_line(self, line: Line, text: str) -> bool:
        if not (label := _TAGS.match(text)):
            return False
        linked = [_folded(part.text) for part in line if part.href]
        if line[0].kept and not (text[0].isupper() and linked and self._ends_in_tags(line[0].kept, linked)):
            return False
        if linked and _only_joins(line, _TAGS):
            self.tag_names = linked
            return True
        names = [_folded(name) for name in text[label.end() :].rstrip(" .)]").split(",")]
        known = {name.lower() for pair in self.item.tags for name in pair}
        are_tags = bool(known) and {name.lower() for name in names} <= known
        are_short = not re.search(r"[.!?]\s*$", text) and all(0 < len(name.split()) <= MAX_TAG_WORDS for name in names)
        if linked or not (are_tags or (are_short and (len(names) > 1 or len(names[0].split()) <= 2))):
            return False
        self.tag_names = names
        return True

    def _ends_in_tags(self, before: str, linked: list[str]) -> bool:
        """Whether links at the end of a paragraph are the tags: the feed's categories, or, where it has none, after a full stop."""
        known = {tag_slug(name) for pair in self.item.tags for name in pair if name}
        return {tag_slug(name) for name in linked} <= known if known else before.endswith(_STOPS)

    def _via_line(self, line: Line, text: str) -> bool:
        label = _VIA.match(text)
        if not label:
            return False
        rest = _folded(text[label.end() :]).strip("()[] ")
        linked = [part for part in line if part.href]
        if linked:
            first, url = linked[0], web_url(linked[0].href)
            tail = _folded("".join(part.text for part in line[line.index(first) + 1 :])).rstrip(".)] ")
            tail = tail if _TAIL.fullmatch(tail) else ""
            said = line[: line.index(first) + 1] if tail else line
            if len(linked) > 1 or not url or not _only_joins(said, _VIA):
                return False  # a post has one via: a line that says more stays
            is_unnamed = _folded(first.text) == links.site(url) and self.hints.is_linklog
            self.item.via_url, self.item.via_title = url, "" if is_unnamed else _folded(f"{first.text} {tail}")
            return True
        rest = rest.rstrip(".")
        is_known = rest.lower() == self.item.via_title.lower() != ""
        if not rest or not (is_known or self.hints.is_linklog or label[1] or _is_name_like(rest)):
            return False
        self.item.via_title = rest
        return True

    def _by_line(self, line: Line, text: str) -> bool:
        """The people credited, as a Linklog's feeds name them; elsewhere only where the feed names the same ones."""
        if not _BY.match(text):
            return False
        people = self.hints.contributors
        said = _folded(_BY.sub("", text, count=1))
        if not people and self.hints.is_linklog:
            people = [Credited(name, web_url(part.href)) for part in line for name in _names(part)]
        if not people or said != ", ".join(person.name for person in people):
            return False
        self.item.credits = people
        return True

    def _drop_permalink(self) -> None:
        """A last block that is nothing but a star, "Permalink" or the like, linked to the entry itself."""
        last = blocks.last(self.body)
        if last is None or len(last.css("a")) != 1 or last.css_first("img") is not None:
            return
        url = web_url((last.css("a")[0].attributes or {}).get("href"))
        is_home = not url or not self.hints.own_hosts or links.site(url) in self.hints.own_hosts | {self._home()}
        if is_home and _PERMALINK.fullmatch(blocks.text_of(last).strip("\u00a0 ")):
            last.remove()

    def _home(self) -> str:
        return links.site(self.item.source_url)

    # Kinds

    def _is_blogmark(self) -> bool:
        """The first paragraph is one bold link and nothing else."""
        first = blocks.first(self.body)
        if first is None or first.tag not in ("p", "div"):
            return False
        anchors = first.css("a[href]")
        if len(anchors) != 1 or first.css_first("img,audio,video") or first.css_first("strong,b") is None:
            return False
        url, text = web_url(anchors[0].attributes["href"]), blocks.text_of(anchors[0])
        bold = "".join(blocks.text_of(node) for node in first.css("strong,b"))
        if not url or not text or text != blocks.text_of(first) or bold != text:
            return False
        is_outside = links.site(url) not in self.hints.own_hosts
        if not is_outside and text != _folded(self.item.title) and url != self.hints.related:
            return False
        first.remove()
        self.item.kind, self.item.link_url, self.item.title = "blogmark", url, self.item.title or text
        return True

    def _is_quotation(self) -> bool:
        """A quoted block and who said it, and nothing else; under a title "Quoting …" several blocks, and remarks after it."""
        found = blocks.blocks(self.body)
        quotes = list(takewhile(lambda block: block.tag == "blockquote", found))
        says_quoting = bool(_QUOTING.match(_folded(self.item.title)))
        after = found[len(quotes) :]
        if not quotes or not (says_quoting or (len(quotes) == 1 and len(after) <= 1)):
            return False
        parts = [blocks.normalised(html.inner_html(quote)) for quote in quotes]
        said: Attribution | None = None
        if after:
            said = attribution.read(after[0], after[1:])
        elif len(inside := blocks.blocks(parts[-1])) > 1 and (said := attribution.read(inside[-1], [])):
            inside[-1].remove()
        if said is None and (after or not says_quoting):
            return False
        quoted = html.parse("\n".join(blocks.joined(blocks.blocks(part)) for part in parts))
        if not blocks.text_of(quoted) and quoted.css_first("img") is None:
            return False
        cited = (web_url(quote.attributes.get("cite")) for quote in quotes)
        self.item.kind, self.item.link_url = "quotation", next(filter(None, cited), "") or self.hints.related
        if said:
            self._apply(said)
        if says_quoting:
            self.item.title = ""
        self.body = quoted
        return True

    def _apply(self, said: Attribution) -> None:
        item, contributors = self.item, self.hints.contributors
        item.link_url = said.link or item.link_url or ("" if self.hints.is_linklog else said.context_link)
        item.context = said.context
        if contributors and said.name == _folded(", ".join(person.name for person in contributors)):
            item.credits = contributors
        elif not (self.hints.is_linklog and said.name == links.site(item.link_url)):
            item.credits = [Credited(said.name)]

    def _note_or_entry(self) -> str:
        item = self.item
        if _NOTE_ON.match(_folded(item.title)):
            item.title = ""
            return "note"
        is_short = len(blocks.text_of(self.body)) <= UNTITLED_LENGTH
        return "note" if not item.title.strip() and is_short else "entry"


def _names(part: Part) -> list[str]:
    """The people that a run of a "By …" line names: a link names one, text those between its commas that look like names."""
    if part.href:
        return [_folded(part.text)]
    names = [_folded(name) for name in _BY.sub("", part.text, count=1).split(",")]
    return [name for name in names if _is_name_like(name) and not name.endswith(".")]


def _is_name_like(text: str) -> bool:
    """Whether `text` is one to five words that all begin like those of a name."""
    words = text[: MAX_NAME + 1].split()
    are_names = all(word.lstrip("@#")[:1].isupper() or word[0] in "@#0123456789" for word in words)
    return len(text) <= MAX_NAME and 0 < len(words) <= MAX_NAME_WORDS and are_names


def _only_joins(line: Line, label: re.Pattern[str]) -> bool:
    """Whether beside its label and its links, a line holds only commas and the like."""
    text = "".join("" if part.href else part.text for part in line).lstrip()
    return bool(_JOINERS.fullmatch(label.sub("", text, count=1)))


def _text(line: Line) -> str:
    """Without space at its beginning, over which the patterns of labels would take their time."""
    return "".join(part.text for part in line).lstrip()


def _folded(text: str) -> str:
    return " ".join(text.split())
