"""Addresses of uploads, the library, and media."""

from django.urls import path

from linklog.images.views import media, upload

app_name = "images"

urlpatterns = [
    path("media/<path:path>", media.media, name="media"),
    path("api/images", upload.api, name="api"),
    path("api/images/<slug:code>", upload.api_state, name="api_state"),
    path("write/images/upload/", upload.upload, name="upload"),
    path("write/images/<slug:code>/state/", upload.state, name="state"),
]
