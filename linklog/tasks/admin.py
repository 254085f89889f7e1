"""The admin of what runs in the background: what waits, what failed and why, once more or never."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from linklog.tasks.models import Job, PeriodicJob

STATES = {
    TaskResultStatus.READY: _("waiting"),
    TaskResultStatus.RUNNING: _("running"),
    TaskResultStatus.FAILED: _("given up"),
    TaskResultStatus.SUCCESSFUL: _("done"),
}

admin.site.unregister(DBTaskResult)


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, name) for state, name in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        return queryset.filter(status=self.value()) if self.value() else queryset


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that workers write and people look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(self.readonly_fields)

    @admin.display(description=_("last error"))
    def last_error(self, row: Job | PeriodicJob) -> str | None:
        return row.error or None

    @admin.display(description=_("what went wrong"))
    def whole_error(self, row: Job | PeriodicJob) -> SafeString | str:
        return format_html("<pre>{}</pre>", row.traceback) if row.traceback else self.get_empty_value_display()


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """To drop a job is to delete its row."""

    list_display = ["__str__", "state", "last_error", "tried", "next_try", "enqueued_at"]
    list_filter = [StateFilter]
    search_fields = ["task_path", "traceback"]
    ordering = ["-enqueued_at"]
    readonly_fields = [
        "function", "state", "arguments", "enqueued_at", "started_at", "finished_at", "tried", "next_try", "whole_error",
    ]  # fmt: skip
    actions = ["try_again"]

    def has_try_permission(self, request: HttpRequest) -> bool:
        return self.has_delete_permission(request)

    @admin.action(description=_("Try selected jobs again now"), permissions=["try"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        count = Job.objects.filter(pk__in=queryset).try_again()
        self.message_user(request, ngettext("%d job is tried again.", "%d jobs are tried again.", count) % count)

    @admin.display(description=_("function"))
    def function(self, job: Job) -> str:
        return job.task_path

    @admin.display(description=_("state"), ordering="status")
    def state(self, job: Job) -> str:
        return str(STATES[TaskResultStatus(job.status)])

    @admin.display(description=_("tries"))
    def tried(self, job: Job) -> str:
        return str(_("%(tries)d of %(allowed)d") % {"tries": job.tries, "allowed": job.tries_allowed})

    @admin.display(description=_("next try"))
    def next_try(self, job: Job) -> Any:
        if job.status != TaskResultStatus.READY:
            return self.get_empty_value_display()
        return _("now") if job.run_after == get_date_max() else job.run_after

    @admin.display(description=_("called with"))
    def arguments(self, job: Job) -> str:
        named = [f"{name}={value!r}" for name, value in job.args_kwargs["kwargs"].items()]
        return ", ".join([*map(repr, job.args_kwargs["args"]), *named]) or self.get_empty_value_display()


@admin.register(PeriodicJob)
class PeriodicJobAdmin(ReadOnlyAdmin):
    """What LINKLOG_SCHEDULE names, and how it fares."""

    list_display = ["__str__", "next_run", "failures", "failed", "last_error"]
    readonly_fields = ["path", "next_run", "failures", "failed", "whole_error"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
