"""A post as the fields of the editor, all text, and back. Saving while one writes takes whatever stands in them; the form is strict."""

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linklog.core.slugs import slugify
from linklog.core.xml import strip_illegal
from linklog.posts.forms import NamesField, is_slug, tag_token
from linklog.posts.models import KINDS, Post, Series

Fields = dict[str, str]

TEXTS = ("title", "link_url", "body", "via_url", "via_title", "context", "language", "card_image")
NAMES = (
    "kind", *TEXTS, "tag_names", "person_names", "slug", "published", "follow_up", "series", "series_position",
)  # fmt: skip
LOCAL_TIME = "%Y-%m-%dT%H:%M"  # as <input type="datetime-local"> has it
TAG_SEPARATOR, PERSON_SEPARATOR = ",", ";"
MAX_LENGTH = 1_000_000  # characters of all fields together
MAX_LABELS = 100  # tags, and people, of one post
_MAX_DIGITS, _MAX_LANGUAGE = 6, 20
LABELS = {
    "kind": gettext_lazy("Kind"),
    "title": gettext_lazy("Title"),
    "link_url": gettext_lazy("Link"),
    "body": gettext_lazy("Text"),
    "via_url": gettext_lazy("Via: link"),
    "via_title": gettext_lazy("Via: title"),
    "context": gettext_lazy("Context"),
    "language": gettext_lazy("Language"),
    "card_image": gettext_lazy("Card image"),
    "tag_names": gettext_lazy("Tags"),
    "person_names": gettext_lazy("Credits"),
    "slug": gettext_lazy("Slug"),
    "published": gettext_lazy("Published"),
    "follow_up": gettext_lazy("Look again on"),
    "series": gettext_lazy("Series"),
    "series_position": gettext_lazy("Place in the series"),
}


def of(post: Post) -> Fields:
    """What the editor shows of `post`. The slug of a draft is empty while it follows the title."""
    fields = {name: getattr(post, name) for name in TEXTS}
    follows = post.is_draft and post.slug in ("", post.code, slugify(post.slug_source()))
    return fields | {
        "kind": post.kind or post.kind_name,
        "tag_names": ", ".join(tag_token(tag) for tag in post.tag_list),
        "person_names": "; ".join(person.name for person in post.credited),
        "slug": "" if follows else post.slug,
        "published": local_time(post.published),
        "follow_up": post.follow_up.isoformat() if post.follow_up else "",
        "series": post.series.slug if post.series else "",
        "series_position": "" if post.series_position is None else str(post.series_position),
    }


def known(data: Mapping[str, str]) -> Fields:
    """The fields of the editor among `data`, without what no document may hold; what is not there is empty."""
    return {name: strip_illegal(str(data.get(name, ""))) for name in NAMES}


def refusal(fields: Fields) -> str:
    """Why these fields are too much to be kept, in a sentence; "" where they are not."""
    if sum(map(len, fields.values())) > MAX_LENGTH:
        return _("This is too long to be saved: a post may have a million characters. Keep a copy of it.")
    if any(len(names) > MAX_LABELS for names in (tag_names(fields), person_names(fields))):
        return _("This is not saved: a post may have 100 tags and 100 credits at most.")
    return ""


def tag_names(fields: Fields) -> list[str]:
    return NamesField(TAG_SEPARATOR, "").split(fields["tag_names"])


def person_names(fields: Fields) -> list[str]:
    return NamesField(PERSON_SEPARATOR, "").split(fields["person_names"])


def put(post: Post, fields: Fields) -> None:
    """Put `fields` on `post`, all but the tags and people. What makes no sense yet, such as half a date, leaves what was there."""
    if fields["kind"] in KINDS and post.is_draft:
        post = post.as_kind(fields["kind"])
    for name in TEXTS:
        setattr(post, name, fields[name])
    post.language = post.language[:_MAX_LANGUAGE]
    if not fields["slug"] or is_slug(fields["slug"]):
        post.slug = fields["slug"]
    if fields["published"] != local_time(post.published):
        post.published = (moment(fields["published"]) or post.published) if fields["published"] else None
    post.follow_up = _date(fields["follow_up"], post.follow_up)
    post.series = Series.objects.filter(slug=fields["series"]).first() if fields["series"] else None
    post.series_position = _number(fields["series_position"], post.series_position)


def local_time(moment: dt.datetime | None) -> str:
    """`2024-12-22T12:30` in the site's zone; "" for None."""
    return timezone.localtime(moment).replace(tzinfo=None).isoformat(timespec="minutes") if moment else ""


def moment(text: str) -> dt.datetime | None:
    """The moment that `text` names in the site's zone; None where there is none such, as in the hour that a clock skips."""
    try:
        named = timezone.make_aware(dt.datetime.strptime(text[:16], LOCAL_TIME)).astimezone(dt.UTC)
        return named if dt.MINYEAR < named.year < dt.MAXYEAR and local_time(named) == text[:16] else None
    except (ValueError, OverflowError):
        return None


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
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else before
