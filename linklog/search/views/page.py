"""/search/: results and facets, for people; and the description by which browsers add it (OpenSearch 1.1)."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linklog.search import presentation
from linklog.search.answers import TooMany, answer, cache_control
from linklog.search.examples import EXAMPLES
from linklog.search.names import names_of
from linklog.search.request import BadRequest, Request, read
from linklog.search.results import posts_of, similar_to


def page(request: HttpRequest) -> HttpResponse:
    try:
        search = read(request.GET)
        response = render(request, "search/page.html", context_of(search, request))
        response["Cache-Control"] = cache_control(search)
    except BadRequest as error:
        response = _refused(request, str(error), 400)
    except TooMany as error:
        response = _refused(request, str(error), 429)
        response["Retry-After"] = str(error.seconds)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _refused(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    context = {"sentence": sentence, "q": request.GET.get("q", "")[:200]}
    return render(request, "search/refused.html", context, status=status)


def context_of(search: Request, request: HttpRequest) -> dict[str, object]:
    outcome = answer(search, request)
    names = names_of(search.choices, outcome.names)
    return {
        "search": search,
        "outcome": outcome,
        "wanted": search.query.wanted,
        "posts": posts_of(outcome),
        "similar": similar_to(outcome),
        "title": presentation.title_of(search, names),
        "count_line": presentation.count_line(outcome),
        "notes": presentation.notes_of(search, outcome),
        "facets": list(presentation.facets_of(search, outcome)),
        "chosen": presentation.chosen_of(search, names),
        "sorts": presentation.sorts_of(search),
        "order": presentation.order_of(outcome),
        "suggestion": outcome.suggestion,
        "pages": presentation.pages_of(search, outcome),
        "canonical": presentation.url_of(search),
        "query_string": replace(search, page=1, sort="").query_string(),
        "examples": EXAMPLES,
    }


def opensearch(request: HttpRequest) -> HttpResponse:
    return render(request, "search/opensearch.xml", content_type="application/opensearchdescription+xml")
