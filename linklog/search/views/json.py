"""/search.json: search for programs, of any origin."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse

from linklog.core.serving import answer as serve
from linklog.core.serving import for_any_origin
from linklog.search.answers import TooMany, answer, cache_control
from linklog.search.document import as_json
from linklog.search.request import BadRequest, read


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
    return JsonResponse({"error": str(error)}, status=429, headers={"Retry-After": str(error.seconds)})
