"""The assist room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssistConfig(AppConfig):
    name = "linklog.assist"
    verbose_name = _("Assistant")
