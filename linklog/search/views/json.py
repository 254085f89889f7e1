"""/search.json: search for programs, of any origin."""

import datetime as dt
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from linklog.core.serving import answer as serve
from linklog.core.serving import for_any_origin
from linklog.posts.models import Post
from linklog.search.answers import TooMany, answer, cache_control
from linklog.search.engine import Outcome
from linklog.search.request import BadRequest, Request, read
from linklog.search.results import posts_of, similar_to
from linklog.search.snippets import snippet


@for_any_origin
def results(request: HttpRequest) -> HttpResponse:
    try:
        search = read(request.GET)
        outcome = answer(search, request)
    except BadRequest as error:
        return JsonResponse({"error": str(error)}, status=400)
    except TooMany as error:
        return too_many(error)
    document = as_json(search, outcome)
    steady = json.dumps(
        document, ensure_ascii=False
    ).encode()  # what the ETag is of: the time it took is news to nobody
    document["took_ms"] = round(outcome.took_ms, 2)
    body = json.dumps(document, ensure_ascii=False).encode()
    response = serve(request, body, "application/json", None, steady)
    response["Cache-Control"] = cache_control(search)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def too_many(error: TooMany) -> HttpResponse:
    sentence = _("Too many searches. Try again in %(n)s seconds.") % {"n": error.seconds}
    return JsonResponse({"error": sentence}, status=429, headers={"Retry-After": str(error.seconds)})


def as_json(search: Request, outcome: Outcome) -> dict[str, Any]:
    document: dict[str, Any] = {
        "total": outcome.total,
        "page": outcome.page,
        "results": [_result(post, search) for post in posts_of(outcome)],
        "facets": {name: dict(counts) for name, counts in outcome.facets.items()},
    }
    if outcome.similar:
        document["similar"] = [_result(post, search) for post in similar_to(outcome)]
    if outcome.is_partial:
        document["partial"] = True
    if outcome.notes:
        document["notes"] = outcome.notes
    return document


def _result(post: Post, search: Request) -> dict[str, Any]:
    return {
        "url": post.absolute_url,
        "kind": post.kind,
        "title": post.display_title,
        "published": post.published.astimezone(dt.UTC).isoformat() if post.published else None,
        "tags": [tag.slug for tag in post.tag_list],
        "snippet_html": snippet(post, search.query.wanted),
    }
