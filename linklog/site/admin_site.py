"""Django's admin under the site's title."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
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

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        title = site_of(request).display_title
        return {**super().each_context(request), "site_title": title, "site_header": title}
