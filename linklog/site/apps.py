"""The site room, and the admin under the site's own name and look."""

from django.apps import AppConfig
from django.contrib.admin import apps


class SiteConfig(AppConfig):
    name = "linklog.site"
    default = True


class AdminConfig(apps.AdminConfig):
    default_site = "linklog.site.admin_site.LinklogAdminSite"
    default = False
