"""The strict form of the editor: what an author asks to be saved or published, said in sentences where it cannot be."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linklog.accounts.models import User
from linklog.posts.forms import PostForm
from linklog.posts.models import Post, Series
from linklog.write import fields as editor_fields

UPLOADING = "](uploading:"  # what static/js/image-uploads.js writes where an image will be
_TYPES = {"link_url": "url", "via_url": "url", "published": "datetime-local", "follow_up": "date"}
_WORDS = ("title", "body", "link_url", "via_url", "via_title", "context", "tag_names", "person_names")


class EditorForm(PostForm):
    """Any kind of post; the fields are those of `write.fields`, as text. The page hides what a kind does not have."""

    revision_seen = None  # type: ignore[assignment] # the token tells
    published = forms.CharField(
        label=_("Published"), required=False, help_text=_("Empty means now. A time to come schedules the post.")
    )
    series = forms.ModelChoiceField(Series.objects.all(), label=_("Series"), to_field_name="slug", required=False)

    body = forms.CharField(label=_("Text"), required=False, strip=False, widget=forms.Textarea)
    author = forms.ModelChoiceField(User.objects.filter(is_active=True), label=_("Author"), required=False)

    class Meta(PostForm.Meta):
        fields = [
            "link_url", "title", "body", "person_names", "context", "via_url", "via_title", "tag_names", "slug", "published", "follow_up",
            "series", "series_position", "language", "card_image", "author",
        ]  # fmt: skip

    def __init__(self, data: Any = None, *, by: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("class", None)
            field.widget.attrs["dir"] = "auto"
            if name in _TYPES:
                field.widget.input_type = _TYPES[name]
                field.widget.attrs["dir"] = "ltr"
        self.fields["body"].widget.attrs["rows"] = 10
        if not by.can_publish or (self.is_bound and "author" not in self.data):
            del self.fields["author"]

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if not self.instance.is_draft and UPLOADING in body:
            raise forms.ValidationError(
                _("An upload in the text is not finished: wait for it, or take its placeholder out.")
            )
        return body

    def clean_published(self) -> dt.datetime | None:
        text = self.cleaned_data["published"]
        before = self.instance.published
        if text == editor_fields.local_time(before):
            return before
        moment = editor_fields.moment(text)
        if text and moment is None:
            raise forms.ValidationError(_("Give a date and a time that the clocks of this site's zone show."))
        return moment

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.instance.is_draft and not any(data.get(name) for name in _WORDS) and not self.errors:
            raise forms.ValidationError(_("There is nothing in this post yet."))
        if refusal := editor_fields.refusal(editor_fields.known(self.data)):
            raise forms.ValidationError(refusal)
        return data


def editor_form(post: Post, fields: editor_fields.Fields, by: User) -> EditorForm:
    """The form as the editor shows it first."""
    return EditorForm(instance=post, initial={**fields, "author": post.author_id}, by=by)
