"""Django's admin under the site's title."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linklog.site.context import site_of

ORDER = (
    "Blogmark",
    "Quotation",
    "Note",
    "Entry",
    "Tag",
    "Series",
    "Person",
    "Page",
    "Redirect",
    "Site",
    "FeedReading",
    "User",
    "Job",
    "PeriodicJob",
)


def place(model_name: str) -> int:
    return ORDER.index(model_name) if model_name in ORDER else len(ORDER)


class LinklogAdminSite(AdminSite):
    index_title = _("Write and look after the site")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What is written every day comes first."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: (place(model["object_name"]), model["name"]))
        return sorted(apps, key=lambda app: min(place(model["object_name"]) for model in app["models"]))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way in for everybody, so that a second factor cannot be walked around."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME, "") or reverse("admin:index"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_change_password")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        title = site_of(request).display_title
        return {**super().each_context(request), "site_title": title, "site_header": title}
