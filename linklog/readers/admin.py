"""Who reads through feeds, as a page of the admin: a plot for each feed, and its totals by day. Read only."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from linklog.readers.history import REMEMBERED_DAYS, histories
from linklog.readers.models import FeedReading
from linklog.readers.plot import plot

SPANS = (30, 90, 365)


@admin.register(FeedReading)
class FeedReadingAdmin(admin.ModelAdmin):
    """Its list is the page of plots; rows are written by `linklog.readers.counting` and by nobody else."""

    class Media:
        css = {"all": ["css/readers.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: FeedReading | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FeedReading | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """`?days=` 30, 90 or 365; 90 for anything else."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("days", "")
        days = int(asked) if asked in map(str, SPANS) else 90
        context = {
            **self.admin_site.each_context(request),
            "title": _("Feed readers"),
            "opts": self.opts,
            "media": self.media,
            "days": days,
            "spans": SPANS,
            "remembered_days": REMEMBERED_DAYS,
            "plots": [plot(history, _("All readers")) for history in histories(timezone.localdate(), days)],
            **(extra_context or {}),
        }
        return TemplateResponse(request, "readers/admin_plots.html", context)
