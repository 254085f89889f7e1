"""How an author's words become a post: the form of one post, with its tags and credits as plain text."""

import re
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from linklog.posts.models import Post, Tag

MAX_TITLE, MAX_NAME = 1000, 200
_SLUG = re.compile(r"[A-Za-z0-9._~-]{1,200}")


class TokenInput(forms.TextInput):
    """A text field of names with a separator, completed by the <token-input> element where there is JavaScript."""

    template_name = "posts/widgets/token_input.html"

    class Media:
        js = ("js/token-input.js",)

    def __init__(self, separator: str, source: Any) -> None:
        super().__init__(attrs={"class": "vTextField", "spellcheck": "false"})
        self.separator, self.source = separator, source

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "separator": self.separator, "source": self.source}


class NamesField(forms.CharField):
    """Names in order, separated by one character; cleans to a list without blanks. Too long a name is refused, not cut."""

    def __init__(self, separator: str, source: Any, **kwargs: Any) -> None:
        self.separator = separator
        super().__init__(required=False, widget=TokenInput(separator, source), **kwargs)

    def clean(self, value: Any) -> list[str]:
        names = self.split(super().clean(value) or "")
        if long := next((name for name in names if len(name) > MAX_NAME), None):
            raise forms.ValidationError(_("“%(name)s…” is too long for a name.") % {"name": long[:40]})
        return names

    def split(self, text: str) -> list[str]:
        parts = re.split(rf"[{re.escape(self.separator)}\n]", text)
        return [name for part in parts if (name := " ".join(part.split()))]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.split(data or "")

    def prepare_value(self, value: Any) -> Any:
        return f"{self.separator} ".join(value) if isinstance(value, list) else value


def tag_token(tag: Tag) -> str:
    """What stands for a tag in the field: its name, or its slug where the name holds the separator."""
    return tag.slug if "," in tag.name else tag.name


def is_slug(text: str) -> bool:
    """Whether an author may give this slug: it reads well in an address, and no other address ends so."""
    return bool(_SLUG.fullmatch(text)) and not text.endswith(".md") and text not in (".", "..")


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

    revision_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

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
            self.initial.setdefault("revision_seen", self.instance.revision)
            self.initial.setdefault("person_names", [person.name for person in self.instance.credited])
        for name in ("title", "link_url", "context", "via_url", "via_title", "card_image"):
            if name in self.fields:
                self.fields[name].widget = forms.TextInput(attrs={"class": "vLargeTextField"})
        self.fields["slug"].widget.attrs.pop("maxlength", None)  # a slug that is too long is refused, not cut

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        is_as_published = self.instance.published is not None and title == self.instance.title
        if len(title) > MAX_TITLE and not is_as_published:
            raise forms.ValidationError(_("A title may have 1,000 characters at most."))
        return title

    def clean_slug(self) -> str:
        """A slug that came with an import stays as it is; a new one reads well in an address."""
        slug: str = self.cleaned_data["slug"]
        if slug and slug != self.instance.slug and not is_slug(slug):
            raise forms.ValidationError(_("Use letters from a to z, digits and hyphens."))
        return slug

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        texts = ("title", "body", "link_url", "via_url", "via_title", "context", "tag_names", "person_names")
        if data.get("is_draft") and not any(data.get(name) for name in texts) and not self.errors:
            raise forms.ValidationError(_("There is nothing in this post yet."))
        seen = data.get("revision_seen")
        if self.instance.pk and seen and Post.objects.filter(pk=self.instance.pk, revision__gt=seen).exists():
            raise forms.ValidationError(
                _(
                    "This post was changed meanwhile, in another window or by someone else. Copy what you wrote, and load the page again."
                )
            )
        return data

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with a field that this kind's form does not show is said above the form."""
        if field is None and hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                super().add_error(name if name in self.fields else None, errors)
        else:
            super().add_error(field, error)


class QuotationForm(PostForm):
    """A quotation's first credit is who said it."""

    person_names = NamesField(
        ";",
        reverse_lazy("posts:suggest_people"),
        label=_("Who said it"),
        help_text=_("Several names are separated by semicolons."),
    )
