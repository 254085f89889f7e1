"""A search as a page shows it: what is chosen, the facets as links, and a title that says what is shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linklog.search import archive as archives
from linklog.search.engine import Outcome
from linklog.search.facets import FACETS
from linklog.search.request import Choice, Request

SHOWN = 12  # values of a facet before “more”


@dataclass(frozen=True)
class Value:
    """A value of a facet, with the addresses that choose it, exclude it, or take it off again; "" where that cannot be."""

    label: str
    count: int
    choose_url: str = ""
    exclude_url: str = ""
    remove_url: str = ""


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
    return reverse("search:page") + (f"?{query}" if query else "")


def facets_of(request: Request, outcome: Outcome) -> Iterator[ShownFacet]:
    """The facets worth showing: those that divide the result, or that something of is chosen. Months only within one year."""
    for name, counts in outcome.facets.items():
        chosen = set(request.chosen(name))
        if name == "month" and len(request.chosen("year")) != 1:
            continue
        if len(counts) > 1 or (counts and counts[0][1] < outcome.total) or chosen:
            facet = FACETS[name]
            labels = facet.labels([value for value, _count in counts])
            values = [_value(request, name, value, labels.get(value, value), count) for value, count in counts]
            yield ShownFacet(name, str(facet.label), values)


def _value(request: Request, facet: str, value: str, label: str, count: int) -> Value:
    choice = Choice(facet, value)
    if choice in request.choices:
        return Value(label, count, remove_url=url_of(request.without_choice(choice)))
    if request.is_full():
        return Value(label, count)
    excluded = Choice(facet, value, is_excluded=True)
    return Value(label, count, url_of(request.with_choice(choice)), url_of(request.with_choice(excluded)))


def chosen_of(request: Request) -> list[Chosen]:
    """What is chosen and excluded, each with the way to take it off."""
    return [
        Chosen(
            _label(choice), str(FACETS[choice.facet].label), choice.is_excluded, url_of(request.without_choice(choice))
        )
        for choice in request.choices
    ]


def _label(choice: Choice) -> str:
    """The name of the value chosen; the value itself where no public post has it, for its name is not public either."""
    archive = archives.current()
    if not FACETS[choice.facet].matching(archive, choice.value).intersect(archive.public):
        return choice.value
    return FACETS[choice.facet].labels([choice.value]).get(choice.value, choice.value)


def title_of(request: Request) -> str:
    """What the page shows, in words: “Quotations tagged llms in 2024”, “Posts matching “python””."""
    named = {
        name: [_label(one) for one in request.choices if one.facet == name and not one.is_excluded] for name in FACETS
    }
    parts = [_any_of(named["type"]) or _("Posts")]
    if request.q:
        parts.append(_("matching “%(words)s”") % {"words": request.query.text})
    if named["tag"]:
        parts.append(_("tagged %(tags)s") % {"tags": _all_of(named["tag"])})
    if named["credit"]:
        parts.append(_("crediting %(people)s") % {"people": _all_of(named["credit"])})
    if named["site"]:
        parts.append(_("linking to %(sites)s") % {"sites": _any_of(named["site"])})
    if named["series"]:
        parts.append(_("of the series %(series)s") % {"series": _any_of(named["series"])})
    if named["month"] or named["year"]:
        parts.append(
            _("in %(time)s") % {"time": " ".join(filter(None, (_any_of(named["month"]), _any_of(named["year"]))))}
        )
    excluded = [_label(one) for one in request.choices if one.is_excluded]
    if excluded:
        parts.append(_("without %(values)s") % {"values": _any_of(excluded)})
    return " ".join(parts) if request.q or request.choices else _("Search")


def _all_of(names: Sequence[str]) -> str:
    return _(" and ").join(names)


def _any_of(names: Sequence[str]) -> str:
    return _(" or ").join(names)


def count_line(outcome: Outcome) -> str:
    """How many there are, for the eye and for a screen reader."""
    return ngettext("%(n)s post", "%(n)s posts", outcome.total) % {"n": f"{outcome.total:,}"}
