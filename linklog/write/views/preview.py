"""The public page of what stands in the editor, for a frame beside it that runs nothing."""

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from linklog.accounts.access import authors_only
from linklog.write import fields as editor_fields
from linklog.write import saving
from linklog.write.unsaved import as_published
from linklog.write.views.page import author_of, post_of

_STILL = {
    "sandbox": ["allow-same-origin"],
    "script-src": ["'none'"],
    "frame-src": ["'none'"],
    "frame-ancestors": ["'self'"],
}


@authors_only
@require_POST
@xframe_options_sameorigin
@csp_replace(_STILL)  # type: ignore[arg-type]
def preview(request: HttpRequest, code: str) -> HttpResponseBase:
    fields = editor_fields.known(request.POST)
    if refusal := editor_fields.refusal(fields):
        return HttpResponse(refusal, status=413, content_type="text/plain; charset=utf-8")
    is_new = saving.find(code) is None
    post = saving.new_post(code, fields["kind"], author_of(request)) if is_new else post_of(request, code)
    return render(request, "write/preview.html", {"post": as_published(post, fields), "is_preview": True})
