"""Standing pages, some with the posts that a search finds."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render

from linklog.pages.models import Page
from linklog.posts.paging import PostPage
from linklog.search import presentation
from linklog.search.answers import curated_answer
from linklog.search.request import BadRequest, Request, read
from linklog.search.results import posts_of


def page(request: HttpRequest, slug: str) -> HttpResponse:
    page = get_object_or_404(Page, slug=slug)
    if not page.search:
        return render(request, "pages/page.html", {"page": page})
    search = search_of(page, request.GET.get("page", ""))
    return render(request, "pages/found.html", {"page": page, "number": search.page, **found_by(search)})


def search_of(page: Page, number: str) -> Request:
    """What `page` searches for, by date, with this page of results; Http404 for a number that there cannot be."""
    data = QueryDict(page.search, mutable=True)
    data["sort"], data["page"] = "date", number
    try:
        return read(data)
    except BadRequest as error:
        raise Http404 from error


def found_by(search: Request) -> dict[str, Any]:
    """The posts of this page of `search`, and how many there are in all. Http404 behind the last page."""
    outcome = curated_answer(search)
    if search.page > 1 and not outcome.keys:
        raise Http404
    next_query = f"?page={search.page + 1}" if outcome.has_next else ""
    return {
        "results": PostPage(posts_of(outcome), next_query, search.page == 1),
        "count_line": presentation.count_line(outcome),
        "notes": outcome.notes,
    }
