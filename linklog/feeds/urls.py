"""Addresses of feeds, of the page that lists them, of the sitemap and robots.txt. Readers keep them for decades: add, never change."""

from django.urls import path, re_path

from linklog.feeds.feeds import FEEDS, FORMATS
from linklog.feeds.views import feed, search, sitemap, subscribe

app_name = "feeds"

_FORMAT = f"(?P<format>{'|'.join(FORMATS)})"
_SLUG = r"(?P<slug>[-\w]+)"

urlpatterns = [
    re_path(rf"^{_FORMAT}/(?P<name>{'|'.join(FEEDS)})/$", feed.named, name="feed"),
    re_path(rf"^tags/(?P<slug>[^/.]+)\.{_FORMAT}$", feed.tag, name="tag"),
    re_path(rf"^series/{_SLUG}\.{_FORMAT}$", feed.series, name="series"),
    re_path(rf"^credits/{_SLUG}\.{_FORMAT}$", feed.person, name="person"),
    re_path(r"^search\.(?P<format>atom|rss)$", search.search, name="search"),
    path("search.feed.json", search.search, {"format": "json"}, name="search"),  # search.json is the answer to programs
    path("subscribe/", subscribe.subscribe, name="subscribe"),
    path("subscribe.opml", subscribe.opml, name="opml"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    re_path(
        rf"^sitemap-(?P<part>{'|'.join(sitemap.SECTIONS)}|[1-9]\d{{0,12}})\.xml$", sitemap.part, name="sitemap_part"
    ),
    path("robots.txt", sitemap.robots, name="robots"),
]
