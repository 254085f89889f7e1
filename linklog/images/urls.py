"""Addresses of uploads, the library, and media."""

from django.urls import path

from linklog.images.views import alt_texts, companions, library, media, upload

app_name = "images"

urlpatterns = [
    path("media/<path:path>", media.media, name="media"),
    path("api/images", upload.api, name="api"),
    path("api/images/<slug:code>", upload.api_state, name="api_state"),
    path("write/images/upload/", upload.upload, name="upload"),
    path("write/images/", library.all_files, name="library"),
    path("write/images/alt/", alt_texts.alt_texts, name="alt_texts"),
    path("write/images/<slug:code>/", library.one_file, name="file"),
    path("write/images/<slug:code>/replace/", library.replace, name="replace"),
    path("write/images/<slug:code>/delete/", library.delete, name="delete"),
    path("write/images/<slug:code>/poster/", companions.poster, name="poster"),
    path("write/images/<slug:code>/captions/", companions.captions, name="captions"),
    path("write/images/<slug:code>/state/", upload.state, name="state"),
]
