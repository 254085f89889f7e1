"""Addresses that take a captured page."""

from django.urls import path

from linklog.capture.views import api, read

app_name = "capture"

urlpatterns = [
    path("write/read/", read.read, name="read"),
    path("api/capture", api.capture, name="api"),
]
