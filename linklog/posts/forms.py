"""How an author's words become a post: the form of one post, with its tags and credits as plain text."""

import re
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from linklog.posts.models import Post, Tag


class TokenInput(forms.TextInput):
    """A text field of names with a separator, completed by the <token-input> element where there is JavaScript."""

    template_name = "posts/widgets/token_input.html"

    class Media:
        js = ("js/token-input.js",)

    def __init__(self, separator: str, source: Any) -> None:
        super().__init__(attrs={"class": "vTextField", "autocomplete": "off", "spellcheck": "false"})
        self.separator, self.source = separator, source

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "separator": self.separator, "source": self.source}


class NamesField(forms.CharField):
    """Names in order, separated by one character; cleans to a list without blanks."""

    def __init__(self, separator: str, source: Any, **kwargs: Any) -> None:
        self.separator = separator
        super().__init__(required=False, widget=TokenInput(separator, source), **kwargs)

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value) or ""
        return [
            name for part in re.split(rf"[{re.escape(self.separator)}\n]", text) if (name := " ".join(part.split()))
        ]

    def prepare_value(self, value: Any) -> Any:
        return f"{self.separator} ".join(value) if isinstance(value, list) else value


def tag_token(tag: Tag) -> str:
    """What stands for a tag in the field: its name, or its slug where the name holds the separator."""
    return tag.slug if "," in tag.name else tag.name


class PostForm(forms.ModelForm):
    """A post of any kind. Tags and people are names; saving them is `linklog.publishing`'s."""

    tag_names = NamesField(
        ",", reverse_lazy("posts:suggest_tags"), label=_("Tags"), help_text=_("In your order, separated by commas.")
    )
    person_names = NamesField(
        ";",
        reverse_lazy("posts:suggest_people"),
        label=_("Credits"),
        help_text=_("Whose work this is, separated by semicolons."),
    )

    class Meta:
        model = Post
        fields = [
            "title", "link_url", "body", "body_format", "context", "via_url", "via_title", "slug", "author", "language",
            "card_image", "series", "series_position", "is_draft", "published",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("tag_names", [tag_token(tag) for tag in self.instance.tag_list])
            self.initial.setdefault("person_names", [person.name for person in self.instance.credited])
        for name in ("title", "link_url", "via_url", "via_title", "card_image"):
            if name in self.fields:
                self.fields[name].widget = forms.TextInput(attrs={"class": "vLargeTextField"})
        if "title" in self.fields:
            self.fields["title"].widget.attrs["maxlength"] = 500

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with a field that this kind's form does not show is said above the form."""
        if field is None and hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                super().add_error(name if name in self.fields else None, errors)
        else:
            super().add_error(field, error)
