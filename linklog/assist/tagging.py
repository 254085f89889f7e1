"""Tags for a post, which a language model chooses from the author's own: what is in no list of theirs is dropped."""

from collections.abc import Sequence
from typing import Any

from pyroaring import BitMap

from linklog.assist.client import Task
from linklog.search.tag_suggestions import Subject, most_used, suggest

VOCABULARY = 150  # names that a model chooses from
NEAR = 100  # of them at most are those that suit the subject best; the others are used most
MOST = 10  # tags of an answer
FIELDS = {"vocabulary": 6_000, "title": 300, "text": 4_000, "page": 3_000}


def vocabulary(subject: Subject, among: BitMap | None = None) -> list[str]:
    """The tags to choose from, the likeliest first, learnt from public posts or from those `among`. Not those that it has already."""
    near = [name for name, _reason in suggest(subject, NEAR, among)]
    given = set(subject.given)
    names = dict.fromkeys([*near, *most_used(VOCABULARY, among)])
    return [name for name in names if name not in given][:VOCABULARY]


def values(vocabulary: Sequence[str], title: str, text: str, page: str = "") -> dict[str, str]:
    """What is sent. `page` is what the linked page says of itself."""
    return {"vocabulary": "\n".join(vocabulary), "title": title, "text": text, "page": page}


def tags_of(vocabulary: Sequence[str]) -> Task[list[str]]:
    """The task of choosing from these names."""
    names = {"type": "array", "items": {"type": "string", "enum": list(vocabulary)}}
    schema = {"type": "object", "properties": {"tags": names}, "required": ["tags"], "additionalProperties": False}
    return Task("tags", FIELDS, 300, lambda answer: chosen(answer, vocabulary), schema)


def chosen(answer: Any, vocabulary: Sequence[str]) -> list[str]:
    """Those names of an answer that are in the vocabulary, each once and as it is written there."""
    if not isinstance(answer, dict) or not isinstance(answer.get("tags"), list):
        raise ValueError("no list of tags")
    known = {name.casefold(): name for name in vocabulary}
    found = (known.get(str(name).strip().removeprefix("#").casefold()) for name in answer["tags"])
    return list(dict.fromkeys(name for name in found if name))[:MOST]
