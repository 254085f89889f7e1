"""The images room, and what it checks at start."""

from django.apps import AppConfig
from django.core.checks import register

from linklog.images import checks


class ImagesConfig(AppConfig):
    name = "linklog.images"

    def ready(self) -> None:
        register(checks.storage)
