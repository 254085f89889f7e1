"""The admin of the site's one row."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from linklog.site.models import SITE_PK, Site


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin):
    """There is one site: its list leads to it, and it is neither added nor deleted."""

    fields = ["title", "tagline", "author", "logo", "accent", "navigation", "footer", "extra_css"]

    def get_form(self, request: HttpRequest, obj: Site | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        for name in ("title", "tagline", "author"):
            if getattr(settings, f"LINKLOG_{name.upper()}"):
                form.base_fields[name].disabled = True
                form.base_fields[name].help_text = _("Set by LINKLOG_%(name)s in the environment.") % {
                    "name": name.upper()
                }
        return form

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Site | None:
        """The one row, or what it will be before the first save."""
        return Site.load() if object_id == str(SITE_PK) else None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("admin:site_site_change", SITE_PK)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
