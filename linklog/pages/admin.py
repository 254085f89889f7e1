"""The admin of standing pages and redirects."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from linklog import publishing
from linklog.core.slugs import slugify
from linklog.pages.models import Page, Redirect
from linklog.search import saved
from linklog.search.request import BadRequest


class PageForm(forms.ModelForm):
    """A standing page."""

    class Meta:
        model = Page
        fields = ["title", "slug", "body", "search"]
        widgets = {"search": forms.TextInput(attrs={"class": "vLargeTextField", "spellcheck": "false"})}

    def clean_search(self) -> str:
        try:
            return saved.cleaned(self.cleaned_data["search"])
        except BadRequest as error:
            raise ValidationError(str(error)) from error


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    form = PageForm
    list_display = ["title", "slug", "updated"]
    search_fields = ["title", "body"]
    prepopulated_fields = {"slug": ["title"]}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What `?title=…&search=…` fills in, so that a search is made a page by a link."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"slug": slugify(initial.get("title", ""), 100), **initial}

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
