"""A search that an author keeps, to be shown on a page of the site: how what was typed or pasted becomes one spelling."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from linklog.search.facets import FACETS
from linklog.search.query import MAX_LENGTH, MAX_PARTS
from linklog.search.request import MAX_VALUES, BadRequest, read

EXAMPLE = "q=brass+clocks&tag=tides&year=2024"
_PARAMETERS = {"q", *FACETS, *(f"exclude.{name}" for name in FACETS)}
_NOT_KEPT = ("sort", "page")  # a page of the site shows posts by date, from the newest on
_MAX_FIELDS = 20


def cleaned(text: str) -> str:
    """The search in `text`, a query string or a whole address of /search/, as a query string in its one spelling; "" for no text.

    Raises BadRequest, with a sentence for the author, for what would be passed over or cut where a reader asks for it.
    """
    data = _parameters(text.strip())
    for name in _NOT_KEPT:
        data.pop(name, None)
    if unknown := next((name for name in data if name not in _PARAMETERS), ""):
        sentence = _("A search has no “%(name)s”. It is written as in its address: %(example)s")
        raise BadRequest(sentence % {"name": unknown[:40], "example": EXAMPLE})
    search = read(data)
    if search.query.notes:
        sentence = _("A search may have %(n)s characters, and %(parts)s words and filters at most.")
        raise BadRequest(sentence % {"n": MAX_LENGTH, "parts": MAX_PARTS})
    if text.strip() and search.query.node is None and not search.choices:
        raise BadRequest(_("That finds every post there is. Say which are meant: %(example)s") % {"example": EXAMPLE})
    return search.query_string()


def _parameters(text: str) -> QueryDict:
    is_address = text.startswith(("/", "?", "http://", "https://"))
    query = text.partition("#")[0].partition("?")[2] if is_address else text
    if query.count("&") >= _MAX_FIELDS:
        raise BadRequest(_("Choose %(n)s values at most: kinds, tags, years and so on together.") % {"n": MAX_VALUES})
    return QueryDict(query, mutable=True)
