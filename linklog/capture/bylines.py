"""Bylines to people: `By Ada Bell and Grace Winter, Staff Writer` names two."""

import re
from collections.abc import Iterable

from linklog.capture.markup import line

MAX_PEOPLE, MAX_NAME = 10, 100
_BY = re.compile(
    r"^(?:(?:written|posted|words|story|text|photographs?) )?(?:by|von|av|af|par|por|di|door)\b[:\s]+", re.IGNORECASE
)
_SEPARATOR = re.compile(
    r"\s*(?:[;|•·\n]|,\s*(?:and|und|och|et|y)\s|,|\s(?:and|und|och|og|et|y|e|with|&)\s)\s*", re.IGNORECASE
)
_NO_NAME = re.compile(
    r"https?:|www\.|[@<>{}=]|\.(?:com|org|net)\b|^(?:ph\.?d|m\.?d|jr|sr|esq|admin|editor|staff|unknown|anonymous|author|guest)\.?$"
    r"|\b(?:correspondent|reporter|editor|staff writer|contributor|updated|published|posted|min read|minutes)\b",
    re.IGNORECASE,
)  # fmt: skip
_HANDLE = re.compile(r"@[\w.-]{2,40}")


def people(texts: Iterable[str]) -> list[str]:
    """The names in bylines, each once. No addresses, no handles, no titles."""
    names: dict[str, str] = {}
    for text in texts:
        for part in _SEPARATOR.split(_BY.sub("", line(text, 1000))):
            name = part.strip(" .,:–—-")
            if re.search(r"[^\W\d_]", name) and len(name) <= MAX_NAME and not _NO_NAME.search(name):
                names.setdefault(name.casefold(), name)
    return list(names.values())[:MAX_PEOPLE]


def inverted(texts: Iterable[str]) -> list[str]:
    """As `people`, of names as catalogues give them: `Bell, Ada`, one in each text."""
    turned = (re.sub(r"^([^,]+),\s*([^,]+)$", r"\2 \1", line(text, MAX_NAME)) for text in texts)
    return people(turned)


def handles(texts: Iterable[str]) -> list[str]:
    """Those of `texts` that are a handle, for where a page names nobody otherwise."""
    return [text.strip() for text in texts if _HANDLE.fullmatch(text.strip())][:1]
