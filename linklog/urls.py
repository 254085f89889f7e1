"""Addresses: include() and path() only. Old addresses stay; `pages` comes last because it takes any `/slug/`."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("linklog.ops.urls")),
    path("", include("linklog.site.urls")),
    path("", include("linklog.feeds.urls")),
    path("", include("linklog.search.urls")),
    path("", include("linklog.capture.urls")),
    path("", include("linklog.images.urls")),
    path("write/assist/", include("linklog.assist.urls")),
    path("write/", include("linklog.write.urls")),
    path("", include("linklog.posts.urls")),
    path("account/", include("linklog.accounts.urls")),
    path("admin/", admin.site.urls),
    path("", include("linklog.pages.urls")),
]

handler400 = "linklog.site.views.bad_request"
