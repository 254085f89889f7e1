"""Every address the public can ask for, found from the URL configuration so that a new one cannot be forgotten."""

import re
from collections.abc import Iterator

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from linklog.posts import cards
from linklog.posts.models import Post
from linklog.posts.models.post import MONTHS
from linklog.site.models import Site

# Addresses that are not pages of the public: the author's rooms, and files
AUTHORS_ONLY = ("admin:", "posts:suggest_", "write:", "capture:", "assist:", "images:", "account_", "mfa_")
NOT_PAGES = ("images:media", "site:welcome", "posts:preview")
FORMATS = ("atom", "rss", "json")
FEED_NAMES = ("everything", "entries", "links", "quotations", "notes")


def url_names() -> set[str]:
    """The qualified names of all URL patterns of Linklog's own."""
    return {name for name in _names(get_resolver(), "") if not name.startswith((*AUTHORS_ONLY, *NOT_PAGES))}


def _names(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield prefix + pattern.name


def sitemap_parts() -> list[str]:
    """The parts that the sitemap's index names now."""
    index = Client().get("/sitemap.xml").content.decode()
    return re.findall(r"/sitemap-([\w-]+)\.xml", index)


def paths_around(post: Post) -> dict[str, list[str]]:
    """For each URL name, the paths by which `post` could be reached or shown."""
    assert post.day is not None
    year, month, day = post.day.year, MONTHS[post.day.month], post.day.day
    tags = [tag.slug for tag in post.tag_list]
    people = [person.slug for person in post.credited]
    return {
        "posts:home": ["/", "/?before=2099-01-01"],
        "posts:short": [f"/p/{post.code}/"],
        "posts:card": [cards.url_of(post, Site.load())],
        "posts:random": ["/random/"],
        "posts:random_tagged": [f"/random/{tag}/" for tag in tags],
        "posts:tags": ["/tags/"],
        "posts:tag": [f"/tags/{tag}/" for tag in tags] + [f"/tags/{'+'.join(tags)}/"],
        "posts:series_index": ["/series/"],
        "posts:series": [f"/series/{post.series.slug}/"] if post.series else [],
        "posts:people": ["/credits/"],
        "posts:person": [f"/credits/{slug}/" for slug in people],
        "posts:entries": ["/entries/"],
        "posts:blogmarks": ["/blogmarks/"],
        "posts:quotations": ["/quotations/"],
        "posts:notes": ["/notes/"],
        "posts:year": [f"/{year}/"],
        "posts:month": [f"/{year}/{month}/"],
        "posts:day": [f"/{year}/{month}/{day}/"],
        "posts:markdown": [f"/{post.address}.md"],
        "posts:permalink": [f"/{post.address}/"],
        "search:page": [
            "/search/",
            "/search/?q=title+OR+text",
            f"/search/?type={post.kind}&year={year}",
            "/search/?q=is:draft",
        ],
        "search:json": [
            "/search.json",
            "/search.json?q=link",
            f"/search.json?year={year}",
            "/search.json?q=is:scheduled",
        ],
        "search:opensearch": ["/opensearch.xml"],
        "feeds:feed": [f"/{form}/{name}/" for form in FORMATS for name in FEED_NAMES],
        "feeds:tag": [f"/tags/{tag}.{form}" for tag in [*tags, "+".join(tags)] for form in FORMATS],
        "feeds:series": [f"/series/{post.series.slug}.{form}" for form in FORMATS] if post.series else [],
        "feeds:person": [f"/credits/{slug}.{form}" for slug in people for form in FORMATS],
        "feeds:search": [
            f"/search.{name}?{query}"
            for name in ("atom", "rss", "feed.json")
            for query in ("q=title+OR+text", f"type={post.kind}&year={year}", "q=is%3Adraft+OR+is%3Ascheduled")
        ],
        "feeds:sitemap": ["/sitemap.xml"],
        "feeds:sitemap_part": [f"/sitemap-{part}.xml" for part in sitemap_parts()],
        "feeds:robots": ["/robots.txt"],
        "feeds:subscribe": ["/subscribe/"],
        "feeds:opml": ["/subscribe.opml"],
        "pages:page": ["/about/"],
        "site:css": ["/site.css"],
        "ops:healthz": ["/healthz"],
    }
