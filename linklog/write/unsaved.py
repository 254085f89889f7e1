"""A post as readers will see it, made of what stands in the editor. Nothing is saved, no tag or person made."""

import re

from django.utils import timezone

from linklog.core.slugs import tag_slug
from linklog.posts.models import Credit, Person, Post, PostTag, Tag
from linklog.publishing.trail import CONTENT_FIELDS
from linklog.write import fields as editor_fields
from linklog.write.fields import Fields

_FRAME = re.compile(r'<iframe\b[^>]*?\ssrc="([^"]*)"[^>]*></iframe>')


def as_published(post: Post, fields: Fields) -> Post:
    """`post` with `fields`, rendered, public at its date or now. What a post embeds from elsewhere is a link to it."""
    before = {name: getattr(post, name) for name in (*CONTENT_FIELDS, "published")}
    was_public = post.is_public
    editor_fields.put(post, fields)
    _put_labels(post, fields)
    if post.published != before["published"]:
        post.day = None
        post.updated = post.updated if was_public else None
    if was_public and any(getattr(post, name) != before[name] for name in CONTENT_FIELDS):
        post.updated = timezone.now()
    post.is_draft = False
    post.prepare()
    post.body_html = _FRAME.sub(r'<a href="\1">\1</a>', post.body_html)
    return post


def _put_labels(post: Post, fields: Fields) -> None:
    """Its tags and people, those that there are and those that a save would make."""
    by_slug: dict[str, str] = {}
    for name in editor_fields.tag_names(fields):
        by_slug.setdefault(tag_slug(name), name)
    tags = {tag.slug: tag for tag in Tag.objects.filter(slug__in=by_slug)}
    names = dict.fromkeys(editor_fields.person_names(fields))
    people = {person.name: person for person in Person.objects.filter(name__in=names)}
    post.__dict__["loaded_post_tags"] = [
        PostTag(tag=tags.get(slug) or Tag(name=name, slug=slug)) for slug, name in by_slug.items()
    ]
    post.__dict__["loaded_credits"] = [
        Credit(person=people.get(name) or Person(name=name, slug=tag_slug(name))) for name in names
    ]
