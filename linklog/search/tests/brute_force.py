"""What a search must find, worked out the slow way: every post looked at, one by one, as a plain dictionary.

Nothing here knows how search works. Of the code under test it takes `core.words` alone, which says what a word is.
A question is a tree of tuples and the parameters of an address: ("and", [("word", "tides"), ("not", ("field", "tag", "clocks"))]).
"""

from collections import Counter
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from linklog.core import words
from linklog.posts.models import Post

PlainPost = dict[str, Any]
Parameters = dict[str, list[str]]

SPELLINGS: dict[str, set[str]] = {}  # of public posts, by stem

_INLINE = {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp",
           "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "big", "acronym", "font"}  # fmt: skip
_SIGNS = {"img": "image", "pre": "code", "code": "code", "blockquote": "quote"}


class _Reader(HTMLParser):
    """The words of HTML, blocks apart, and which of the elements that `has:` asks for are in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.has: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SIGNS:
            self.has.add(_SIGNS[tag])
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE and tag != "img":
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def plain_posts() -> list[PlainPost]:
    """Every post there is, drafts included. Each knows how the words of all public ones are spelt, by their stems."""
    posts = [_plain(post) for post in Post.objects.with_parts().order_by("pk")]
    SPELLINGS.clear()
    for word in {
        word for post in posts if post["state"] == "public" for text in post["texts"] for word in _spellings(text)
    }:
        SPELLINGS.setdefault(stems_of(word)[0], set()).add(word)
    return posts


def _spellings(text: str) -> set[str]:
    found = {text[word.start : word.end].lower() for word in words.words(text)}
    return {word for word in found if 3 <= len(word) <= 30 and word.isalpha()}


def _plain(post: Post) -> PlainPost:
    body = _Reader(post.body_html)
    context = _Reader(post.context_html)
    names = [tag.name for tag in post.tag_list] + [person.name for person in post.credited]
    names += [post.series.name] if post.series else []
    address = post.link_url.split("://")[-1]
    texts = [
        post.title,
        " ; ".join(names),
        f"{''.join(body.pieces)} ; {''.join(context.pieces)}",
        f"{address[4:] if address.startswith('www.') else address} ; {post.via_title}",
    ]
    columns = [stems_of(text) for text in texts]
    is_later = post.published is not None and post.published > timezone.now()
    return {
        "key": post.pk,
        "name": post.address or post.slug,
        "kind": post.kind,
        "state": "draft" if post.is_draft else "scheduled" if is_later else "public",
        "published": post.published,
        "day": post.day.isoformat() if post.day else "",
        "tag": {tag.slug for tag in post.tag_list},
        "credit": {person.slug for person in post.credited},
        "series": {post.series.slug} if post.series else set(),
        "site": {site_of(post.link_url)} - {""},
        "has": body.has | ({"via"} if post.via_url else set()),
        "texts": texts,
        "rows": [f" {' '.join(column)} " for column in columns],
        "stems": {stem for column in columns for stem in column},
    }


def site_of(address: str) -> str:
    host = urlsplit(address).hostname or ""
    return host[4:] if host.startswith("www.") else host


def stems_of(text: str) -> list[str]:
    return words.stems(words.folded(text), settings.LANGUAGE_CODE)


# What a question asks ------------------------------------------------------------------------------------------------


def answer(posts: Iterable[PlainPost], tree: Any, parameters: Parameters, is_author: bool = False) -> list[PlainPost]:
    """The posts that are asked for: public ones, and for an author who says `is:` all."""
    sees_all = is_author and "is" in _fields(tree)
    return [
        post
        for post in posts
        if (sees_all or post["state"] == "public")
        and is_chosen(post, parameters)
        and (tree is None or holds(post, tree))
    ]


def _fields(tree: Any) -> set[str]:
    match tree:
        case ("field", name, _):
            return {name}
        case ("not", part):
            return _fields(part)
        case ("and" | "or" | "either", parts):
            return {name for part in parts for name in _fields(part)}
    return set()


def holds(post: PlainPost, tree: Any) -> bool:
    match tree:
        case ("word" | "phrase", text):
            return _holds_in_a_row(post, stems_of(text))
        case ("prefix", text):
            return _holds_beginning(post, stems_of(text), words.folded(text)[-1].replace("'", ""))
        case ("field", name, value):
            return has_value(post, name, value)
        case ("not", part):
            return not holds(post, part)
        case ("and", parts):
            return all(holds(post, part) for part in parts)
        case ("or" | "either", parts):
            return any(holds(post, part) for part in parts)
    raise ValueError(tree)


def _holds_in_a_row(post: PlainPost, stems: list[str]) -> bool:
    if len(stems) == 1:
        return stems[0] in post["stems"]
    row = f" {' '.join(stems)} "
    return any(row in column for column in post["rows"])


def _holds_beginning(post: PlainPost, stems: list[str], start: str) -> bool:
    """Whether the words but the last are followed by one of the last one's stem, or by one that begins with `start`.

    A word alone also begins with what any spelling of its stem begins with.
    """
    *before, last = stems
    if not before:
        spelt = {word for stem in post["stems"] for word in (stem, *SPELLINGS.get(stem, ()))}
        return last in post["stems"] or any(word.startswith(start) for word in spelt)
    row = f" {' '.join(before)} "
    return any(f"{row}{last} " in column or f"{row}{start}" in column for column in post["rows"])


def has_value(post: PlainPost, name: str, value: str) -> bool:
    """Whether `post` is of this kind, year, tag … `value` is the slug, domain or number itself."""
    match name:
        case "type":
            return post["kind"] == value
        case "is":
            return post["state"] == value
        case "year":
            return post["day"][:4].lstrip("0") == value
        case "month":
            return post["day"] != "" and (
                post["day"][:7] == value if "-" in value else int(post["day"][5:7]) == int(value)
            )
        case "from":
            return post["day"] != "" and post["day"][: len(value)] >= value
        case "to":
            return post["day"] != "" and post["day"][: len(value)] <= value
    return value in post[name]


def is_chosen(post: PlainPost, parameters: Parameters) -> bool:
    """Of tags and people all that are asked for, of anything else one of them; nothing of what is excluded."""
    for name, values in parameters.items():
        held = [has_value(post, name.removeprefix("exclude."), value) for value in values]
        if name.startswith("exclude.") and any(held):
            return False
        if not name.startswith("exclude.") and not (all(held) if name in ("tag", "credit") else any(held)):
            return False
    return True


def facets(posts: Iterable[PlainPost]) -> dict[str, dict[str, int]]:
    """How many of `posts` there are of each value of each facet."""
    counted: dict[str, Counter[str]] = {
        name: Counter() for name in ("type", "tag", "year", "month", "credit", "site", "series")
    }
    for post in posts:
        counted["type"][post["kind"]] += 1
        if post["day"]:
            counted["year"][post["day"][:4].lstrip("0")] += 1
            counted["month"][str(int(post["day"][5:7]))] += 1
        for name in ("tag", "credit", "site", "series"):
            counted[name].update(post[name])
    return {name: dict(values) for name, values in counted.items()}
