"""A draft of alt text, sent to the editor piece by piece as it comes: an object of JSON a line."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linklog.accounts.access import authors_only
from linklog.assist import client
from linklog.assist.alt_text import ALT_TEXT, Words, draft
from linklog.assist.client import Answer
from linklog.assist.ledger import AssistError
from linklog.images.uses import MAX_SRC


@authors_only
@require_POST
def alt_text(request: HttpRequest) -> HttpResponseBase:
    """{"text": a piece} for each, then {"done", "text": the whole, "cost"}; or {"problem"}, which may come after pieces."""
    src = request.POST.get("src", "").strip()
    if not src or len(src) > MAX_SRC:
        return JsonResponse({"problem": _("Which image? Its address is missing.")}, status=400)
    if not client.available(ALT_TEXT.name):
        return JsonResponse({"problem": _("No language model is set.")}, status=503)
    words = Words(*(request.POST.get(name, "") for name in ("title", "before", "after")))
    pieces = draft(src, words, about=f"post {request.POST.get('code', '')}", by=request.user)
    answer = StreamingHttpResponse(_lines(pieces), content_type="application/x-ndjson")
    answer["X-Accel-Buffering"] = "no"  # or nginx would hold it back until it is whole
    return answer


def _lines(pieces: Iterator[str | Answer[str]]) -> Iterator[str]:
    try:
        for piece in pieces:
            yield _line(
                {"done": True, "text": piece.value, "cost": piece.cost}
                if isinstance(piece, Answer)
                else {"text": piece}
            )
    except AssistError as error:
        yield _line({"problem": str(error)})


def _line(found: dict[str, Any]) -> str:
    return json.dumps(found) + "\n"
