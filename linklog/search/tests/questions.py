"""Questions for a search, of every shape that the language and the address have, made of what posts hold. A fixed seed, no clock.

A question knows three spellings: the text a reader types, the parameters of an address, and the tree that `brute_force` understands.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

from linklog.core import words
from linklog.search.tests.brute_force import Parameters, PlainPost

LONGEST = 200


@dataclass(frozen=True)
class Question:
    shape: str
    tree: Any = None
    parameters: Parameters = field(default_factory=dict)
    is_author: bool = False

    @property
    def text(self) -> str:
        return "" if self.tree is None else spelt(self.tree, is_whole=True)

    @property
    def query_string(self) -> str:
        return urlencode({"q": self.text, **self.parameters}, doseq=True)

    def __str__(self) -> str:
        return f"{self.shape}: {self.query_string}"


def spelt(tree: Any, is_whole: bool = False) -> str:
    """`tree` as a reader types it."""
    match tree:
        case ("word", text):
            return str(text)
        case ("prefix", text):
            return f"{text}*"
        case ("phrase", text):
            return f'"{text}"'
        case ("field", name, value):
            return f'{name}:"{value}"' if " " in value else f"{name}:{value}"
        case ("not", part):
            return f"-{spelt(part)}"
        case ("and" | "either", parts):
            whole = " ".join(spelt(part) for part in parts)
        case ("or", parts):
            whole = " OR ".join(spelt(part) for part in parts)
    return whole if is_whole else f"({whole})"


class Stock:
    """What questions are made of: the words and values that `posts` have, each as often as they have it."""

    def __init__(self, posts: Sequence[PlainPost], random: Random) -> None:
        self.random = random
        self.posts = posts
        self.public = [post for post in posts if post["state"] == "public"]

    def surfaces(self) -> list[str]:
        """The words, as they are written, of a text of a post; never what the language reads as an operator."""
        while True:
            text = self.random.choice(self.random.choice(self.posts)["texts"])
            found = [text[word.start : word.end] for word in words.words(text)]
            found = [word for word in found if word not in ("OR", "AND", "NOT")]
            if found:
                return found

    def word(self) -> Any:
        return "word", self.random.choice(self.surfaces())

    def known_phrase(self, most: int = 4) -> Any:
        """Words that stand in a row in some post."""
        while True:
            text = self.random.choice(self.random.choice(self.public)["texts"])
            found = list(words.words(text))
            if len(found) > 1:
                first = self.random.randrange(len(found) - 1)
                last = min(first + self.random.randint(1, most - 1), len(found) - 1)
                return "phrase", text[found[first].start : found[last].end].replace('"', " ")

    def made_phrase(self) -> Any:
        return "phrase", f"{self.word()[1]} {self.word()[1]}"

    def prefix(self) -> Any:
        while True:
            word = self.word()[1]
            start = word[: self.random.randint(1, len(word))]
            if words.folded(start) and start[-1] not in "'’":
                return "prefix", start

    def row_and_beginning(self) -> Any:
        """Two words that stand in a row in some post, joined by a sign, the second cut short."""
        while True:
            found = self.surfaces()
            place = self.random.randrange(len(found))
            if place:
                before, word = found[place - 1 : place + 1]
                start = f"{before}-{word[: self.random.randint(1, len(word))]}"
                if len(words.folded(start)) > 1 and start[-1] not in "'’":
                    return "prefix", start

    def value(self, name: str) -> str:
        """A value of a facet, from a post that has one; "none" where no post has."""
        for _attempt in range(1_000):
            post = self.random.choice(self.public)
            if held := self._values(post, name):
                return str(self.random.choice(held))
        return "none"

    def _values(self, post: PlainPost, name: str) -> list[str]:
        day = post["day"]
        match name:
            case "type":
                return [post["kind"]]
            case "year":
                return [day[:4]]
            case "month":
                return [str(int(day[5:7])), str(int(day[5:7])), day[:7]]
            case "from" | "to":
                return [day, day[:7], day[:4]]
        return sorted(post[name])

    def field(self, name: str) -> Any:
        return "field", name, self.value(name)

    def any_field(self) -> Any:
        return self.field(
            self.random.choice(["tag", "type", "credit", "site", "series", "year", "month", "from", "to", "has"])
        )


Shape = Callable[[Stock], dict[str, Any]]  # the fields of a question


def _asking(tree: Callable[[Stock], Any]) -> Shape:
    return lambda stock: {"tree": tree(stock)}


def _choosing(*names: str, text: Callable[[Stock], Any] | None = None) -> Shape:
    """Values of these parameters; a name that stands twice gets two."""

    def make(stock: Stock) -> dict[str, Any]:
        parameters: Parameters = {}
        for name in names:
            value = stock.value(name.removeprefix("exclude."))
            if value not in parameters.setdefault(name, []):
                parameters[name].append(value)
        return {"tree": text(stock) if text else None, "parameters": parameters}

    return make


def _fields(name: str) -> Shape:
    return _asking(lambda stock: stock.field(name))


def _two_tags_of_one(stock: Stock) -> dict[str, Any]:
    post = stock.random.choice([post for post in stock.public if len(post["tag"]) > 1])
    return {"parameters": {"tag": stock.random.sample(sorted(post["tag"]), 2), "year": [post["day"][:4]]}}


def _mixture(stock: Stock) -> Any:
    parts = [
        stock.word(),
        stock.any_field(),
        ("not", stock.any_field()),
        ("or", [stock.word(), stock.known_phrase(2), stock.any_field()]),
    ]
    return "and", stock.random.sample(parts, stock.random.randint(2, 4))


def _brackets(stock: Stock) -> Any:
    return "and", [("or", [stock.word(), stock.prefix()]), ("or", [stock.word(), ("not", stock.any_field())])]


def _deep(stock: Stock) -> Any:
    inner = ("or", [stock.word(), ("and", [stock.any_field(), ("not", stock.word())])])
    return "or", [
        ("and", [stock.word(), ("not", ("or", [stock.word(), stock.any_field()]))]),
        ("not", ("and", [stock.word(), inner])),
    ]


def _state(is_author: bool) -> Shape:
    def make(stock: Stock) -> dict[str, Any]:
        state = ("field", "is", stock.random.choice(["draft", "scheduled", "public"]))
        tree = stock.random.choice(
            [state, ("not", state), ("and", [state, stock.word()]), ("or", [state, stock.any_field()])]
        )
        return {"tree": tree, "is_author": is_author}

    return make


SHAPES: dict[str, Shape] = {
    "nothing": lambda stock: {},
    "word": _asking(lambda stock: stock.word()),
    "words": _asking(lambda stock: ("and", [stock.word(), stock.word(), stock.word()])),
    "known phrase": _asking(lambda stock: stock.known_phrase()),
    "made phrase": _asking(lambda stock: stock.made_phrase()),
    "prefix": _asking(lambda stock: stock.prefix()),
    "row and beginning": _asking(lambda stock: stock.row_and_beginning()),
    "prefix and word": _asking(lambda stock: ("and", [stock.prefix(), stock.word()])),
    "without a word": _asking(lambda stock: ("not", stock.word())),
    "without a phrase": _asking(lambda stock: ("and", [stock.word(), ("not", stock.known_phrase(2))])),
    "without a prefix": _asking(lambda stock: ("and", [stock.word(), ("not", stock.prefix())])),
    "or": _asking(lambda stock: ("or", [stock.word(), stock.word(), stock.known_phrase()])),
    "brackets": _asking(_brackets),
    "deep": _asking(_deep),
    **{f"field {name}": _fields(name) for name in ("tag", "type", "credit", "site", "series", "year", "month", "from", "to", "has")},
    "from and to": _asking(lambda stock: ("and", [stock.field("from"), stock.field("to")])),
    "without a field": _asking(lambda stock: ("and", [("not", stock.any_field()), ("not", stock.any_field())])),
    "either year": _asking(lambda stock: ("either", [stock.field("year"), stock.field("year")])),
    "either site, and a word": _asking(lambda stock: ("and", [stock.word(), ("either", [stock.field("site"), stock.field("site")])])),
    "mixture": _asking(_mixture),
    "state, by a reader": _state(is_author=False),
    "state, by an author": _state(is_author=True),
    **{f"?{name}": _choosing(name) for name in ("tag", "type", "credit", "site", "series", "year", "month")},
    **{f"?exclude.{name}": _choosing(f"exclude.{name}") for name in ("tag", "type", "credit", "site", "series", "year", "month")},
    "?year&month": _choosing("year", "month"),
    "?year&year": _choosing("year", "year"),
    "?type&type&exclude.tag": _choosing("type", "type", "exclude.tag"),
    "?site&site": _choosing("site", "site"),
    "?tag&tag": _choosing("tag", "tag"),
    "?tag&tag&year": _two_tags_of_one,
    "?tag&exclude.tag&type": _choosing("tag", "exclude.tag", "type"),
    "?q&tag": _choosing("tag", text=lambda stock: stock.word()),
    "?q&year&exclude.type": _choosing("year", "exclude.type", text=lambda stock: stock.word()),
    "?q&type&exclude.site": _choosing("type", "exclude.site", text=_mixture),
}  # fmt: skip


def questions(posts: Sequence[PlainPost], number: int, seed: int = 7) -> list[Question]:
    """`number` questions, no two the same, of each shape as many as it has; none longer than a query may be."""
    stock = Stock(posts, Random(seed))
    found: dict[tuple[str, bool], Question] = {}
    while len(found) < number:
        for shape, make in SHAPES.items():
            for _attempt in range(5):
                question = Question(shape, **make(stock))
                if len(question.text) <= LONGEST and (question.query_string, question.is_author) not in found:
                    found[(question.query_string, question.is_author)] = question
                    break
    return list(found.values())[:number]
