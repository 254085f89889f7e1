"""The admin of standing pages and redirects."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from linklog import publishing
from linklog.pages.models import Page, Redirect


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    list_display = ["title", "slug", "updated"]
    search_fields = ["title", "body"]
    prepopulated_fields = {"slug": ["title"]}

    def save_model(self, request: HttpRequest, obj: Page, form: Any, change: bool) -> None:
        publishing.save_label(obj)

    def delete_model(self, request: HttpRequest, obj: Page) -> None:
        publishing.delete_label(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Page]) -> None:
        for page in queryset:
            publishing.delete_label(page)


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    list_display = ["old_path", "target"]
    search_fields = ["old_path", "target"]
