"""Uploads from the editor and from programs, and what became of each."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from linklog.accounts.access import authors_only
from linklog.accounts.api import for_programs, refusing_in_json, user_of
from linklog.core import links
from linklog.core.refusal import Refused
from linklog.images import incoming, receiving
from linklog.images.jobs import go_on
from linklog.images.models import MediaFile

View = Callable[..., HttpResponseBase]

SCOPE = "images"
OFF = ("", "0", "false", "off", "no")
STATUSES = {MediaFile.State.WAITING: 202, MediaFile.State.READY: 201, MediaFile.State.FAILED: 422}


def with_room(view: View) -> View:
    """A view to which files come, if they are not too large and there is room for them: looked at before the first byte is read."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        receiving.refuse_size(int(request.headers.get("Content-Length") or 0))
        with receiving.refusing():
            return view(request, *args, **kwargs)

    return guarded


@csrf_exempt  # it is looked at below, once it is known that the body may be read
@require_POST
@refusing_in_json
@with_room
@authors_only
@csrf_protect
def upload(request: HttpRequest) -> JsonResponse:
    return _received(request, request.user)


@for_programs
@require_POST
@with_room
def api(request: HttpRequest) -> JsonResponse:
    return _received(request, user_of(request, SCOPE))


@authors_only
@require_GET
@refusing_in_json
def state(request: HttpRequest, code: str) -> JsonResponse:
    return _state(code)


@for_programs
@require_GET
def api_state(request: HttpRequest, code: str) -> JsonResponse:
    user_of(request, SCOPE)
    return _state(code)


def _received(request: HttpRequest, user: Any) -> JsonResponse:
    """201 when it is ready, 202 when it will be, 200 when it was here already, 422 when it cannot be shown."""
    file = request.FILES.get("file")
    if file is None:
        raise Refused(400, _("Send the file as “file” in a form of the type multipart/form-data."))
    media, was_here = taken_in(file, request.POST, user)
    status = 200 if was_here else STATUSES[MediaFile.State(media.state)]
    return JsonResponse(receiving.document_of(media), status=status)


def taken_in(file: UploadedFile, given: Mapping[str, str], user: Any) -> tuple[MediaFile, bool]:
    """What a form sent, made ready at once where there is room to, and whether it was here already."""
    media = receiving.receive(
        file,
        name=given.get("name") or file.name or "",
        by=user,
        alt=given.get("alt", ""),
        credit_url=links.harmless(given.get("credit_url", "")),
        credit_title=given.get("credit_title", ""),
        keeps_original=given.get("keep_original", "").lower() not in OFF,
    )
    was_here = media.state == MediaFile.State.READY
    if media.kind == MediaFile.Kind.IMAGE and not was_here:
        with incoming.slot() as is_free:
            if is_free:
                receiving.process(media)
    go_on(media)
    return media, was_here


def _state(code: str) -> JsonResponse:
    media = MediaFile.objects.filter(code=code).first()
    if media is None:
        raise Refused(404, _("There is no such upload."))
    return JsonResponse(receiving.document_of(media))
