"""The assist room."""

from django.apps import AppConfig


class AssistConfig(AppConfig):
    name = "linklog.assist"
