"""What results are counted by. A facet is a class here and a line in FACETS; values are strings, as they stand in addresses."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
from django.conf import settings
from django.db.models import F, Model, Value
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy
from pyroaring import BitMap

from linklog.core.links import site
from linklog.core.slugs import tag_slug
from linklog.posts.models import KINDS, Person, Series, Tag
from linklog.search.archive import Archive, Array, bitmap_of
from linklog.search.models import LinkedSite

MOST = 50

Counts = list[tuple[str, int]]  # (value, how many posts have it), in the order to show
Names = dict[tuple[str, str], str]  # what the values of facets are called, by facet and value


class Facet(ABC):
    """A way of counting a result. `column` is one of `Archive`; a value is unknown where no post could have it."""

    name: ClassVar[str]
    label: ClassVar[Any]
    column: ClassVar[str]
    is_many_valued: ClassVar[bool] = (
        False  # several values narrow to posts that have all; of others, to posts that have either
    )

    @abstractmethod
    def matching(self, archive: Archive, value: str) -> BitMap:
        """The keys of the posts that have `value`; none for an unknown one."""

    @abstractmethod
    def counts(self, archive: Archive, keys: Array, is_in: Array | None) -> Counts:
        """(value, how many of the posts `keys` have it), in the order to show."""

    def labels(self, values: Sequence[str]) -> dict[str, str]:
        """How each value is called on a page."""
        return {value: value for value in values}


class NumberedFacet(Facet):
    """A facet of which a column holds each value as a number."""

    def matching(self, archive: Archive, value: str) -> BitMap:
        number = self.number(value)
        return BitMap() if number is None else archive.having(self.column, number)

    @abstractmethod
    def number(self, value: str) -> int | None:
        """How the column holds `value`."""


class TypeFacet(NumberedFacet):
    name, label, column = "type", gettext_lazy("Kind"), "kind"
    ALIASES: ClassVar[dict[str, str]] = {"link": "blogmark", "quote": "quotation", "article": "entry"}

    def number(self, value: str) -> int | None:
        value = value.lower()
        value = self.ALIASES.get(value, value)
        return list(KINDS).index(value) if value in KINDS else None

    def counts(self, archive: Archive, keys: Array, is_in: Array | None) -> Counts:
        counts = archive.counts(self.column, keys)
        return [(kind, int(n)) for kind, n in zip(KINDS, counts.tolist(), strict=False) if n]

    def labels(self, values: Sequence[str]) -> dict[str, str]:
        return {value: str(settings.LINKLOG_KIND_NAMES[value][1]) for value in values if value in KINDS}


class RowFacet(NumberedFacet):
    """A facet whose values are rows, which a column names by their key: the `MOST` that most posts have are counted."""

    model: ClassVar[type[Model]]
    value_column: ClassVar[str] = "slug"
    label_column: ClassVar[str] = "name"

    def counts(self, archive: Archive, keys: Array, is_in: Array | None) -> Counts:
        return counts_and_names(archive, keys, is_in, [self])[0][self.name]

    def most(self, archive: Archive, keys: Array, is_in: Array | None) -> dict[int, int]:
        """How many of the posts `keys` have each of the values counted, by number."""
        counts = archive.counts(self.column, keys, is_in)
        counts[0] = 0
        numbers = np.flatnonzero(counts)
        if len(numbers) > MOST:
            numbers = numbers[np.argsort(-counts[numbers], kind="stable")[:MOST]]
        return dict(zip(numbers.tolist(), counts[numbers].tolist(), strict=True))

    def rows(self, **condition: Iterable[Any]) -> Any:
        """(facet, number, value, label) of rows, in a query that those of other facets can be joined to."""
        rows: Any = self.model._default_manager.filter(**condition).order_by()
        columns = {"facet": Value(self.name), "value": F(self.value_column), "label": F(self.label_column)}
        return rows.annotate(**columns).values_list("facet", "pk", "value", "label")


class LabelFacet(RowFacet):
    """A facet of rows with a name and a slug."""

    def number(self, value: str) -> int | None:
        rows: Any = self.model._default_manager
        slug = tag_slug(value)
        return rows.filter(slug__in={value.lower(), slug}).order_by("pk").values_list("pk", flat=True).first()


class TagFacet(LabelFacet):
    name, label, column, model = "tag", gettext_lazy("Tag"), "tag", Tag
    is_many_valued = True


class CreditFacet(LabelFacet):
    name, label, column, model = "credit", gettext_lazy("Credit"), "credit", Person
    is_many_valued = True


class SeriesFacet(LabelFacet):
    name, label, column, model = "series", gettext_lazy("Series"), "series", Series


class SiteFacet(RowFacet):
    name, label, column, model = "site", gettext_lazy("Linked site"), "site", LinkedSite
    value_column = label_column = "domain"

    def number(self, value: str) -> int | None:
        domain = site(value if "://" in value else f"https://{value}")
        return LinkedSite.objects.filter(domain=domain).values_list("pk", flat=True).first()


class YearFacet(Facet):
    name, label, column = "year", gettext_lazy("Year"), "month"

    def matching(self, archive: Archive, value: str) -> BitMap:
        year = _whole(value, dt.MAXYEAR)
        return archive.between(self.column, year * 12, year * 12 + 11) if year else BitMap()

    def counts(self, archive: Archive, keys: Array, is_in: Array | None) -> Counts:
        months = archive.counts(self.column, keys)
        years = np.add.reduceat(months, np.arange(0, len(months), 12))
        years[0] = 0
        return [(str(year), int(years[year])) for year in np.flatnonzero(years)[::-1].tolist()]


class MonthFacet(Facet):
    """The month of a year that is chosen beside it: 1 to 12. `2024-12` says both at once."""

    name, label, column = "month", gettext_lazy("Month"), "month"

    def matching(self, archive: Archive, value: str) -> BitMap:
        year, dash, month = value.rpartition("-")
        number = _whole(month, 12)
        if dash:
            first = (_whole(year, dt.MAXYEAR) or 0) * 12 + (number or 0) - 1
            return archive.between(self.column, first, first) if number and first > 11 else BitMap()
        months = archive.month
        return bitmap_of(np.flatnonzero((months % 12 == number - 1) & (months > 0))) if number else BitMap()

    def counts(self, archive: Archive, keys: Array, is_in: Array | None) -> Counts:
        counts = archive.counts(self.column, keys)
        counts[0] = 0
        months = np.bincount(np.arange(len(counts)) % 12, weights=counts, minlength=12)
        return [(str(month + 1), int(months[month])) for month in np.flatnonzero(months).tolist()]

    def labels(self, values: Sequence[str]) -> dict[str, str]:
        return {value: str(MONTHS[int(value)]) for value in values if _whole(value, 12)}


def _whole(text: str, most: int) -> int | None:
    """`text` as a number from 1 to `most`; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        return None
    return int(text) if 1 <= int(text) <= most else None


_ALL: Iterable[Facet] = (TypeFacet(), TagFacet(), YearFacet(), MonthFacet(), CreditFacet(), SiteFacet(), SeriesFacet())
FACETS: dict[str, Facet] = {facet.name: facet for facet in _ALL}


def counts_and_names(
    archive: Archive, keys: Array, is_in: Array | None, facets: Iterable[Facet] = _ALL
) -> tuple[dict[str, Counts], Names]:
    """The counts of facets over the posts `keys`, and what the values counted are called."""
    most = {facet: facet.most(archive, keys, is_in) for facet in facets if isinstance(facet, RowFacet)}
    known = _known_rows(archive, most)
    names: Names = {}
    counts: dict[str, Counts] = {}
    for facet in facets:
        if isinstance(facet, RowFacet):
            found = [
                (*known[facet.name, number], n) for number, n in most[facet].items() if (facet.name, number) in known
            ]
            counts[facet.name] = sorted(
                ((value, n) for value, _label, n in found), key=lambda pair: (-pair[1], pair[0])
            )
            names |= {(facet.name, value): label for value, label, _n in found}
        else:
            counts[facet.name] = facet.counts(archive, keys, is_in)
            labels = facet.labels([value for value, _n in counts[facet.name]])
            names |= {(facet.name, value): label for value, label in labels.items()}
    return counts, names


def _known_rows(archive: Archive, most: dict[RowFacet, dict[int, int]]) -> dict[tuple[str, int], tuple[str, str]]:
    """(value, label) of rows by facet and number: asked for once, in one query, until something changes."""
    known: dict[tuple[str, int], tuple[str, str]] = archive.once("rows", dict)
    missing = {
        facet: [number for number in numbers if (facet.name, number) not in known] for facet, numbers in most.items()
    }
    rows = joined(facet.rows(pk__in=numbers) for facet, numbers in missing.items() if numbers)
    known.update({(facet, number): (value, label) for facet, number, value, label in rows})
    return known


def joined(queries: Iterable[Any]) -> list[tuple[str, int, str, str]]:
    """The rows of several facets, in one query."""
    first, *others = [*queries] or [None]
    return [] if first is None else list(first.union(*others, all=True))
