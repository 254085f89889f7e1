"""Files and folders on GitHub, pinned to the commit that their branch points to now: what a link shows then stays what was meant.

A page that calls itself GitHub is one on any host, so that a company's own server is known too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django.utils.translation import gettext as _

from linklog.capture.markup import Markup, as_json
from linklog.core.http import FetchError, decoded, fetch

HOST, API = "github.com", "https://api.github.com"
MAX_VALUES = 20_000  # of a page's data are looked at
_PATH = re.compile(r"/([\w.-]+)/([\w.-]+)/(blob|tree|blame)/(.+)", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True)
class Source:
    """A file or folder: `rest` is the name of a branch, tag or commit, a slash, and the path. A name may hold slashes itself."""

    site: str  # scheme and host
    repository: str
    view: str  # blob, tree or blame
    rest: str
    tail: str  # the query and the marked lines

    @property
    def is_pinned(self) -> bool:
        return bool(_COMMIT.fullmatch(self.rest.partition("/")[0]))

    def at(self, name: str, commit: str) -> str:
        """The address of the same thing at a commit, `name` being its branch; "" where it is on no branch of that name."""
        is_on = f"{self.rest}/".startswith(f"{name}/") and _COMMIT.fullmatch(commit)
        path = quote(self.rest[len(name) :], safe="/~!$&'()*+,;=:@-._")
        return f"{self.site}/{self.repository}/{self.view}/{commit}{path}{self.tail}" if is_on else ""


def source_of(url: str, host: str = HOST) -> Source | None:
    """The file or folder that `url` names on `host`, if it does."""
    parts = urlsplit(url)
    match = _PATH.fullmatch(unquote(parts.path))
    if match is None or parts.netloc != host:
        return None
    tail = (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    owner, name, view, rest = match.groups()
    return Source(f"{parts.scheme}://{parts.netloc}", f"{owner}/{name}", view, rest.rstrip("/"), tail)


def pin(url: str, markup: Markup) -> tuple[str, str]:
    """The pinned address of `url`, whose page is `markup`, and a sentence where it could not be found out. Both are "" for what is no
    file on a branch."""
    host = urlsplit(url).netloc
    is_github = host == HOST or "GitHub" in markup.metas("og:site_name", "hostname")
    source = source_of(url, host) if is_github else None
    if source is None or source.is_pinned:
        return "", ""
    for name, commit in _said(markup):
        if pinned := source.at(name, commit):
            return pinned, ""
    try:
        return next((pinned for name, commit in _branches(source) if (pinned := source.at(name, commit))), ""), ""
    except FetchError:
        return "", _("GitHub did not say which commit this branch points to now, so the link is not pinned.")


def _said(markup: Markup) -> Iterator[tuple[str, str]]:
    """(branch, commit) that the page itself names in its data."""
    waiting: list[Any] = list(markup.json("application/json"))
    for _place in range(MAX_VALUES):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(said := value.get("refInfo"), dict):
                yield str(said.get("name", "")), str(said.get("currentOid", ""))
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _branches(source: Source) -> list[tuple[str, str]]:
    """(branch, commit) of all branches whose name begins as the source's does, the longest name first. Tags stay where they are.

    https://docs.github.com/rest/git/refs#list-matching-references
    """
    api = API if source.site == f"https://{HOST}" else f"{source.site}/api/v3"
    first = quote(source.rest.partition("/")[0], safe="")
    url = f"{api}/repos/{source.repository}/git/matching-refs/heads/{first}"
    answer = fetch(url, accept=("application/json", "application/vnd.github+json"), max_bytes=1_000_000, seconds=5)
    found = []
    for references in as_json(decoded(answer)):
        for one in references if isinstance(references, list) else ():
            if isinstance(one, dict) and isinstance(target := one.get("object"), dict):
                found.append((str(one.get("ref", "")).removeprefix("refs/heads/"), str(target.get("sha", ""))))
    return sorted(found, key=lambda branch: -len(branch[0]))
