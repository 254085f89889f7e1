"""What stands beside a list: years, kinds and tags with their counts, each a link to the search that narrows the list by it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linklog.posts.models import Tag
from linklog.search.facets import FACETS
from linklog.search.lists import Counts
from linklog.search.presentation import url_of
from linklog.search.request import Choice, Request

TAGS_BESIDE = 12


@dataclass(frozen=True)
class Narrower:
    """A value by which a list gets shorter, how many posts it leaves, and the address of those; "" where none can be asked for."""

    label: str
    n: int
    url: str


@dataclass(frozen=True)
class Group:
    """The values of one sort, under a heading."""

    heading: str
    values: list[Narrower]


def search_for(**choices: str | Iterable[str]) -> Request:
    """The search that finds what a list shows: `search_for(type="note")`, `search_for(tag=["a", "b"])`."""
    values = {facet: [value] if isinstance(value, str) else value for facet, value in choices.items()}
    return Request(choices=tuple(sorted(Choice(facet, value) for facet in values for value in values[facet])))


def by_year(search: Request, counts: Counts) -> Group:
    return Group(_("Years"), _narrowers(search, counts, "year", [(year, year, n) for year, n in counts.years]))


def by_kind(search: Request, counts: Counts) -> Group:
    labels = FACETS["type"].labels([kind for kind, _n in counts.kinds])
    return Group(_("Kinds"), _narrowers(search, counts, "type", [(kind, labels[kind], n) for kind, n in counts.kinds]))


def by_tag(search: Request, counts: Counts, tags: dict[int, Tag]) -> Group:
    """`tags` are those to show, by key: see `tags_beside`."""
    found = [(tags[key].slug, tags[key].name, n) for key, n in counts.tags if key in tags]
    return Group(_("Tags"), _narrowers(search, counts, "tag", found))


def tags_beside(counts: Counts, without: Collection[int] = ()) -> dict[int, Tag]:
    """The tags that most posts of a list have, by key, those `without` left out: one query."""
    keys = [key for key, _n in counts.tags if key not in without][:TAGS_BESIDE]
    return Tag.objects.defer("description", "description_html").in_bulk(keys)


def with_values(*groups: Group) -> list[Group]:
    return [group for group in groups if group.values]


def _narrowers(search: Request, counts: Counts, facet: str, found: list[tuple[str, str, int]]) -> list[Narrower]:
    """One for each (value, label, count), but for what every post of the list has."""
    return [
        Narrower(label, n, "" if search.is_full() else url_of(search.with_choice(Choice(facet, value))))
        for value, label, n in found
        if n < counts.total
    ]
