"""What a search is asked for: the query, facet values chosen or excluded, the order, the page. Read from an address, written back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from linklog.core.xml import strip_illegal
from linklog.search.facets import FACETS
from linklog.search.query import MAX_LENGTH, Query, parse, unfinished

MAX_VALUES = 4  # in an address, so that a crawler that follows every facet comes to an end
MAX_PAGE = 100
SORTS = ("relevance", "date")
_EXCLUDE = "exclude."


class BadRequest(Exception):
    """The address asks for what no link here does. Says why, in a sentence."""


@dataclass(frozen=True, order=True)
class Choice:
    """A facet value that results must have, or must not."""

    facet: str
    value: str
    is_excluded: bool = False

    @property
    def parameter(self) -> str:
        return (_EXCLUDE if self.is_excluded else "") + self.facet


@dataclass(frozen=True)
class Request:
    """A search. Two that ask for the same are equal."""

    q: str = ""
    choices: tuple[Choice, ...] = ()
    sort: str = ""  # "" is by relevance where there are words, by date where there are none
    page: int = 1

    @cached_property
    def query(self) -> Query:
        return parse(self.q)

    @property
    def is_by_date(self) -> bool:
        return self.sort == "date" or not self.query.wanted

    def parameters(self) -> Iterator[tuple[str, str]]:
        if self.q:
            yield "q", self.q
        for choice in self.choices:
            yield choice.parameter, choice.value
        if self.sort:
            yield "sort", self.sort
        if self.page > 1:
            yield "page", str(self.page)

    def query_string(self) -> str:
        """The one spelling of this search in an address, without its question mark."""
        return urlencode(list(self.parameters()))

    def chosen(self, facet: str) -> list[str]:
        return [choice.value for choice in self.choices if choice.facet == facet and not choice.is_excluded]

    def with_choice(self, choice: Choice) -> "Request":
        return replace(self, choices=tuple(sorted({*self.choices, choice})), page=1)

    def without_choice(self, choice: Choice) -> "Request":
        return replace(self, choices=tuple(one for one in self.choices if one != choice), page=1)

    def is_full(self) -> bool:
        """Whether no further value may be chosen."""
        return len(self.choices) >= MAX_VALUES


@dataclass(frozen=True)
class Suggestion:
    """Another search that finds something, and how much."""

    request: Request
    total: int


def read(data: QueryDict) -> Request:
    """The search that an address asks for. Raises BadRequest for more values or pages than there are links to."""
    choices = {
        Choice(facet, value.strip()[:MAX_LENGTH], bool(prefix))
        for facet in FACETS
        for prefix in ("", _EXCLUDE)
        for text in data.getlist(prefix + facet)
        if (value := strip_illegal(text)).strip()
    }
    if len(choices) > MAX_VALUES:
        raise BadRequest(_("Choose %(n)s values at most: kinds, tags, years and so on together.") % {"n": MAX_VALUES})
    page = data.get("page", "1") or "1"
    if not (page.isascii() and page.isdigit() and len(page) <= 6 and 1 <= int(page) <= MAX_PAGE):
        raise BadRequest(
            _("There are pages 1 to %(n)s of a search. Narrow it to see what lies further.") % {"n": MAX_PAGE}
        )
    sort = data.get("sort", "")
    q = " ".join(strip_illegal(data.get("q", "")).split())[: MAX_LENGTH + 1]
    if data.get("typing") and len(q) < MAX_LENGTH:
        q = unfinished(q)
    return Request(q, tuple(sorted(choices)), sort if sort in SORTS else "", int(page))
