"""The query language: one grammar, read by one parser, for every place that takes a query.

    query  = and { "OR" and }            lowest: `a b OR c` is `(a b) OR c`
    and    = part { part }
    part   = [ "-" ] ( "(" query ")" | field ":" value | '"' words '"' | word [ "*" ] )

Nothing that a person can type is an error: what does not fit is read as words, and what holds no word is passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linklog.core import words

MAX_LENGTH = 200
MAX_PARTS = 12
FIELDS = {
    "tag": "tag", "type": "type", "kind": "type", "author": "credit", "credit": "credit", "site": "site", "series": "series",
    "year": "year", "month": "month", "from": "from", "to": "to", "has": "has", "is": "is",
}  # fmt: skip
ONE_VALUED = ("type", "site", "series", "year", "month")
_TOKEN = re.compile(
    r"""(?P<sign>-?)(?:
        (?P<open>\() | (?P<close>\)) |
        (?P<field>[A-Za-z]+):(?:"(?P<quoted>[^"]*)"?|(?P<value>[^\s()"]+)) |
        "(?P<phrase>[^"]*)"? |
        (?P<word>[^\s()"]+)
    )""",
    re.VERBOSE,
)
_QUOTES = str.maketrans("“”„«»＂", '""""""')


@dataclass(frozen=True)
class Words:
    """One word, or several in a row. The last may be the beginning of one. Folded, not stemmed."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True)
class Field:
    """A filter: `name` is one of the values of FIELDS."""

    name: str
    value: str


@dataclass(frozen=True)
class Not:
    part: "Node"


@dataclass(frozen=True)
class And:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    parts: tuple["Node", ...]


Node = Words | Field | Not | And | Or


@dataclass(frozen=True)
class Query:
    """What a text asks. `node` is None where it asks for everything; `notes` say what was left out, in whole sentences."""

    text: str = ""
    node: Node | None = None
    notes: tuple[str, ...] = ()

    @property
    def wanted(self) -> list[Words]:
        """The words that a result is found by, those after a minus left out."""
        return list(_wanted(self.node)) if self.node else []

    def fields(self) -> list[Field]:
        return [node for node in _walk(self.node) if isinstance(node, Field)] if self.node else []


def parse(text: str) -> Query:
    """The query that `text` is, cut to what may be asked at once."""
    notes = []
    text = " ".join(text.replace("\x00", " ").split())
    if len(text) > MAX_LENGTH:
        text = text[:MAX_LENGTH].rstrip()
        notes.append(_("Only the first %(n)s characters were searched for.") % {"n": MAX_LENGTH})
    parser = _Parser(text.translate(_QUOTES))
    node = parser.query()
    if parser.is_cut:
        notes.append(_("Only the first %(n)s words and filters were searched for.") % {"n": MAX_PARTS})
    return Query(text, node, tuple(notes))


def unfinished(text: str) -> str:
    """`text` as it is asked for while it is typed: its last word may go on, so what begins like it will do."""
    *_before, last = [None, *_TOKEN.finditer(text.translate(_QUOTES))]
    word = last["word"] if last and not last["sign"] else ""
    goes_on = word and len(word) > 1 and word[-1].isalnum() and word not in ("OR", "AND", "NOT")
    return f"{text}*" if goes_on else text


class _Parser:
    """Recursive descent over the tokens; depth is bounded by the length of a query."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_TOKEN.finditer(text))
        self.place = 0
        self.parts = 0
        self.is_cut = False

    def query(self) -> Node | None:
        """A whole query. Closing brackets that nothing opened are passed over."""
        found = []
        while self.place < len(self.tokens):
            found.append(self.alternatives())
            self.place += 1
        return _joined(And, found)

    def alternatives(self) -> Node | None:
        branches = [self.all_of()]
        while self._next_is("OR"):
            self.place += 1
            branches.append(self.all_of())
        return _joined(Or, branches)

    def all_of(self) -> Node | None:
        found = []
        while self.place < len(self.tokens) and not self.tokens[self.place]["close"] and not self._next_is("OR"):
            found.append(self.part())
        return _joined(And, found)

    def part(self) -> Node | None:
        token = self.tokens[self.place]
        self.place += 1
        is_not = bool(token["sign"])
        if token["word"] == "AND" and not is_not:
            return None
        if token["word"] == "NOT" and not is_not:
            part = self.part() if self.place < len(self.tokens) and not self.tokens[self.place]["close"] else None
            return Not(part) if part else None
        if token["open"]:
            part = self.alternatives()
            self.place += 1  # the closing bracket, where there is one
        else:
            part = self._leaf(token)
        return Not(part) if part and is_not else part

    def _leaf(self, token: re.Match[str]) -> Node | None:
        part = _leaf(token)
        if part is not None:
            self.parts += 1
            if self.parts > MAX_PARTS:
                self.is_cut = True
                return None
        return part

    def _next_is(self, word: str) -> bool:
        return self.place < len(self.tokens) and self.tokens[self.place].group() == word


def _leaf(token: re.Match[str]) -> Node | None:
    if token["field"] and (name := FIELDS.get(token["field"].lower())):
        value = (token["quoted"] if token["quoted"] is not None else token["value"]).strip()
        return Field(name, value) if value else None
    text = token.group().removeprefix("-")
    is_prefix = text.endswith("*") and token["phrase"] is None
    found = tuple(word.folded for word in words.words(re.sub(r"^https?://(www\.)?", "", text)))
    return Words(found, is_prefix) if found else None


def _joined(kind: type[And] | type[Or], parts: list[Node | None]) -> Node | None:
    """`parts` under one node; a single one stands for itself."""
    held = [part for part in parts if part is not None]
    if kind is And:
        held = _either_value([one for part in held for one in (part.parts if isinstance(part, And) else (part,))])
    return held[0] if len(held) == 1 else kind(tuple(held)) if held else None


def _either_value(parts: list[Node]) -> list[Node]:
    """Of what a post has one of, two values can only mean either: `year:2023 year:2024`."""
    for name in ONE_VALUED:
        values = [part for part in parts if isinstance(part, Field) and part.name == name]
        if len(values) > 1:
            parts = [part for part in parts if part not in values] + [Or(tuple(values))]
    return parts


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for part in (node.part,) if isinstance(node, Not) else getattr(node, "parts", ()):
        yield from _walk(part)


def _wanted(node: Node) -> Iterator[Words]:
    if isinstance(node, Words):
        yield node
    for part in getattr(node, "parts", ()):
        yield from _wanted(part)
