"""/search/: results and facets, for people; and the description by which browsers add it (OpenSearch 1.1)."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from linklog.search import presentation
from linklog.search.answers import TooMany, answer, cache_control
from linklog.search.request import BadRequest, Request, read
from linklog.search.results import posts_of
from linklog.search.snippets import marked, snippet
from linklog.search.suggest import did_you_mean


def page(request: HttpRequest) -> HttpResponse:
    try:
        search = read(request.GET)
        response = render(request, "search/page.html", context_of(search, request))
        response["Cache-Control"] = cache_control(search)
    except BadRequest as error:
        response = render(request, "search/refused.html", {"sentence": str(error)}, status=400)
    except TooMany as error:
        sentence = _("Too many searches from your network. Try again in %(n)s seconds.") % {"n": error.seconds}
        response = render(request, "search/refused.html", {"sentence": sentence}, status=503 if error.is_busy else 429)
        response["Retry-After"] = str(error.seconds)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def context_of(search: Request, request: HttpRequest) -> dict[str, object]:
    outcome = answer(search, request)
    wanted = search.query.wanted
    results = [
        {"post": post, "title": marked(post.display_title, wanted), "snippet": snippet(post, wanted)}
        for post in posts_of(outcome)
    ]
    return {
        "search": search,
        "outcome": outcome,
        "results": results,
        "title": presentation.title_of(search),
        "count_line": presentation.count_line(outcome),
        "facets": list(presentation.facets_of(search, outcome)),
        "chosen": presentation.chosen_of(search),
        "suggestion": did_you_mean(search) if not outcome.total else None,
        "next_url": presentation.url_of(replace(search, page=search.page + 1)) if outcome.has_next else "",
        "previous_url": presentation.url_of(replace(search, page=search.page - 1)) if search.page > 1 else "",
        "canonical": presentation.url_of(search),
        "query_string": replace(search, page=1, sort="").query_string(),
    }


def opensearch(request: HttpRequest) -> HttpResponse:
    return render(request, "search/opensearch.xml", content_type="application/opensearchdescription+xml")
