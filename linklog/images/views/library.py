"""The library of uploads, and the page of one: what it is, where it is used, how to replace or delete it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from linklog.accounts.access import authors_only
from linklog.accounts.models import User
from linklog.core import links
from linklog.core.refusal import Refused
from linklog.images import library, receiving, storing
from linklog.images.models import MediaFile, Rendition
from linklog.images.views.upload import taken_in, with_room

View = Callable[..., HttpResponseBase]

MAX_QUERY = 200  # characters


def user_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def receiving_files(view: View) -> View:
    """A page whose form brings files: their size is looked at before they are read, and what is refused is said on the page."""

    checked = with_room(authors_only(csrf_protect(view)))

    @csrf_exempt  # `csrf_protect` looks at it, once it is known that the body may be read
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return checked(request, *args, **kwargs)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("images:library")

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@receiving_files
def all_files(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _added(request)
    words, only = request.GET.get("q", "")[:MAX_QUERY].replace("\0", ""), request.GET.get("only", "")
    before = request.GET.get("before", "")
    shelf = library.shelf(
        user_of(request), words, only, int(before) if before.isdecimal() and len(before) < 19 else None
    )
    asked = {name: value for name, value in (("q", words), ("only", only)) if value}
    context = {
        "shelf": shelf,
        "words": words,
        "only": only,
        "filters": [(name, label) for name, (label, _filter) in library.FILTERS.items()],
        "next_query": urlencode(asked | {"before": shelf.before}) if shelf.before else "",
        "page_title": _("Images, films and sounds"),
    }
    return render(request, "images/library.html", context)


def _added(request: HttpRequest) -> HttpResponse:
    """What the form of the page sent. One file leads to its own page, several to where they all are."""
    files = request.FILES.getlist("file")
    taken = [taken_in(file, request.POST, request.user)[0] for file in files]
    if not taken:
        messages.error(request, _("Choose a file first."))
    for media in taken:
        if media.state == MediaFile.State.FAILED:
            messages.error(request, f"{media}: {media.problem}")
    ready = [media for media in taken if media.state != MediaFile.State.FAILED]
    if ready:
        said = ngettext("%(n)s file is uploaded.", "%(n)s files are uploaded.", len(ready))
        messages.success(request, said % {"n": len(ready)})
    is_theirs = len(taken) == len(ready) == 1 and library.files_of(user_of(request)).filter(pk=ready[0].pk).exists()
    return redirect("images:file", ready[0].code) if is_theirs else redirect("images:library")


def media_of(request: HttpRequest, code: str) -> MediaFile:
    """The upload of this code; of another's a contributor is told nothing."""
    media = library.files_of(user_of(request)).filter(code=code).prefetch_related("renditions").first()
    if media is None:
        raise Http404
    return media


@authors_only
@require_http_methods(["GET", "HEAD", "POST"])
def one_file(request: HttpRequest, code: str) -> HttpResponse:
    media = media_of(request, code)
    if request.method == "POST":
        check_may_change(request, media)
        texts = {name: request.POST.get(name, "") for name in library.TEXTS}
        library.describe(media, **texts | {"credit_url": links.harmless(texts["credit_url"].strip())})
        messages.success(request, _("Saved."))
        return redirect("images:file", code)
    renditions = list(media.renditions.all())
    main = next((one for one in renditions if one.role == Rendition.Role.MAIN), None)
    context = {
        "media": media,
        "main": main,
        "url": storing.url_of(main) if main else "",
        "poster": library.preview_of(media) if media.kind == MediaFile.Kind.VIDEO else "",
        "language": settings.LANGUAGE_CODE,
        "renditions": [one for one in renditions if one.role != Rendition.Role.FORMER],
        "markdown": receiving.markdown_of(media),
        "place": _("a bucket") if main and main.is_remote else _("the media folder"),
        **_where(request, media),
        "may_change": library.may_change(user_of(request), media),
        "page_title": str(media),
    }
    return render(request, "images/file.html", context)


def _where(request: HttpRequest, media: MediaFile) -> dict[str, Any]:
    """Its uses, those in drafts of others for their authors and editors alone."""
    user = user_of(request)
    uses = list(media.uses.select_related("post").order_by("-post__published", "post_id"))
    seen = [use for use in uses if use.post.is_public or user.may_edit(use.post)]
    return {
        "uses": [(use, user.may_edit(use.post)) for use in seen],
        "hidden_uses": len(uses) - len(seen),
        "elsewhere": library.elsewhere(media),
    }


def check_may_change(request: HttpRequest, media: MediaFile) -> None:
    if not library.may_change(user_of(request), media):
        raise PermissionDenied(_("It is shown where you may not write. An editor can change it."))


@require_POST
@receiving_files
def replace(request: HttpRequest, code: str) -> HttpResponse:
    media = media_of(request, code)
    check_may_change(request, media)
    file = request.FILES.get("file")
    if file is None:
        raise Refused(400, _("Choose a file first."))
    other, _was_here = taken_in(file, {}, request.user)
    check_may_change(request, other)  # which may be somebody else's, and have been here before
    if problem := _why_not(media, other):
        messages.error(request, problem)
        return redirect("images:file", code)
    library.replace(media, other)
    messages.success(request, _("It is replaced. Posts show the new one, and no text had to change."))
    return redirect("images:file", other.code)


def _why_not(media: MediaFile, other: MediaFile) -> str:
    if other.state == MediaFile.State.FAILED:
        return other.problem
    if other.pk == media.pk:
        return _("This is the same file.")
    if other.state != MediaFile.State.READY:
        return _("It is uploaded, and is still being made smaller. Choose it once more in a minute.")
    if other.kind != media.kind:
        return _("Only a file of the same kind can take its place: image, film or sound.")
    return ""


@authors_only
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, code: str) -> HttpResponse:
    """Asks, with the posts that show it; then deletes."""
    media = media_of(request, code)
    check_may_change(request, media)
    if request.POST.get("sure"):
        library.delete(media)
        messages.success(request, _("“%(name)s” is deleted.") % {"name": media})
        return redirect("images:library")
    context = {
        "media": media,
        "preview": library.preview_of(media),
        **_where(request, media),
        "page_title": _("Delete"),
    }
    return render(request, "images/delete.html", context)
