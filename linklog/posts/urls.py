"""Addresses of posts and lists of posts. They are for twenty years: add, never change."""

from django.urls import path, re_path

from linklog.posts.views import archive, card, home, kinds, labels, permalink, suggest

app_name = "posts"

_MONTH = r"^(?P<year>[0-9]{4})/(?P<month>[A-Za-z]{3})"
_DAY = rf"{_MONTH}/(?P<day>[0-9]{{1,2}})"

urlpatterns = [
    path("", home.home, name="home"),
    path("p/<str:code>/", permalink.short, name="short"),
    path("card/<slug:code>-<slug:key>.png", card.card, name="card"),
    path("preview/<str:token>/", permalink.preview, name="preview"),
    path("admin/suggest/tags/", suggest.tags, name="suggest_tags"),
    path("admin/suggest/people/", suggest.people, name="suggest_people"),
    path("random/", labels.random_post, name="random"),
    path("random/<str:slug>/", labels.random_tagged, name="random_tagged"),
    path("tags/", labels.tags, name="tags"),
    re_path(r"^tags/(?P<slugs>[^/.]+)/\Z", labels.tag, name="tag"),
    path("series/", labels.series_index, name="series_index"),
    path("series/<str:slug>/", labels.series, name="series"),
    path("credits/", labels.people, name="people"),
    path("credits/<str:slug>/", labels.person, name="person"),
    path("entries/", kinds.kind, {"kind": "entry"}, name="entries"),
    path("blogmarks/", kinds.kind, {"kind": "blogmark"}, name="blogmarks"),
    path("quotations/", kinds.kind, {"kind": "quotation"}, name="quotations"),
    path("notes/", kinds.kind, {"kind": "note"}, name="notes"),
    re_path(r"^(?P<year>[0-9]{4})/\Z", archive.year, name="year"),
    re_path(rf"{_MONTH}/\Z", archive.month, name="month"),
    re_path(rf"{_DAY}/\Z", archive.day, name="day"),
    re_path(rf"{_DAY}/(?P<slug>[^/]+)\.md\Z", permalink.markdown, name="markdown"),
    re_path(rf"{_DAY}/(?P<slug>[^/]+)/\Z", permalink.permalink, name="permalink"),
]
