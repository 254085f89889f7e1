"""The one table of posts. What a row derives from its own columns is made here, in `prepare()`; what a write means to other
rooms is in `linklog.publishing`."""

import datetime as dt
import re
import secrets
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linklog.core import html, links, slugs
from linklog.core.xml import strip_illegal
from linklog.posts import rendering
from linklog.posts.models.labels import Person, Series, Tag
from linklog.posts.querysets import PostQuerySet

MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CODE_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # nothing that reads like something else, no vowels that spell words
CODE_LENGTH = 8
RESERVED_SLUG_CHARACTERS = "/?#\\"
_LAZY_IMAGE = re.compile(r'\A(<img(?: [\w-]+="[^"]*")*?) loading="lazy"')
LANGUAGE_TAG = re.compile(
    r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*"
)  # https://www.rfc-editor.org/rfc/rfc5646#section-2.1, loosely


def new_code() -> str:
    """A short address of 8 letters and digits: 39 bits, so that a million posts meet by chance less than once in a thousand tries."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def is_code(text: str) -> bool:
    """Whether `new_code` could have made it."""
    return len(text) == CODE_LENGTH and set(text) <= set(CODE_ALPHABET)


def own_feed_id(code: str) -> str:
    """The id of a post in every feed, for ever, whatever becomes of its title and address (RFC 4151)."""
    return f"tag:{links.site(settings.LINKLOG_URL)},2026:{code}"


class Post(models.Model):
    """A blogmark, entry, quotation or note. Rows come back as the proxy that `kind` names (see `from_db`)."""

    class Kind(models.TextChoices):
        ENTRY = "entry", gettext_lazy("Entry")
        BLOGMARK = "blogmark", gettext_lazy("Blogmark")
        QUOTATION = "quotation", gettext_lazy("Quotation")
        NOTE = "note", gettext_lazy("Note")

    class BodyFormat(models.TextChoices):
        MARKDOWN = "markdown", "Markdown"
        HTML = "html", "HTML"
        TEXT = "text", gettext_lazy("Plain text")

    rendered_fields: ClassVar[tuple[str, ...]] = ("body_html", "excerpt_html", "toc_html", "context_html")
    kind_name: ClassVar[str] = ""
    kinds: ClassVar[dict[str, type["Post"]]] = {}

    kind = models.CharField(max_length=10, choices=Kind, editable=False)
    title = models.TextField(_("title"), blank=True)
    slug = models.CharField(
        gettext_lazy("slug"), max_length=200, blank=True, help_text=gettext_lazy("Made from the title if empty.")
    )
    body = models.TextField(gettext_lazy("text"), blank=True)
    body_format = models.CharField(
        gettext_lazy("text format"), max_length=8, choices=BodyFormat, default=BodyFormat.MARKDOWN
    )
    body_html = models.TextField(editable=False, blank=True)
    excerpt_html = models.TextField(editable=False, blank=True)
    toc_html = models.TextField(editable=False, blank=True)
    render_version = models.PositiveSmallIntegerField(editable=False, default=0)

    link_url = models.TextField(
        gettext_lazy("link"), blank=True, help_text=gettext_lazy("The page linked, or the source of the quotation.")
    )
    link_key = models.CharField(max_length=500, editable=False, blank=True, db_index=True)
    link_site = models.CharField(max_length=255, editable=False, blank=True, db_index=True)
    via_url = models.TextField(gettext_lazy("via: link"), blank=True, help_text=gettext_lazy("Where you found it."))
    via_key = models.CharField(max_length=500, editable=False, blank=True)
    via_title = models.TextField(gettext_lazy("via: title"), blank=True)
    context = models.TextField(
        gettext_lazy("context"),
        blank=True,
        help_text=gettext_lazy("What follows the name of who is quoted, such as the title of the work."),
    )

    context_html = models.TextField(editable=False, blank=True)

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=gettext_lazy("author"),
    )
    language = models.CharField(
        gettext_lazy("language"),
        max_length=20,
        blank=True,
        help_text=gettext_lazy("Such as “sv” or “pt-br”; empty means the site's own."),
    )
    card_image = models.TextField(
        gettext_lazy("card image"), blank=True, help_text=gettext_lazy("Shown where a link to the post is shared.")
    )
    series = models.ForeignKey(
        Series, models.SET_NULL, null=True, blank=True, related_name="posts", verbose_name=gettext_lazy("series")
    )
    series_position = models.PositiveIntegerField(gettext_lazy("place in the series"), null=True, blank=True)
    tags = models.ManyToManyField(Tag, through="PostTag", related_name="posts")
    people = models.ManyToManyField(Person, through="Credit", related_name="posts")

    is_draft = models.BooleanField(gettext_lazy("draft"), default=True)
    published = models.DateTimeField(gettext_lazy("published"), null=True, blank=True)
    updated = models.DateTimeField(gettext_lazy("updated"), null=True, blank=True, editable=False)
    created = models.DateTimeField(gettext_lazy("created"), default=timezone.now, editable=False)
    is_waiting = models.BooleanField(default=False, editable=False)  # scheduled, and not yet told to have gone out
    follow_up = models.DateField(
        gettext_lazy("look again on"),
        null=True,
        blank=True,
        help_text=gettext_lazy("Your front page reminds you; readers do not see it."),
    )
    day = models.DateField(null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    code = models.CharField(max_length=20, unique=True, default=new_code, editable=False)
    feed_id = models.CharField(max_length=500, unique=True, editable=False)
    import_ref = models.CharField(max_length=500, unique=True, null=True, editable=False)  # NULL: not imported
    import_digest = models.CharField(max_length=64, editable=False, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("post")
        verbose_name_plural = gettext_lazy("posts")
        constraints = [
            models.UniqueConstraint(fields=["day", "slug"], name="post_permalink_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=["entry", "blogmark", "quotation", "note"]), name="post_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(is_draft=True)
                | (Q(published__isnull=False, day__isnull=False, updated__isnull=False) & ~Q(slug="")),
                name="post_published_has_address",
            ),
            models.CheckConstraint(
                condition=Q(is_draft=True) | ~Q(kind="blogmark") | (~Q(title="") & ~Q(link_url="")),
                name="post_blogmark_complete",
            ),
            models.CheckConstraint(
                condition=Q(is_draft=True) | ~Q(kind="entry") | ~Q(title=""), name="post_entry_complete"
            ),
            models.CheckConstraint(
                condition=Q(is_draft=True) | ~Q(kind="quotation") | ~Q(body=""), name="post_quotation_complete"
            ),
            models.CheckConstraint(
                condition=Q(is_draft=True) | ~Q(kind="note") | ~Q(body=""), name="post_note_complete"
            ),
        ]
        indexes = [
            models.Index(F("published").desc(), F("id").desc(), condition=Q(is_draft=False), name="post_river"),
            models.Index(
                "kind", F("published").desc(), F("id").desc(), condition=Q(is_draft=False), name="post_river_of_kind"
            ),
            models.Index("published", condition=Q(is_waiting=True), name="post_waiting"),
            models.Index("via_key", condition=~Q(via_key=""), name="post_via"),
            models.Index("follow_up", condition=Q(follow_up__isnull=False), name="post_follow_up"),
            models.Index("day", "kind", "published", condition=Q(is_draft=False), name="post_by_day"),
            models.Index("series", F("published").desc(), condition=Q(is_draft=False), name="post_river_of_series"),
        ]

    def __str__(self) -> str:
        return self.display_title

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **kwargs: Any) -> Self:
        """The proxy that `kind` names; a row read without its kind stays what was asked for (use defer(), never only())."""
        if cls is Post or cls.kind_name:
            names = list(field_names)
            if "kind" in names:
                cls = cls.kinds.get(values[names.index("kind")], cls)  # type: ignore[assignment]
        return super().from_db(db, field_names, values, **kwargs)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Derives the columns that follow from others, then saves. Features hear of a write through `linklog.publishing`."""
        if kwargs.get("update_fields") is None:
            self.prepare()
        super().save(*args, **kwargs)

    def store(self) -> None:
        """Saves a post that was prepared already, as it stands."""
        super().save()

    def clean(self) -> None:
        """What a form must tell: the sentence, at the field it is about."""
        self.tidy()
        for name in ("link_url", "via_url", "card_image"):
            value = getattr(self, name)
            is_own = name == "card_image" and value.startswith("/") and not value.startswith("//")
            if value and not is_own and not links.is_web_url(value):
                raise ValidationError({name: _("Give a whole address that begins with https:// or http://.")})
            if len(value) > links.MAX_URL_LENGTH:
                raise ValidationError({name: _("An address may have 2,000 characters at most.")})
        if any(sign in self.slug for sign in RESERVED_SLUG_CHARACTERS) or self.slug in (".", ".."):
            raise ValidationError({"slug": _("A slug may not hold / ? # or \\, nor be dots alone.")})
        if self.language and not LANGUAGE_TAG.fullmatch(self.language):
            raise ValidationError({"language": _("Give a language as “sv” or “pt-br”.")})
        if self.published and not dt.MINYEAR < self.published.year < dt.MAXYEAR:
            raise ValidationError({"published": _("Give a year that every time zone knows.")})
        if not self.is_draft:
            missing = [name for name in self.required if not getattr(self, name)]
            if missing:
                raise ValidationError(
                    {name: _("A post of this kind cannot be published without it.") for name in missing}
                )

    required: ClassVar[tuple[str, ...]] = ()

    # What follows from other columns -----------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Fill every derived column: cleaned texts, mended links, slug, day, feed id and the HTML that readers will get."""
        if self.kind_name:
            self.kind = self.kind_name
        self.tidy()
        for name in ("link_url", "via_url", "card_image"):
            setattr(self, name, links.harmless(getattr(self, name)))
        self.language = self.language if LANGUAGE_TAG.fullmatch(self.language) else ""
        self.link_key = links.key(self.link_url) if self.link_url else ""
        self.via_key = links.key(self.via_url) if self.via_url else ""
        self.link_site = links.site(self.link_url)
        self.feed_id = self.feed_id or own_feed_id(self.code)
        self.prepare_dates()
        self.render()
        self.slug = self.slug or slugs.slugify(self.slug_source()) or self.code

    def tidy(self) -> None:
        """Texts without what no document may hold, single lines without line breaks, addresses as a browser sends them."""
        for name in ("title", "via_title", "context"):
            setattr(self, name, " ".join(strip_illegal(getattr(self, name)).split()))
        for name in ("link_url", "via_url", "card_image"):
            setattr(self, name, links.mend(strip_illegal(getattr(self, name))))
        self.body = strip_illegal(self.body) if self.body.strip() else ""
        self.slug = strip_illegal(self.slug)

    def prepare_dates(self) -> None:
        """Stamps to the whole second; the day in the site's zone; `updated` never before `published`."""
        for name in ("created", "published", "updated"):
            if value := getattr(self, name):
                setattr(self, name, value.replace(microsecond=0))
        if not self.is_draft and self.published is None:
            self.published = timezone.now().replace(microsecond=0)
        if self.published is not None:
            self.day = self.day or timezone.localdate(self.published)
            self.updated = self.updated or self.published
        self.is_waiting = self.is_scheduled

    def as_kind(self, kind: str) -> "Post":
        """This draft as one of another kind, its texts and key kept. ValueError for what is no draft."""
        if not self.is_draft and kind != self.kind:
            raise ValueError("what readers see keeps its kind")
        self.__class__ = self.kinds[kind]
        self.kind = kind
        return self

    def render(self) -> None:
        """Source to stored HTML, at the present version of the rules."""
        rendered = rendering.render_body(
            self.body, self.body_format, doc_id=self.code, language=self.effective_language
        )
        self.body_html, self.toc_html = rendered.html, rendered.toc_html
        self.context_html = rendering.render_line(self.context, self.body_format, self.effective_language)
        excerpt = html.first_paragraphs(rendered.html) if self.kind == self.Kind.ENTRY else ""
        self.excerpt_html = excerpt if html.to_text(excerpt) != html.to_text(rendered.html) else ""
        self.render_version = rendering.RENDER_VERSION

    def slug_source(self) -> str:
        """The words that a slug is made of where the author gave none."""
        return self.title

    # What readers see ----------------------------------------------------------------------------------------------------

    @property
    def effective_language(self) -> str:
        return self.language or settings.LANGUAGE_CODE

    @property
    def display_title(self) -> str:
        """The title, or what stands for it where one is asked for and there is none."""
        return self.title or self.untitled()

    def untitled(self) -> str:
        return str(self.Kind(self.kind).label) if self.kind else _("Untitled")

    @property
    def is_public(self) -> bool:
        return not self.is_draft and self.published is not None and self.published <= timezone.now()

    @property
    def is_scheduled(self) -> bool:
        return not self.is_draft and self.published is not None and self.published > timezone.now()

    @property
    def was_updated(self) -> bool:
        """Whether readers should be told: changed a day or more after it was published."""
        return bool(self.published and self.updated and self.updated - self.published >= dt.timedelta(days=1))

    @property
    def body_safe(self) -> SafeString:
        return mark_safe(self.body_html)  # sanitised when it was stored

    @property
    def page_safe(self) -> SafeString:
        """As `body_safe`, for the page of the post alone: its first image, which may be the largest thing in sight, is loaded at once."""
        at = max(self.body_html.find("<img"), 0)
        return mark_safe(self.body_html[:at] + _LAZY_IMAGE.sub(r"\1", self.body_html[at:], count=1))

    @property
    def context_safe(self) -> SafeString:
        return mark_safe(self.context_html)  # sanitised when it was stored

    @property
    def toc_safe(self) -> SafeString:
        return mark_safe(self.toc_html)  # made of escaped headings when it was stored

    @property
    def list_safe(self) -> SafeString:
        """What lists show: the first paragraphs of an entry that has more, all of anything else."""
        return mark_safe(self.excerpt_html or self.body_html)  # sanitised when it was stored

    @property
    def has_more(self) -> bool:
        return bool(self.excerpt_html)

    @cached_property
    def description(self) -> str:
        """Plain text of up to 200 characters, for cards and search engines."""
        text = html.to_text(self.body_html)
        return text if len(text) <= 200 else text[:199].rsplit(" ", 1)[0] + "…"

    def loaded(self, name: str) -> Any:
        """The rows of `post_tags` or `credits`: those that `with_parts()` loaded, or else a query; none of a post never saved."""
        rows = self.__dict__.get(f"loaded_{name}")
        if rows is None:
            rows = getattr(self, name).all() if self.pk else ()
        return rows

    @property
    def tag_list(self) -> list[Tag]:
        return [post_tag.tag for post_tag in self.loaded("post_tags")]

    @property
    def credited(self) -> list[Person]:
        return [credit.person for credit in self.loaded("credits")]

    @property
    def published_date(self) -> str:
        """The day as it reads in a sentence: 21st March 2025."""
        if self.day is None:
            return ""
        return date_format(self.day, "jS F Y" if settings.LANGUAGE_CODE.startswith("en") else "DATE_FORMAT")

    # Addresses -------------------------------------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """`2024/Dec/22/slug`: what names a post in links between posts; "" before it has a day."""
        return f"{self.day.year:04}/{MONTHS[self.day.month]}/{self.day.day}/{self.slug}" if self.day else ""

    def get_absolute_url(self) -> str:
        if self.day is None:
            return reverse("posts:short", args=[self.code])
        return reverse("posts:permalink", args=[f"{self.day.year:04}", MONTHS[self.day.month], self.day.day, self.slug])

    @property
    def absolute_url(self) -> str:
        return settings.LINKLOG_URL + self.get_absolute_url()

    @property
    def short_url(self) -> str:
        return settings.LINKLOG_URL + reverse("posts:short", args=[self.code])
