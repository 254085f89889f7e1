"""The one row that makes a site one's own, and the stamp of its last change."""

import datetime as dt
from hashlib import sha256
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator, RegexValidator
from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linklog.core.xml import strip_illegal
from linklog.posts import rendering
from linklog.site import colour

SITE_PK = 1
LINK_STARTS = ("/", "https://", "http://", "mailto:")


class Site(models.Model):
    """Title, tagline, look and navigation. Where a LINKLOG_* setting gives a value, the setting wins.

    `version` counts the writes that any page may show; `changed` is when the last one was. Both move in the write's transaction.
    """

    title = models.CharField(gettext_lazy("title"), max_length=200, blank=True)
    tagline = models.CharField(gettext_lazy("tagline"), max_length=300, blank=True)
    author = models.CharField(gettext_lazy("author"), max_length=200, blank=True)
    accent = models.CharField(
        gettext_lazy("accent colour"), max_length=7, blank=True, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")],
        help_text=gettext_lazy("Such as #7a3b00. It is darkened or lightened until links in it can be read on both backgrounds."),
    )  # fmt: skip
    navigation = models.TextField(
        gettext_lazy("navigation"),
        blank=True,
        help_text=gettext_lazy("A line per link: its label, then its address. “About /about/”"),
    )
    footer = models.TextField(gettext_lazy("footer"), blank=True, help_text="Markdown")
    footer_html = models.TextField(editable=False, blank=True)
    logo = models.ImageField(
        gettext_lazy("logo"),
        upload_to="site/",
        blank=True,
        validators=[FileExtensionValidator(["png", "jpg", "jpeg", "webp", "gif"])],
    )
    extra_css = models.TextField(gettext_lazy("extra CSS"), blank=True)
    version = models.PositiveBigIntegerField(default=0, editable=False)
    changed = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = gettext_lazy("site")
        verbose_name_plural = gettext_lazy("site")

    def __str__(self) -> str:
        return self.display_title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = SITE_PK
        for name in ("title", "tagline", "author"):
            setattr(self, name, " ".join(strip_illegal(getattr(self, name)).split()))
        for name in ("navigation", "footer", "extra_css"):
            setattr(self, name, strip_illegal(getattr(self, name)))
        self.footer_html = rendering.render_markdown(self.footer, doc_id="footer").html
        stored = type(self).objects.filter(pk=SITE_PK).values_list("version", flat=True).first() or 0
        self.version, self.changed = max(self.version, stored) + 1, timezone.now()
        super().save(*args, **kwargs)

    @classmethod
    def load(cls) -> Self:
        """The site, in one query; an unsaved one with everything empty before it was set up."""
        return cls.objects.filter(pk=SITE_PK).first() or cls(pk=SITE_PK, changed=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))

    @classmethod
    def touch(cls) -> None:
        """Tell every page that something changed. Call it within the transaction of the write."""
        if not cls.objects.filter(pk=SITE_PK).update(version=F("version") + 1, changed=timezone.now()):
            cls().save()

    @property
    def display_title(self) -> str:
        return settings.LINKLOG_TITLE or self.title or _("A link blog")

    @property
    def display_tagline(self) -> str:
        return settings.LINKLOG_TAGLINE or self.tagline

    @property
    def display_author(self) -> str:
        return settings.LINKLOG_AUTHOR or self.author or self.display_title

    @property
    def url(self) -> str:
        return settings.LINKLOG_URL

    @property
    def language(self) -> str:
        return settings.LANGUAGE_CODE

    def clean(self) -> None:
        for line in self.navigation.splitlines():
            label, _space, address = line.strip().rpartition(" ")
            if line.strip() and not (label and address.startswith(LINK_STARTS)):
                sentence = _("“%(line)s” is not a label and an address, such as: About /about/") % {
                    "line": line.strip()[:60]
                }
                raise ValidationError({"navigation": sentence})

    @property
    def links(self) -> list[tuple[str, str]]:
        """The navigation as (label, address); without one of its own, the parts every link blog has."""
        lines = [line.rpartition(" ") for line in self.navigation.splitlines() if " " in line.strip()]
        own = [(label.strip(), address) for label, _space, address in lines if address.startswith(LINK_STARTS)]
        return own or [(_("Tags"), reverse("posts:tags")), (_("Subscribe"), reverse("feeds:subscribe"))]

    @property
    def footer_safe(self) -> SafeString:
        return mark_safe(self.footer_html)  # sanitised when it was stored

    @property
    def accent_on_paper(self) -> str:
        """The accent as it is read on light paper; "" where the site has none of its own."""
        return colour.readable(self.accent, colour.PAPER_LIGHT) if self.accent else ""

    @property
    def css_key(self) -> str:
        """Part of the style sheet's address, so that it changes when the style sheet does; "" where there is none."""
        return sha256(self.css.encode()).hexdigest()[:12] if self.css else ""

    @property
    def css(self) -> str:
        """The site's own style sheet; "" where it has none."""
        accent = colour.accent_css(self.accent) if self.accent else ""
        return f"{accent}{self.extra_css}"
