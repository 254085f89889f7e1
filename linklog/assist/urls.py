"""Addresses of suggestions and of what they cost."""

from django.urls.resolvers import URLPattern

app_name = "assist"

urlpatterns: list[URLPattern] = []
