"""Addresses of uploads, the library, and media."""

from django.urls.resolvers import URLPattern

app_name = "images"

urlpatterns: list[URLPattern] = []
