"""The admin of posts, tags, series and people. Every write of a post goes through `linklog.publishing`."""

from contextlib import nullcontext
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from linklog import publishing
from linklog.assist import client
from linklog.core import vendor_sql
from linklog.core.xml import strip_illegal
from linklog.posts.forms import PostForm, QuotationForm
from linklog.posts.models import Blogmark, Entry, Note, Person, Post, Quotation, Series, Tag
from linklog.posts.preview_links import preview_url
from linklog.search import archive as archives
from linklog.search.engine import matching_among, partial_note
from linklog.search.request import Choice, Request


class StateFilter(admin.SimpleListFilter):
    """Draft, scheduled or published."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("draft", _("Draft")), ("scheduled", _("Scheduled")), ("published", _("Published"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        states = {"draft": queryset.drafts, "scheduled": queryset.scheduled, "published": queryset.published}
        chosen = states.get(self.value() or "")
        return chosen() if chosen else queryset


class PostAdmin(admin.ModelAdmin):
    """What the four kinds share; each says which fields it shows."""

    form = PostForm
    content_fields: tuple[str, ...] = ()
    list_display = ["listed_title", "state", "published", "tag_names"]
    list_filter = [StateFilter, "author", "series", "body_format"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["title"]  # so that there is a field to search by; what is searched is the site's index
    search_help_text = _(
        "As on the site, drafts too: words, “a phrase”, -without, begin*, tag:tides, site:example.org, year:2024, has:image, is:draft"
    )
    autocomplete_fields = ["series"]
    date_hierarchy = "published"
    ordering = ["-published", "-pk"]
    actions = ["publish", "unpublish"]
    readonly_fields = ["editor", "preview"]

    def get_fieldsets(self, request: HttpRequest, obj: Post | None = None) -> Any:
        return [
            (None, {"fields": ("editor", *self.content_fields)}),
            (_("Publishing"), {"fields": ["is_draft", "published", "slug", "preview", "revision_seen"]}),
            (_("More"), {
                "classes": ["collapse"],
                "fields": ["series", "series_position", "author", "language", "card_image", "body_format"],
            }),
        ]  # fmt: skip

    def get_form(self, request: HttpRequest, obj: Post | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if not change and "author" in form.base_fields:
            form.base_fields["author"].initial = request.user.pk
        form.base_fields["is_draft"].help_text = _("Only you see a draft. Take the tick away to publish.")
        form.base_fields["published"].help_text = _("Empty means now. A time to come schedules the post.")
        if isinstance(widget := form.base_fields["body"].widget, forms.Textarea):
            widget.attrs["rows"] = 18
        return form

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.model.objects.with_parts()

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """What the site's search finds among posts of this kind, drafts too, in the list's own order: by date unless told otherwise."""
        if not search_term.strip():
            return queryset, False
        search = Request(" ".join(strip_illegal(search_term).split()), (Choice("type", self.model.kind_name),))
        archive = archives.current()
        found, is_partial = matching_among(archive.known, search, archive)
        if request.method == "GET":  # an action leads back to the list, which says it again
            for note in (*search.query.notes, *([partial_note()] if is_partial else [])):
                messages.warning(request, note)
        return queryset.filter(pk__in=vendor_sql.rows_of(list(found))), False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Django's admin opens its transaction around the whole view: who is to write gets in line before that."""
        with vendor_sql.writers_queue() if request.method == "POST" else nullcontext():
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        data = form.cleaned_data
        publishing.save(obj, tags=data.get("tag_names"), people=data.get("person_names"), by=request.user)
        if obj.is_draft:
            messages.info(request, _("It is a draft: only you see it."))
        elif obj.is_scheduled:
            messages.info(request, _("It is scheduled, and public when its time has come."))
        else:
            messages.info(request, format_html('<a href="{}">{}</a>', obj.get_absolute_url(), _("It is public.")))

    def delete_model(self, request: HttpRequest, obj: Post) -> None:
        publishing.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        for post in queryset:
            publishing.delete(post)

    def view_on_site(self, obj: Post) -> str | None:
        return obj.get_absolute_url() if obj.is_public else preview_url(obj)

    @admin.display(description=_("title"), ordering="title")
    def listed_title(self, post: Post) -> str:
        return post.display_title if len(post.display_title) <= 90 else post.display_title[:89] + "…"

    @admin.display(description=_("state"))
    def state(self, post: Post) -> str:
        return str(_("Draft") if post.is_draft else _("Scheduled") if post.is_scheduled else _("Published"))

    @admin.display(description=_("tags"))
    def tag_names(self, post: Post) -> str:
        return ", ".join(tag.name for tag in post.tag_list)

    @admin.display(description=_("editor"))
    def editor(self, post: Post) -> SafeString | str:
        """The way to the page where posts are written."""
        return (
            format_html('<a href="{}">{}</a>', reverse("write:edit", args=[post.code]), _("Open in the editor"))
            if post.pk
            else "–"
        )

    @admin.display(description=_("preview"))
    def preview(self, post: Post) -> SafeString | str:
        """A secret link to a post that is not public."""
        if not post.pk or post.is_public:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', preview_url(post), _("Secret link, good for some days: share it with care")
        )

    @admin.action(description=_("Publish the chosen posts"))
    def publish(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        done = 0
        for post in queryset.filter(is_draft=True):
            post.is_draft = False
            try:
                post.clean()
            except ValidationError as error:
                for name, sentences in error.message_dict.items():
                    field = getattr(post._meta.get_field(name), "verbose_name", name)
                    messages.error(request, f"“{post}”, {field}: {' '.join(sentences)}")
                continue
            publishing.publish(post, by=request.user)
            done += 1
        messages.success(
            request, ngettext("%(n)d post is public now.", "%(n)d posts are public now.", done) % {"n": done}
        )

    @admin.action(description=_("Take the chosen posts back to drafts"))
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        for post in (posts := list(queryset.filter(is_draft=False))):
            publishing.unpublish(post, by=request.user)
        n = len(posts)
        messages.success(request, ngettext("%(n)d post is a draft now.", "%(n)d posts are drafts now.", n) % {"n": n})


@admin.register(Entry)
class EntryAdmin(PostAdmin):
    content_fields = ("title", "body", "tag_names", "person_names")


@admin.register(Blogmark)
class BlogmarkAdmin(PostAdmin):
    content_fields = ("link_url", "title", "body", "person_names", "via_url", "via_title", "tag_names")


@admin.register(Quotation)
class QuotationAdmin(PostAdmin):
    form = QuotationForm
    content_fields = ("body", "person_names", "link_url", "context", "via_url", "via_title", "tag_names")


@admin.register(Note)
class NoteAdmin(PostAdmin):
    content_fields = ("body", "title", "person_names", "via_url", "via_title", "tag_names")


class LabelAdmin(admin.ModelAdmin):
    """Tags, series and people, with how many posts each gathers."""

    list_display = ["name", "slug", "post_count"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(n=Count("posts"))

    @admin.display(description=_("posts"), ordering="n")
    def post_count(self, label: Any) -> int:
        return int(label.n)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        publishing.save_label(obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        publishing.delete_label(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for label in queryset:
            publishing.delete_label(label)


@admin.register(Tag)
class TagAdmin(LabelAdmin):
    """Where there is a model, it may suggest a description."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        suggests = {"suggests_description": client.available("tag-description")}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | suggests)


@admin.register(Series)
class SeriesAdmin(LabelAdmin):
    pass


@admin.register(Person)
class PersonAdmin(LabelAdmin):
    fields = ["name", "slug", "url", "description"]
