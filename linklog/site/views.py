"""The site's own style sheet, and the page that sets a new site up."""

from django.contrib.auth import login
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

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
        return redirect("admin:index")
    site = site_of(request)
    form = WelcomeForm(request.POST or None, initial={"title": site.display_title, "author": site.author})
    if not form.is_valid():
        return render(request, "site/welcome.html", {"form": form}, status=422 if form.is_bound else 200)
    with transaction.atomic():
        if first_run.has_owner():  # someone else was faster
            return redirect("admin:index")
        owner = form.save_owner()
        site.title, site.author = form.cleaned_data["title"], form.cleaned_data["author"]
        site.save()
    login(request, owner)
    return redirect("admin:index")
