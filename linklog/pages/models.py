"""Standing pages and redirects."""

import re
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import Resolver404, resolve, reverse
from django.utils.encoding import escape_uri_path, iri_to_uri
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from linklog.core.xml import strip_illegal
from linklog.posts import rendering

MAX_PATH_LENGTH = 2000  # 200 characters of a slug are up to 1,800 when they are percent-encoded
MAX_PREFIX_LENGTH = 500
MAX_HOPS = 20
# A * in the host would let any address here lead to any site
_TARGET = re.compile(r"(?:https?://[^/?#*\\\s]+(?:/[^\s]*)?|/(?![/\\])[^\s]*)\Z")
# First parts of addresses of the site, now or soon, that resolve() does not show to be taken
RESERVED = {
    "admin",
    "api",
    "atom",
    "healthz",
    "json",
    "media",
    "p",
    "preview",
    "random",
    "rss",
    "search",
    "static",
    "tags",
    "welcome",
    "write",
}


class Page(models.Model):
    """A standing page such as About, at `/slug/`. One with a search shows the posts that it finds below its text."""

    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    title = models.CharField(_("title"), max_length=300)
    body = models.TextField(_("text"), blank=True, help_text="Markdown")
    body_html = models.TextField(editable=False, blank=True)
    search = models.TextField(
        _("search"),
        blank=True,
        help_text=_(
            "The posts it finds stand below the text, the newest first. Copy the address of a search, or write as it does: "
            "tag=tides&type=entry"
        ),
    )  # a query string as `linklog.search.saved` spells it; who writes here asks there
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
            is_free = resolve(f"/{self.slug}/").view_name == "pages:page"
        except Resolver404:  # no slug at all, which its field says
            return
        if not is_free or self.slug.lower() in RESERVED:
            raise ValidationError({"slug": _("This address belongs to a part of the site. Choose another.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.title, self.body = " ".join(strip_illegal(self.title).split()), strip_illegal(self.body)
        rendered = rendering.render_markdown(self.body, doc_id=f"page-{self.slug}")
        self.body_html = rendered.toc_html + rendered.html
        super().save(*args, **kwargs)

    @property
    def body_safe(self) -> SafeString:
        return mark_safe(self.body_html)  # sanitised when it was stored


def as_requested(address: str) -> str:
    """A path, with its query if it has one, in the one spelling that requests are compared in: percent-encoded."""
    path, question_mark, query = address.partition("?")
    return escape_uri_path(unquote(path)) + question_mark + iri_to_uri(query)


def without_slash(path: str) -> str:
    bare, question_mark, query = path.partition("?")
    return bare.rstrip("/") + question_mark + query


def is_same(one: str, other: str) -> bool:
    """Whether two paths as requested differ at most by the last slash, which the site sets right by itself."""
    return without_slash(one) == without_slash(other)


def spellings(path: str) -> list[str]:
    """What a redirect for `path` may begin at, the nearest first: itself, without query, with or without the last slash, prefixes."""
    bare, question_mark, query = path.partition("?")
    other = bare.rstrip("/") if bare.endswith("/") else f"{bare}/"
    exact = [bare + question_mark + query, other + question_mark + query, bare, other]
    return exact + [f"{bare[:length]}*" for length in range(min(len(bare), MAX_PREFIX_LENGTH), 0, -1)]


class RedirectQuerySet(models.QuerySet["Redirect"]):
    def matching(self, path: str) -> "Redirect | None":
        """The redirect for `path` as requested (with its query, if any): an exact one, or else the longest prefix ending in `*`."""
        wanted = spellings(path)
        found = {redirect.old_path: redirect for redirect in self.filter(old_path__in=wanted)}
        return next((found[spelling] for spelling in wanted if spelling in found), None)


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

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.old_path, self.target = as_requested(strip_illegal(self.old_path)), strip_illegal(self.target)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self.old_path = as_requested(self.old_path)
        if not self.old_path.startswith("/") or "*" in self.old_path[:-1]:
            raise ValidationError({"old_path": _("Begin with / and use * only at the end.")})
        if not _TARGET.match(self.target):
            raise ValidationError(
                {"target": _("Begin with / for a path here, or https:// and a host for another site.")}
            )
        if self.leads_back():
            raise ValidationError({"target": _("This would lead back to itself.")})

    def location(self, path: str) -> str:
        """Where a request for `path` (as requested, with its query if any) goes."""
        if not self.old_path.endswith("*") or "*" not in self.target:
            return self.target
        bare, question_mark, query = path.partition("?")
        there = self.target.replace("*", bare[len(self.old_path) - 1 :].lstrip("/"), 1)
        return there if "?" in there else there + question_mark + query

    def leads_back(self) -> bool:
        """Whether who follows redirects from here would go round in circles."""
        path = self.old_path.replace("*", "rest/")
        if is_same(local_path(self.target), path):
            return True
        seen: set[str] = set()
        while path and without_slash(path) not in seen and len(seen) < MAX_HOPS:
            seen.add(without_slash(path))
            others = {
                other.old_path: other
                for other in Redirect.objects.exclude(pk=self.pk).filter(old_path__in=spellings(path))
            }
            known = others | {self.old_path: self}
            following = next((known[spelling] for spelling in spellings(path) if spelling in known), None)
            there = local_path(following.location(path)) if following else ""
            path = "" if is_same(there, path) else there  # what leads to itself is not followed
        return bool(path)


def local_path(location: str) -> str:
    """The path here, as requested, that `location` names; "" for another site's."""
    path = location.removeprefix(settings.LINKLOG_URL)
    return as_requested(path) if path.startswith("/") else ""
