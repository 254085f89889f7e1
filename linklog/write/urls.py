"""Addresses of the author's own pages. Those of a post go by its code, so that nothing else can be called so."""

from django.urls import path

from linklog.write.views import (
    autosave,
    checklist,
    editor,
    front,
    history,
    images,
    inbox,
    installed,
    preview,
    suggestions,
    tools,
)

app_name = "write"

urlpatterns = [
    path("", front.front, name="front"),
    path("inbox/", inbox.keep, name="keep"),
    path("inbox/<int:pk>/dismiss/", inbox.dismiss, name="dismiss"),
    path("people/<slug:slug>/tag/", front.tag_person, name="tag_person"),
    path("tools/", tools.tools, name="tools"),
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    path("worker.js", installed.service_worker, name="service_worker"),
    path("offline/", installed.offline, name="offline"),
    path("new/<slug:kind>/", editor.new, name="new"),
    path("capture/", editor.capture, name="capture"),
    path("session/", autosave.session, name="session"),
    path("post/<slug:code>/", editor.edit, name="edit"),
    path("post/<slug:code>/save/", autosave.save, name="save"),
    path("post/<slug:code>/preview/", preview.preview, name="preview"),
    path("post/<slug:code>/checklist/", checklist.checklist, name="checklist"),
    path("post/<slug:code>/links/", checklist.links_checked, name="check_links"),
    path("post/<slug:code>/images/", images.images, name="images"),
    path("post/<slug:code>/tags/", suggestions.tags, name="suggest_tags"),
    path("post/<slug:code>/followed-up/", front.followed_up, name="followed_up"),
    path("post/<slug:code>/history/", history.history, name="history"),
    path("post/<slug:code>/delete/", editor.delete, name="delete"),
]
