"""Standing pages and redirects."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import Resolver404, resolve, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from linklog.core.xml import strip_illegal
from linklog.posts import rendering

MAX_PATH_LENGTH = 1000


class Page(models.Model):
    """A standing page such as About, at `/slug/`."""

    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    title = models.CharField(_("title"), max_length=300)
    body = models.TextField(_("text"), blank=True, help_text="Markdown")
    body_html = models.TextField(editable=False, blank=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("pages:page", args=[self.slug])

    def clean(self) -> None:
        try:
            match = resolve(f"/{self.slug}/")
        except Resolver404:
            return
        if match.view_name != "pages:page":
            raise ValidationError({"slug": _("This address belongs to a part of the site. Choose another.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.title, self.body = " ".join(strip_illegal(self.title).split()), strip_illegal(self.body)
        rendered = rendering.render_markdown(self.body, doc_id=f"page-{self.slug}")
        self.body_html = rendered.toc_html + rendered.html
        super().save(*args, **kwargs)

    @property
    def body_safe(self) -> SafeString:
        return mark_safe(self.body_html)  # sanitised when it was stored


class RedirectQuerySet(models.QuerySet["Redirect"]):
    def matching(self, path: str) -> "Redirect | None":
        """The redirect for `path` (with its query, if any): an exact one, or else the longest prefix ending in `*`."""
        bare = path.partition("?")[0]
        exact = {path, bare, bare.rstrip("/"), bare.rstrip("/") + "/"}
        prefixes = {bare[:length] + "*" for length in range(1, min(len(bare), MAX_PATH_LENGTH - 1) + 1)}
        found = {redirect.old_path: redirect for redirect in self.filter(old_path__in=exact | prefixes)}
        for candidate in (path, bare, bare.rstrip("/") + "/", bare.rstrip("/")):
            if candidate in found:
                return found[candidate]
        return found[max(found, key=len)] if found else None


class Redirect(models.Model):
    """An old path, or every path below a prefix that ends in `*`, to a path or URL. A `*` in the target takes the rest."""

    old_path = models.CharField(
        _("from"), max_length=MAX_PATH_LENGTH, unique=True, help_text=_("Such as /old-about/ or /archive/*")
    )
    target = models.CharField(
        _("to"), max_length=2000, help_text=_("A path or a URL. A * in it stands for the rest of the old path.")
    )

    objects = RedirectQuerySet.as_manager()

    class Meta:
        ordering = ["old_path"]
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")

    def __str__(self) -> str:
        return f"{self.old_path} → {self.target}"

    def clean(self) -> None:
        if not self.old_path.startswith("/") or "*" in self.old_path[:-1]:
            raise ValidationError({"old_path": _("Begin with / and use * only at the end.")})
        if not self.target.startswith(("/", "https://", "http://")) or self.target.startswith("//"):
            raise ValidationError({"target": _("Begin with / for a path here, or https:// for another site.")})
        if self.old_path == self.target:
            raise ValidationError({"target": _("This would lead back to itself.")})

    def location(self, path: str) -> str:
        """Where a request for `path` goes."""
        if not self.old_path.endswith("*"):
            return self.target
        rest = path[len(self.old_path) - 1 :].lstrip("/")
        if "*" in self.target:
            return self.target.replace("*", rest, 1)
        return self.target
