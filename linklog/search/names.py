"""What the values of facets are called on a page: of all facets in one query."""

from collections.abc import Iterable, Mapping

from linklog.search import archive as archives
from linklog.search.facets import FACETS, LabelFacet
from linklog.search.request import Choice

Names = dict[tuple[str, str], str]  # by facet and value


def names_of(counted: Mapping[str, Iterable[tuple[str, int]]], choices: Iterable[Choice]) -> Names:
    """The names of the values counted, which are for whoever was given the counts, and of the values chosen, which anyone may name:
    one that no public post has is left out, for its name is not public either."""
    wanted = {name: {value for value, _count in counted.get(name, ())} for name in FACETS}
    asked = {(choice.facet, choice.value) for choice in choices if choice.value not in wanted[choice.facet]}
    for facet, value in asked:
        wanted[facet].add(value)
    names = {
        (name, value): label
        for name, facet in FACETS.items()
        if not isinstance(facet, LabelFacet)
        for value, label in facet.labels(sorted(wanted[name])).items()
    }
    return names | _of_rows(wanted, asked)


def _of_rows(wanted: Mapping[str, set[str]], asked: set[tuple[str, str]]) -> Names:
    queries = [
        facet.rows(wanted[name]) for name, facet in FACETS.items() if isinstance(facet, LabelFacet) and wanted[name]
    ]
    rows = list(queries[0].union(*queries[1:], all=True)) if queries else []
    return {
        (facet, value): label
        for facet, number, value, label in rows
        if (facet, value) not in asked or _is_public(facet, number)
    }


def _is_public(facet: str, number: int) -> bool:
    archive = archives.current()
    return bool(archive.having(FACETS[facet].column, number).intersect(archive.public))
