"""The owner's prices and prompts, and every question that was asked of a model, which nobody can change."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from linklog.assist import prompts
from linklog.assist.models import EditedPrompt, ModelCall, Price


@admin.register(ModelCall)
class ModelCallAdmin(admin.ModelAdmin):
    """Rows are written by `linklog.assist.ledger` and by nobody else: the month's limit rests on them."""

    list_display = (
        "asked",
        "task",
        "model",
        "state",
        "input_tokens",
        "cached_tokens",
        "output_tokens",
        "seconds",
        "cost",
    )
    list_filter = ("task", "model", "state")
    date_hierarchy = "asked"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ModelCall | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ModelCall | None = None) -> bool:
        return False


@admin.register(Price)
class PriceAdmin(admin.ModelAdmin):
    """Prices of the author's own; they come before those that Linklog brings."""

    list_display = ("model", "since", "input", "cached_input", "output")
    search_fields = ("model",)
    fieldsets = (
        (
            None,
            {
                "fields": list_display,
                "description": _("Dollars a million tokens. A model's name as llm has it, or its beginning and a *."),
            },
        ),
    )


class PromptForm(ModelForm[EditedPrompt]):
    """An author's copy of a prompt, refused where it could not be used."""

    class Meta:
        model = EditedPrompt
        fields = ("name", "text")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 30, "cols": 100, "class": "vLargeTextField", "spellcheck": "true"})
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            self.fields["name"] = forms.ChoiceField(
                label=_("Prompt"), choices=[(name, name) for name in prompts.names()]
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            prompts.checked(cleaned.get("name") or self.instance.name, cleaned.get("text", ""))
        except prompts.PromptError as error:
            raise ValidationError({"text": str(error)}) from error
        return cleaned


@admin.register(EditedPrompt)
class EditedPromptAdmin(admin.ModelAdmin):
    """Copies of prompts that the author changed. To delete one brings ours back."""

    form = PromptForm
    list_display = ("name", "saved")
    readonly_fields = ("ours",)

    def get_readonly_fields(self, request: HttpRequest, obj: EditedPrompt | None = None) -> tuple[str, ...]:
        return ("name", "ours") if obj else ("ours",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str | list[str]]:
        name = request.GET.get("name", "")
        return {"name": name, "text": prompts.source(name)} if name in prompts.names() else {}

    @admin.display(description=_("Ours"))
    def ours(self, prompt: EditedPrompt) -> SafeString:
        """To compare with; for a new copy, what it can be a copy of."""
        if prompt.pk:
            return format_html("<pre>{}</pre>", prompts.source(prompt.name) if prompt.name in prompts.names() else "")
        names = ((name, name) for name in prompts.names())
        return format_html(
            "{} {}", _("Begin with a copy of:"), format_html_join(", ", '<a href="?name={}">{}</a>', names)
        )
