"""What the values chosen of facets are called on a page."""

from collections.abc import Iterable

from linklog.search import archive as archives
from linklog.search.facets import FACETS, LabelFacet, Names, joined
from linklog.search.request import Choice


def names_of(choices: Iterable[Choice], counted: Names | None = None) -> Names:
    """The names of the values chosen, besides those of the values counted, which whoever was given the counts may know. Anyone may
    choose a value: one that no public post has is left out, for its name is not public either."""
    wanted: dict[str, set[str]] = {}
    for choice in choices:
        if (choice.facet, choice.value) not in (counted or {}):
            wanted.setdefault(choice.facet, set()).add(choice.value)
    names = dict(counted or {})
    queries = []
    for name, values in wanted.items():
        facet = FACETS[name]
        if isinstance(facet, LabelFacet):
            queries.append(facet.rows(slug__in=values))
        else:
            names |= {(name, value): label for value, label in facet.labels(sorted(values)).items()}
    if not queries:
        return names
    archive = archives.current()
    return names | {
        (name, value): label
        for name, number, value, label in joined(queries)
        if archive.having(FACETS[name].column, number).intersect(archive.public)
    }
