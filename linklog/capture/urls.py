"""Addresses that take a captured page."""

from django.urls import path

from linklog.capture.views import api, read, screenshot

app_name = "capture"

urlpatterns = [
    path("write/read/", read.read, name="read"),
    path("write/screenshot/", screenshot.start, name="start_screenshot"),
    path("write/screenshot/<code>/", screenshot.state, name="screenshot"),
    path("write/screenshot/<code>/picture/", screenshot.picture, name="screenshot_picture"),
    path("api/capture", api.capture, name="api"),
]
