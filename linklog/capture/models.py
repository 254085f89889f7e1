"""Pages that an author came upon: to write about now, or kept in the inbox for later."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linklog.core import links
from linklog.core.xml import strip_illegal

MAX_SELECTION = 20_000  # characters


class CaptureQuerySet(models.QuerySet["Capture"]):
    def inbox(self, user: Any) -> Self:
        """What `user` keeps to write about later, the newest first."""
        return self.filter(by=user, is_kept=True, code="").order_by("-created", "-pk")

    def of_post(self, code: str) -> Self:
        """What a post was written from, the newest first."""
        return self.filter(code=code).order_by("-created", "-pk")


class Capture(models.Model):
    """A URL with what came along: the page's title, the words selected on it, the page that led there; then what was read there.

    `facts` is a `linklog.capture.page.Page` as a dict, empty until the page was read. `code` is that of the post written from it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Not read yet")
        READ = "read", _("Read")
        FAILED = "failed", _("Could not be read")

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="captures")
    created = models.DateTimeField(default=timezone.now)
    url = models.TextField()
    key = models.CharField(max_length=500, db_index=True)  # links.key(url)
    title = models.TextField(blank=True)
    selection = models.TextField(blank=True)
    via_url = models.TextField(blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=300, blank=True)  # why it could not be read, in a sentence
    facts = models.JSONField(default=dict)
    is_kept = models.BooleanField(default=False)  # in the inbox
    code = models.CharField(max_length=20, blank=True, db_index=True)

    objects: ClassVar[Any] = CaptureQuerySet.as_manager()

    class Meta:
        verbose_name = _("captured page")
        verbose_name_plural = _("captured pages")
        indexes = [models.Index(fields=["by", "is_kept", "code", "-created"], name="capture_inbox")]

    def __str__(self) -> str:
        return self.facts.get("title") or self.title or self.url

    @property
    def edit_path(self) -> str:
        """Where one writes about it: the post's editor, or a new one."""
        return reverse("write:edit", args=[self.code]) if self.code else f"{reverse('write:capture')}?item={self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Texts without what no document may hold; the key that all addresses of the page share."""
        for name in ("url", "via_url"):
            setattr(self, name, links.harmless(strip_illegal(getattr(self, name)))[: links.MAX_URL_LENGTH])
        self.title = " ".join(strip_illegal(self.title).split())[:1000]
        self.selection = strip_illegal(self.selection)[:MAX_SELECTION]
        self.key = links.key(self.url)
        super().save(*args, **kwargs)
