"""The people who write here, and the tokens by which programs write for them."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linklog.core.xml import strip_illegal
from linklog.posts.models import Post


class Role(models.TextChoices):
    """Who may do what: an owner everything, an editor all that concerns posts and pages, a contributor writes drafts of their own."""

    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")
    CONTRIBUTOR = "contributor", _("Contributor")


class User(AbstractUser):
    """An author. `name` is what readers see; the first and last names of Django's own user are not asked for."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=200, blank=True, help_text=_("As readers see it."))
    role = models.CharField(_("role"), max_length=11, choices=Role, default=Role.CONTRIBUTOR)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding and (self.is_superuser or self.is_staff):
            self.role = Role.OWNER if self.is_superuser else Role.EDITOR
        self.is_superuser = self.role == Role.OWNER
        self.is_staff = self.role in (Role.OWNER, Role.EDITOR)
        self.name = " ".join(strip_illegal(self.name).split())
        super().save(*args, **kwargs)

    @property
    def can_publish(self) -> bool:
        return self.is_active and self.role in (Role.OWNER, Role.EDITOR)

    def may_edit(self, post: Post) -> bool:
        """A contributor may edit drafts of their own, until somebody publishes them."""
        return self.can_publish or (self.is_active and post.author_id == self.pk and post.is_draft)

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()


class Scope(models.TextChoices):
    """What a program may do with a token."""

    INBOX = "inbox", _("Keep links in the inbox")
    DRAFT = "draft", _("Make drafts")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def good(self) -> "ApiTokenQuerySet":
        """Those that open something now."""
        in_time = models.Q(expires=None) | models.Q(expires__gt=timezone.now())
        return self.filter(in_time, user__is_active=True)


class ApiToken(models.Model):
    """What a program shows instead of a password. The token itself is not kept, only its hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100, help_text=_("What it is for, such as “Shortcut on my phone”."))
    scopes = models.JSONField(_("scopes"), default=list)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(_("made"), auto_now_add=True)
    expires = models.DateTimeField(_("ends"), null=True, blank=True)
    last_used = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name

    @property
    def scope_names(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes if scope in Scope.values]
