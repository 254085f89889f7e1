"""The people who write here."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from linklog.core.xml import strip_illegal


class User(AbstractUser):
    """An author. `name` is what readers see; the first and last names of Django's own user are not asked for."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=200, blank=True, help_text=_("As readers see it."))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name = " ".join(strip_illegal(self.name).split())
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()
