"""Screenshots of the page that is written about: asked for, looked after and shown in the editor, to their author alone."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linklog.accounts.access import authors_only
from linklog.capture import screenshots
from linklog.core import links
from linklog.core.budget import Budget

BUDGET = Budget(settings.HOME / "screenshot-budget", 6)  # that an author may have taken in a minute


@authors_only
@require_POST
def start(request: HttpRequest) -> JsonResponse:
    """Have one taken of the page at `url`. The answer says where to ask for it."""
    url = links.harmless(request.POST.get("url", "").strip())
    if not screenshots.is_available():
        return _refusal(_("No screenshots can be taken here."), 404)
    if not url.startswith(("https://", "http://")):
        return _refusal(_("Give a whole address that begins with https:// or http://."), 400)
    if BUDGET.spend(f"user {request.user.pk}"):
        return _refusal(_("That are many screenshots in one minute. Wait a little, then try again."), 429)
    code = screenshots.ask(url[: links.MAX_URL_LENGTH], request.user).code
    return JsonResponse({"state": "waiting", "follow": reverse("capture:screenshot", args=[code])}, status=202)


@authors_only
@require_GET
def state(request: HttpRequest, code: str) -> JsonResponse:
    told = _wanted(request, code).told()
    if not told:
        raise Http404
    picture: dict[str, Any] = {}
    if told["state"] == "ready":
        picture = {"picture": reverse("capture:screenshot_picture", args=[code])}
    return JsonResponse(told | picture)


@authors_only
@require_GET
def picture(request: HttpRequest, code: str) -> HttpResponseBase:
    wanted = _wanted(request, code)
    if wanted.told().get("state") != "ready":
        raise Http404
    try:
        return FileResponse(wanted.picture.open("rb"), content_type="image/png")
    except FileNotFoundError:  # its day was over just now
        raise Http404 from None


def _wanted(request: HttpRequest, code: str) -> screenshots.Screenshot:
    wanted = screenshots.find(request.user, code)
    if wanted is None:
        raise Http404
    return wanted


def _refusal(problem: str, status: int) -> JsonResponse:
    return JsonResponse({"problem": problem}, status=status)
