"""The images in the text of the editor: how each is described, and what its author says of that, as JSON."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from linklog.accounts.access import authors_only
from linklog.accounts.models import User
from linklog.core.vendor_sql import writing
from linklog.images import uses
from linklog.images.models import MediaUse, Rendition
from linklog.images.showing import path_of, with_renditions
from linklog.images.storing import url_of
from linklog.write import fields as editor_fields
from linklog.write import saving
from linklog.write.unsaved import as_published
from linklog.write.views.page import author_of, post_of

THUMBNAIL = 160  # pixels that are wide enough
MARKS = (MediaUse.Alt.REVIEWED, MediaUse.Alt.DECORATIVE, MediaUse.Alt.NONE)


@authors_only
@require_POST
def images(request: HttpRequest, code: str) -> JsonResponse:
    """Those in the text that is sent. With `src` and `state` the author says something of one of them."""
    fields = editor_fields.known(request.POST)
    if refusal := editor_fields.refusal(fields):
        return JsonResponse({"problem": refusal}, status=413)
    is_new = saving.find(code) is None
    post = saving.new_post(code, fields["kind"], author_of(request)) if is_new else post_of(request, code)
    found = [use for use in uses.present(as_published(post, fields)) if use.state]
    if post.pk and (state := request.POST.get("state")) in MARKS:
        with writing():
            for use in found:
                if use.src == request.POST.get("src"):
                    uses.mark(use, state)
    return JsonResponse({"images": described(found, author_of(request))})


def described(found: Sequence[MediaUse], user: User) -> list[dict[str, str]]:
    known = with_renditions({path for use in found if (path := path_of(use.src))})
    drafts = uses.latest_drafts(found)
    answer = []
    for use, name in zip(found, uses.names_for(user, found), strict=True):
        renditions = known.get(path_of(use.src) or "", [])
        answer.append(
            {
                "src": use.src,
                "name": "" if name == use.src else name,
                "thumbnail": thumbnail(use.src, renditions),
                "state": use.state,
                "draft": drafts.get(use.src, ""),
            }
        )
    return answer


def thumbnail(src: str, renditions: Sequence[Rendition]) -> str:
    """The smallest rendition that fills a thumbnail, else the image as it is; "" for one that no page of ours may load."""
    fit = [row for row in renditions if row.role in ("main", "variant") and (row.width or 0) >= THUMBNAIL]
    if fit:
        return url_of(min(fit, key=lambda row: (row.width or 0, row.bytes)))
    is_ours = src.startswith(("/", settings.LINKLOG_URL + "/")) and not src.startswith("//")
    return src if is_ours or src.startswith("https://") else ""
