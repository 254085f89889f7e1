"""Django's admin under the site's title."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from linklog.site.context import site_of


class LinklogAdminSite(AdminSite):
    index_title = _("Write and look after the site")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        title = site_of(request).display_title
        return {**super().each_context(request), "site_title": title, "site_header": title}
