"""What templates of posts need beyond their variables: how dates, addresses and links are shown. No queries."""

import datetime as dt
import json

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe

from linklog.core import html, links
from linklog.posts import cards
from linklog.posts.models import Post
from linklog.posts.models.post import MONTHS

register = template.Library()


@register.filter
def site_name(url: str) -> str:
    """The site that `url` lies on, as readers know it: example.com."""
    return links.site(url)


@register.filter
def web_links(body_html: str) -> list[str]:
    """The addresses on the web that a text links to, in order: print shows them below the text."""
    return [url for url in html.links(body_html) if url.startswith("http")]


@register.filter
def absolute(url: str) -> str:
    """`url` with the site's address where it begins with a slash."""
    return settings.LINKLOG_URL + url if url.startswith("/") else url


@register.simple_tag
def card_url(post: Post, site: cards.Blog) -> str:
    """The picture shown where a link to `post` is shared: its own, or a card with its words."""
    return absolute(post.card_image or cards.url_of(post, site))


@register.filter
def kind_name(kind: str) -> str:
    return str(settings.LINKLOG_KIND_NAMES[kind][0])


@register.filter
def kind_plural(kind: str) -> str:
    return str(settings.LINKLOG_KIND_NAMES[kind][1])


@register.filter
def kind_url(kind: str) -> str:
    """The list of one kind."""
    return reverse(f"posts:{'entries' if kind == 'entry' else kind + 's'}")


@register.filter
def kind_feed(kind: str) -> str:
    """The name of a kind's feed: its addresses are older than the kind's name."""
    return {"entry": "entries", "blogmark": "links"}.get(kind, f"{kind}s")


@register.filter
def readable_date(day: dt.date | None) -> str:
    """22 December 2024 in English; elsewhere as the language writes a date. "" for a draft that has none."""
    if day is None:
        return ""
    return date_format(day, "j F Y" if settings.LANGUAGE_CODE.startswith("en") else "DATE_FORMAT")


@register.filter
def month_and_year(day: dt.date) -> str:
    return date_format(day, "F Y" if settings.LANGUAGE_CODE.startswith("en") else "YEAR_MONTH_FORMAT")


@register.filter
def day_url(day: dt.date) -> str:
    return reverse("posts:day", args=[f"{day.year:04}", MONTHS[day.month], day.day])


@register.filter
def month_url(day: dt.date) -> str:
    return reverse("posts:month", args=[f"{day.year:04}", MONTHS[day.month]])


@register.filter
def year_url(day: dt.date) -> str:
    return reverse("posts:year", args=[f"{day.year:04}"])


@register.filter
def month_slug(day: dt.date) -> str:
    """The month as addresses name it."""
    return MONTHS[day.month]


@register.simple_tag
def json_ld(post: Post, author: str, site_title: str) -> SafeString:
    """The post as schema.org reads it: a block of data, which no browser runs."""
    data = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "@id": post.absolute_url,
        "url": post.absolute_url,
        "mainEntityOfPage": post.absolute_url,
        "headline": post.display_title[:110],
        "description": post.description,
        "datePublished": _stamp(post.published),
        "dateModified": _stamp(post.updated),
        "inLanguage": post.effective_language,
        "author": {"@type": "Person", "name": str(post.author or author), "url": f"{settings.LINKLOG_URL}/"},
        "isPartOf": {"@type": "Blog", "name": site_title, "url": f"{settings.LINKLOG_URL}/"},
        "keywords": [tag.name for tag in post.tag_list],
        "image": absolute(post.card_image),
        "citation": post.link_url,
    }
    text = json.dumps({name: value for name, value in data.items() if value}, ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def _stamp(moment: dt.datetime | None) -> str:
    return timezone.localtime(moment).isoformat() if moment else ""
