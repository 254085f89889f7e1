"""A search as a page shows it: what is chosen, the facets as links, and a title that says what is shown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linklog.search.engine import PAGE_SIZE, Outcome
from linklog.search.facets import FACETS, Names
from linklog.search.names import names_of
from linklog.search.request import MAX_PAGE, Choice, Request

SHOWN = 12  # values of a facet before “more”
_ROW = '<span class="label" dir="auto">{}</span> <span class="count">{}</span>'
_CHOSEN_ROW = (
    '<li><a class="value is-chosen" href="{}" rel="nofollow" data-key="{}"><span class="visually-hidden">{}</span> {}'
    ' <span class="off" aria-hidden="true">×</span></a></li>'
)
_OPEN_ROW = (
    '<li><a class="value" href="{0}" rel="nofollow" data-key="{1}">{2}</a> <a class="exclude" href="{3}" rel="nofollow"'
    ' data-key="-{1}"><span class="visually-hidden">{4}</span><span aria-hidden="true">−</span></a></li>'
)
TITLE_LENGTH = 80  # characters of a query that a title repeats


@dataclass(frozen=True)
class Value:
    """A value of a facet, with the addresses that choose it, exclude it, or take it off again; "" where that cannot be."""

    key: str  # the same on the next page, for the focus to find it again
    label: str
    count: int
    choose_url: str = ""
    exclude_url: str = ""
    remove_url: str = ""

    @property
    def row_html(self) -> SafeString:
        """The row of a list: written here, for a template included for each of hundreds of values takes longer than the search."""
        inner = format_html(_ROW, self.label, number_format(self.count, force_grouping=True))
        if self.remove_url:
            return format_html(_CHOSEN_ROW, self.remove_url, self.key, _("Take off:"), inner)
        if not self.choose_url:
            return format_html('<li><span class="value">{}</span></li>', inner)
        without = _("Without %(label)s") % {"label": self.label}
        return format_html(_OPEN_ROW, self.choose_url, self.key, inner, self.exclude_url, without)


@dataclass(frozen=True)
class ShownFacet:
    """A facet with its values, the first `SHOWN` of them apart."""

    name: str
    label: str
    values: list[Value]

    @property
    def first(self) -> list[Value]:
        return self.values[:SHOWN]

    @property
    def rest(self) -> list[Value]:
        return self.values[SHOWN:]


@dataclass(frozen=True)
class Chosen:
    """A choice in force: what it is called, and the address without it."""

    label: str
    facet_label: str
    is_excluded: bool
    remove_url: str


def url_of(request: Request) -> str:
    query = request.query_string()
    return _path() + (f"?{query}" if query else "")


@cache
def _path() -> str:
    """Asked for hundreds of times a page."""
    return reverse("search:page")


# Facets and what is chosen of them -----------------------------------------------------------------------------------------


def facets_of(request: Request, outcome: Outcome) -> Iterator[ShownFacet]:
    """The facets worth showing: those that divide the result, or that something of is chosen. Months only within one year."""
    for name, counts in outcome.facets.items():
        if name == "month" and len(request.chosen("year")) != 1:
            continue
        if len(counts) > 1 or (counts and (counts[0][1] < outcome.total or request.chosen(name))):
            values = [
                _value(request, name, value, outcome.names.get((name, value), value), count) for value, count in counts
            ]
            yield ShownFacet(name, str(FACETS[name].label), values)


def _value(request: Request, facet: str, value: str, label: str, count: int) -> Value:
    choice, key = Choice(facet, value), f"{facet}:{value}"
    if choice in request.choices:
        return Value(key, label, count, remove_url=url_of(request.without_choice(choice)))
    if request.is_full():
        return Value(key, label, count)
    excluded = Choice(facet, value, is_excluded=True)
    return Value(key, label, count, url_of(request.with_choice(choice)), url_of(request.with_choice(excluded)))


def chosen_of(request: Request, names: Names) -> list[Chosen]:
    """What is chosen and excluded, each with the way to take it off."""
    return [
        Chosen(
            names.get((choice.facet, choice.value), choice.value),
            str(FACETS[choice.facet].label),
            choice.is_excluded,
            url_of(request.without_choice(choice)),
        )
        for choice in request.choices
    ]


# Order and pages -----------------------------------------------------------------------------------------------------------


def sorts_of(request: Request) -> list[tuple[str, str, bool]]:
    """(label, address, whether it is so now) of each order; none where there is nothing but the date to go by."""
    if not request.query.wanted:
        return []
    orders = ((_("Relevance"), "", not request.is_by_date), (_("Date"), "date", request.is_by_date))
    return [(label, url_of(replace(request, sort=sort, page=1)), is_now) for label, sort, is_now in orders]


def pages_of(request: Request, outcome: Outcome) -> dict[str, object]:
    """Where a page of results stands among the others."""
    return {
        "number": request.page,
        "last": min(MAX_PAGE, -(-outcome.total // PAGE_SIZE)),
        "previous_url": url_of(replace(request, page=request.page - 1)) if request.page > 1 else "",
        "next_url": url_of(replace(request, page=request.page + 1)) if outcome.has_next else "",
        "first_url": url_of(replace(request, page=1)),
    }


# Words ---------------------------------------------------------------------------------------------------------------------


def title_of(request: Request, names: Names | None = None) -> str:
    """What is shown, in words: “Quotations tagged llms in 2024”, “Posts matching “python””. `names`, where they are known already."""
    names = names_of(request.choices) if names is None else names
    wanted = {name: _labels(request.choices, names, name) for name in FACETS}
    parts = [_any_of(wanted["type"]) or _("Posts")]
    if request.query.node is not None:
        parts.append(_("matching “%(words)s”") % {"words": Truncator(request.query.text).chars(TITLE_LENGTH)})
    if wanted["tag"]:
        parts.append(_("tagged %(tags)s") % {"tags": _all_of(wanted["tag"])})
    if wanted["credit"]:
        parts.append(_("crediting %(people)s") % {"people": _all_of(wanted["credit"])})
    if wanted["site"]:
        parts.append(_("linking to %(sites)s") % {"sites": _any_of(wanted["site"])})
    if wanted["series"]:
        parts.append(_("of the series %(series)s") % {"series": _any_of(wanted["series"])})
    if time := " ".join(filter(None, (_any_of(wanted["month"]), _any_of(wanted["year"])))):
        parts.append(_("in %(time)s") % {"time": time})
    if excluded := _labels(request.choices, names, is_excluded=True):
        parts.append(_("without %(values)s") % {"values": _any_of(excluded)})
    return " ".join(parts) if request.query.node is not None or request.choices else _("Search")


def _labels(choices: Iterable[Choice], names: Names, facet: str = "", is_excluded: bool = False) -> list[str]:
    return [
        names.get((choice.facet, choice.value), choice.value)
        for choice in choices
        if choice.is_excluded == is_excluded and facet in ("", choice.facet)
    ]


def _all_of(names: Sequence[str]) -> str:
    return _(" and ").join(names)


def _any_of(names: Sequence[str]) -> str:
    return _(" or ").join(names)


def count_line(outcome: Outcome) -> str:
    """How many there are, for the eye and for a screen reader."""
    if not outcome.total:
        return _("Nothing found")
    return ngettext("%(n)s post", "%(n)s posts", outcome.total) % {
        "n": number_format(outcome.total, force_grouping=True)
    }


def notes_of(request: Request, outcome: Outcome) -> list[str]:
    """What of the query was not answered, in whole sentences."""
    if request.q and request.query.node is None:
        return [*outcome.notes, _("There is no word in that, so it was passed over.")]
    return outcome.notes


def order_of(outcome: Outcome) -> str:
    """Which posts were put in order of relevance, where not all were; "" otherwise."""
    if not 0 < outcome.ranked < outcome.total:
        return ""
    sentence = _(
        "%(n)s posts are in order of relevance: those with the words in title or tags, then the newest. The rest follow by date."
    )
    return sentence % {"n": outcome.ranked}
