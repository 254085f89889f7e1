"""The images room."""

from django.apps import AppConfig


class ImagesConfig(AppConfig):
    name = "linklog.images"
