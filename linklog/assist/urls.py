"""Addresses of suggestions and of what they cost."""

from django.urls import path

from linklog.assist.views import suggestions
from linklog.assist.views.about import about
from linklog.assist.views.alt_text import alt_text

app_name = "assist"

urlpatterns = [
    path("", about, name="about"),
    path("alt-text/", alt_text, name="alt_text"),
    path("tags/", suggestions.tags, name="tags"),
    path("title/", suggestions.title, name="title"),
    path("passages/", suggestions.quotable, name="passages"),
    path("tag-description/", suggestions.tag_description, name="tag_description"),
]
