"""A post as the fields of the editor, all text, and back. Saving while one writes takes whatever stands in them; the form is strict."""

import datetime as dt

from django.utils import timezone

from linklog.core.slugs import slugify
from linklog.posts.forms import NamesField, tag_token
from linklog.posts.models import KINDS, Post, Series

Fields = dict[str, str]

TEXTS = ("title", "link_url", "body", "via_url", "via_title", "context", "language", "card_image")
NAMES = (
    "kind", *TEXTS, "tag_names", "person_names", "slug", "published", "follow_up", "series", "series_position",
)  # fmt: skip
LOCAL_TIME = "%Y-%m-%dT%H:%M"  # as <input type="datetime-local"> has it
TAG_SEPARATOR, PERSON_SEPARATOR = ",", ";"
_MAX_NUMBER = 1_000_000


def of(post: Post) -> Fields:
    """What the editor shows of `post`. The slug of a draft is empty while it follows the title."""
    fields = {name: getattr(post, name) for name in TEXTS}
    follows = post.is_draft and post.slug in ("", post.code, slugify(post.slug_source()))
    return fields | {
        "kind": post.kind or post.kind_name,
        "tag_names": ", ".join(tag_token(tag) for tag in post.tag_list) if post.pk else "",
        "person_names": "; ".join(person.name for person in post.credited) if post.pk else "",
        "slug": "" if follows else post.slug,
        "published": local_time(post.published),
        "follow_up": post.follow_up.isoformat() if post.follow_up else "",
        "series": post.series.slug if post.series else "",
        "series_position": "" if post.series_position is None else str(post.series_position),
    }


def known(data: dict[str, str]) -> Fields:
    """The fields of the editor among `data`; what is not there is empty."""
    return {name: str(data.get(name, "")) for name in NAMES}


def put(post: Post, fields: Fields) -> tuple[list[str], list[str]]:
    """Put `fields` on a draft, and return its tags and people. A date or number that makes no sense yet leaves what was there."""
    if fields["kind"] in KINDS:
        post = post.as_kind(fields["kind"])
    for name in TEXTS:
        setattr(post, name, fields[name])
    post.slug = fields["slug"]
    if fields["published"] != local_time(post.published):
        post.published = _moment(fields["published"], post.published)
    post.follow_up = _date(fields["follow_up"], post.follow_up)
    post.series = Series.objects.filter(slug=fields["series"]).first() if fields["series"] else None
    post.series_position = _number(fields["series_position"], post.series_position)
    return (
        NamesField(TAG_SEPARATOR, "").split(fields["tag_names"]),
        NamesField(PERSON_SEPARATOR, "").split(fields["person_names"]),
    )


def local_time(moment: dt.datetime | None) -> str:
    """`2024-12-22T12:30` in the site's zone; "" for None."""
    return timezone.localtime(moment).strftime(LOCAL_TIME) if moment else ""


def _moment(text: str, before: dt.datetime | None) -> dt.datetime | None:
    if not text:
        return None
    try:
        return timezone.make_aware(dt.datetime.strptime(text[:16], LOCAL_TIME))
    except (ValueError, OverflowError):
        return before


def _date(text: str, before: dt.date | None) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return before


def _number(text: str, before: int | None) -> int | None:
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and int(text) <= _MAX_NUMBER else before
