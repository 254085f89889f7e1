"""The tasks room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "linklog.tasks"
    verbose_name = _("Background")
