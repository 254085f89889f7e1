"""Forms of a film's page in the library: its poster and its captions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from linklog.accounts.access import authors_only
from linklog.core.refusal import Refused
from linklog.images import companions
from linklog.images.models import MediaFile, Rendition
from linklog.images.views.library import check_may_change, media_of
from linklog.images.views.upload import with_room

View = Callable[..., HttpResponseBase]


def of_a_film(change: Callable[[HttpRequest, MediaFile], str]) -> View:
    """A form about a film: `change` returns a sentence, or raises Refused with one. Either stands on the film's page next."""

    @authors_only
    @csrf_protect
    def changed(request: HttpRequest, code: str) -> HttpResponse:
        media = media_of(request, code)
        check_may_change(request, media)
        if media.kind != MediaFile.Kind.VIDEO or media.state != MediaFile.State.READY:
            raise Refused(422, _("Only a film has that."))
        messages.success(request, change(request, media))
        return redirect("images:file", code)

    @csrf_exempt  # `csrf_protect` looks at it, once it is known that the body may be read
    @require_POST
    @wraps(change)
    def guarded(request: HttpRequest, code: str) -> HttpResponseBase:
        try:
            return with_room(changed)(request, code)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("images:file", code)

    return guarded


@of_a_film
def poster(request: HttpRequest, media: MediaFile) -> str:
    if "remove" in request.POST:
        companions.remove(media, media.renditions.filter(role=Rendition.Role.POSTER))
        return _("The film has no poster now.")
    companions.set_poster(media, _file(request))
    return _("The film has its poster.")


@of_a_film
def captions(request: HttpRequest, media: MediaFile) -> str:
    if "remove" in request.POST:
        those = {"role": Rendition.Role.CAPTIONS, "language": request.POST["remove"][:20]}
        companions.remove(media, media.renditions.filter(**those))
        return _("The captions are gone.")
    companions.set_captions(media, _file(request), request.POST.get("language", "").strip())
    return _("The film has captions now.")


def _file(request: HttpRequest) -> Any:
    file = request.FILES.get("file")
    if file is None:
        raise Refused(400, _("Choose a file first."))
    return file
