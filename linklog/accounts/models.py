"""The people who write here, where they are signed in, how often somebody guessed at their passwords, and the tokens of programs."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
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


# What an editor may do in the admin. An owner may do everything, a contributor does not come in
EDITED_APPS = ("posts", "pages")
EDITORS_MAY_SEE = "readers.view_feedreading"


class User(AbstractUser):
    """An author. `name` is what readers see; the first and last names of Django's own user are not asked for."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=200, blank=True, help_text=_("As readers see it."))
    role = models.CharField(_("role"), max_length=11, choices=Role, default=Role.CONTRIBUTOR)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Also follows the role in what Django's admin asks for. A new password ends every session."""
        is_new = self._state.adding
        has_new_password = self._password is not None  # type: ignore[attr-defined]  # set by set_password, until it is saved
        if is_new and (self.is_superuser or self.is_staff):
            self.role = Role.OWNER if self.is_superuser else Role.EDITOR
        self.is_superuser = self.role == Role.OWNER
        self.is_staff = self.role in (Role.OWNER, Role.EDITOR)
        self.name = " ".join(strip_illegal(self.name).split())
        super().save(*args, **kwargs)
        if has_new_password and not is_new:
            self.sessions.all().delete()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        if not self.is_active or self.role == Role.CONTRIBUTOR:
            return False
        return self.role == Role.OWNER or perm.partition(".")[0] in EDITED_APPS or perm == EDITORS_MAY_SEE

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_perm(f"{app_label}.view_any") or (app_label == "readers" and self.has_perm(EDITORS_MAY_SEE))

    @property
    def is_last_owner(self) -> bool:
        """Whether nobody could look after the site without this author."""
        owners = User.objects.filter(role=Role.OWNER, is_active=True)
        return owners.filter(pk=self.pk).exists() and owners.count() == 1

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


class Session(AbstractBaseSession):
    """A browser that is signed in, or is about to be (no `user` yet). Written by `linklog.accounts.sessions` alone."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions", null=True)
    began = models.DateTimeField()
    last_seen = models.DateTimeField()
    agent = models.CharField(max_length=200, blank=True)
    network = models.CharField(max_length=50, blank=True)

    class Meta:
        ordering = ["-last_seen"]


class Guesses(models.Model):
    """How often somebody guessed at something lately, and when they may again. `key` is a keyed hash, for people type passwords into
    fields of names."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    latest = models.DateTimeField(db_index=True)
    wait_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.count} until {self.latest}"


class Scope(models.TextChoices):
    """What a program may do with a token."""

    INBOX = "inbox", _("Keep links in the inbox")
    DRAFT = "draft", _("Make drafts")
    IMAGES = "images", _("Upload images, sound and film")


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
