"""The states that a post had, as the editor's fields."""

import datetime as dt

from django.db.models import QuerySet

from linklog.posts.forms import tag_token
from linklog.posts.models import Post, Revision, Series, Tag
from linklog.write import fields as editor_fields
from linklog.write.fields import Fields

MAX_DIGITS = 10  # more than any number has


def listed(post: Post) -> QuerySet[Revision]:
    """Its revisions without what they hold, the newest first."""
    return post.revisions.select_related("saved_by").defer("data")


def of(post: Post, number: str) -> Revision | None:
    """The revision of this number; None where there is none."""
    is_number = number.isascii() and number.isdigit() and len(number) < MAX_DIGITS
    return post.revisions.filter(number=int(number)).first() if is_number else None


def before(post: Post, revision: Revision) -> Revision | None:
    return post.revisions.filter(number__lt=revision.number).first()


def fields(post: Post, revision: Revision | None) -> Fields:
    """What the editor showed then; all empty where there is no revision."""
    if revision is None:
        return editor_fields.known({})
    data = revision.data
    tags = {tag.slug: tag_token(tag) for tag in Tag.objects.filter(slug__in=data.get("tags", []))}
    series = Series.objects.filter(pk=data.get("series_id")).first()
    published = data.get("published")
    was = {
        name: data.get(name) or "" for name in (*editor_fields.TEXTS, "slug", "follow_up", "series_position", "kind")
    }
    return editor_fields.known(
        was
        | {
            "kind": was["kind"] or post.kind,
            "tag_names": ", ".join(tags.get(slug, slug) for slug in data.get("tags", [])),
            "person_names": "; ".join(data.get("credits", [])),
            "published": editor_fields.local_time(dt.datetime.fromisoformat(published)) if published else "",
            "series": series.slug if series else "",
        }
    )
