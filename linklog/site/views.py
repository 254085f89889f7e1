"""The site's own style sheet, the page that sets a new site up, and the answer to what cannot be read."""

from django.contrib.auth import login
from django.core import signing
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from linklog.accounts import sessions
from linklog.accounts.access import asks_for_json
from linklog.site import first_run
from linklog.site.context import site_of
from linklog.site.forms import WelcomeForm


def css(request: HttpRequest) -> HttpResponse:
    """The accent and the extra CSS. Its address carries the site's version, so it may be kept for a year."""
    response = HttpResponse(site_of(request).css, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@never_cache
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The first-run page: open to who holds the address that `linklog init` printed, until there is an owner."""
    try:
        first_run.check(token)
    except signing.BadSignature:
        raise Http404 from None
    if first_run.has_owner():
        return redirect("write:front")
    site = site_of(request)
    form = WelcomeForm(request.POST or None, initial={"title": site.display_title, "author": site.author})
    if not form.is_valid():
        return render(request, "site/welcome.html", {"form": form}, status=422 if form.is_bound else 200)
    with transaction.atomic():
        if first_run.has_owner():  # someone else was faster
            return redirect("write:front")
        owner = form.save_owner()
        site.title, site.author = form.cleaned_data["title"], form.cleaned_data["author"]
        site.save()
    login(request, owner)
    sessions.note_sign_in(request)
    return redirect("write:front")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where too much was sent at once: in a sentence, which a script gets as JSON."""
    is_too_big = isinstance(exception, RequestDataTooBig)
    problem = _("This is too long to be sent. Keep a copy of it.") if is_too_big else _("This could not be understood.")
    status = 413 if is_too_big else 400
    if asks_for_json(request):
        return JsonResponse({"problem": problem}, status=status)
    return render(request, "400.html", {"problem": problem}, status=status)
