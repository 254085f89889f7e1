"""What a page says of itself in JSON-LD (https://schema.org): the node that is the page, and what it says, however it is nested."""

from collections.abc import Iterator
from html import unescape
from typing import Any

from linklog.capture.markup import Markup

MAX_NODES = 2_000
Node = dict[str, Any]
_WORKS = (
    "Article", "NewsArticle", "BlogPosting", "Report", "ScholarlyArticle", "TechArticle", "SocialMediaPosting", "Review",
    "VideoObject", "PodcastEpisode", "AudioObject", "Book", "Movie", "Recipe", "SoftwareSourceCode", "SoftwareApplication",
    "Dataset", "Course", "Event", "MusicRecording", "Photograph", "CreativeWork", "Product", "WebPage", "AboutPage",
)  # fmt: skip  # the first is what a page is about where it says several


class LinkedData:
    """The node of a page's JSON-LD that says what the page is; where there is none, it says nothing."""

    def __init__(self, markup: Markup) -> None:
        self.nodes = list(_nodes(list(markup.json("ld+json"))))
        self._by_id = {node["@id"]: node for node in self.nodes if isinstance(node.get("@id"), str) and len(node) > 1}
        ranked = sorted(
            ((rank, node) for node in self.nodes if (rank := _rank(node)) is not None), key=lambda one: one[0]
        )
        self.main: Node = ranked[0][1] if ranked else {}

    def of_type(self, name: str) -> list[Node]:
        return [node for node in self.nodes if name in types(node)]

    def texts(self, *names: str, of: Node | None = None) -> list[str]:
        """The texts under these names, of the main node unless told otherwise: of an object its name, address or value."""
        node = self.main if of is None else of
        return [text for name in names for value in _list(node.get(name)) if (text := self._text(value))]

    def authors(self) -> tuple[list[str], list[str]]:
        """The names of the people who made it, and those of organisations."""
        named: tuple[list[str], list[str]] = ([], [])
        for value in _list(self.main.get("author") or self.main.get("creator")):
            node = self._resolved(value)
            is_organisation = isinstance(node, dict) and any("Organization" in name for name in types(node))
            named[is_organisation].extend([text] if (text := self._text(value)) else [])
        return named

    def _resolved(self, value: Any) -> Any:
        """`{"@id": …}` as the node it names."""
        return self._by_id.get(str(value["@id"]), value) if isinstance(value, dict) and "@id" in value else value

    def _text(self, value: Any) -> str:
        value = self._resolved(value)
        if isinstance(value, dict):
            value = next(
                (value[name] for name in ("name", "contentUrl", "url", "@value") if isinstance(value.get(name), str)),
                "",
            )
        return unescape(value).strip() if isinstance(value, str) else ""


def types(node: Node) -> list[str]:
    return [str(name).rpartition("/")[2] for name in _list(node.get("@type"))]


def _rank(node: Node) -> int | None:
    places = [_WORKS.index(name) for name in types(node) if name in _WORKS]
    return min(places) if places else None


def _list(value: Any) -> list[Any]:
    return value[:50] if isinstance(value, list) else [] if value is None else [value]


def _nodes(values: list[Any]) -> Iterator[Node]:
    """Every object in these values that has a type or an id, the outer before the inner."""
    waiting, seen = values, 0
    while waiting and seen < MAX_NODES:
        inner: list[Any] = []
        for value in waiting[: MAX_NODES - seen]:
            seen += 1
            if isinstance(value, dict):
                if "@type" in value or "@id" in value:
                    yield value
                inner.extend(value.values())
            elif isinstance(value, list):
                inner.extend(value)
        waiting = [value for value in inner if isinstance(value, dict | list)]
