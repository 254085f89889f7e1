"""Writes of one post."""

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence

from django.utils import timezone

from linklog.accounts.models import User
from linklog.core.slugs import tag_slug
from linklog.core.vendor_sql import writing
from linklog.images import uses
from linklog.posts.models import Person, Post, WorkingCopy
from linklog.publishing import labels, trail
from linklog.publishing.trail import Writer
from linklog.search import index
from linklog.site.models import Site


def save(
    post: Post,
    *,
    tags: Sequence[str] | None = None,
    people: Sequence[str | Person] | None = None,
    by: Writer = None,
) -> Post:
    """Save `post` as it stands, draft or public, with its tags (names) and credits (names or people) in order; None keeps them.

    A public post whose content changed becomes `updated` now. One whose address changed leaves a redirect behind.
    """
    with writing():
        _write(post, tags, people)
        trail.keep_state(_stored(post), by)
    return post


def save_draft(
    post: Post,
    *,
    tags: Sequence[str] | None = None,
    people: Sequence[str | Person] | None = None,
    by: Writer = None,
) -> Post:
    """Save a draft while it is being written, every few seconds: as `save`, but history keeps only the last state of each so many
    minutes, and a tag or person that this post alone had, and has no more, goes. ValueError for a post that is no draft.
    """
    with writing():
        if not post.is_draft or (post.pk and not Post.objects.drafts().filter(pk=post.pk).exists()):
            raise ValueError("only a draft is saved while it is being written")
        had = labels.labels_of(post)
        _write(post, tags, people)
        stored = _stored(post)
        trail.keep_autosaved(stored, by)
        labels.drop_unused([label for label in had if label not in labels.labels_of(stored)])
    return post


def _write(post: Post, tags: Sequence[str] | None, people: Sequence[str | Person] | None) -> None:
    """The row of `post`, and what hangs on it."""
    before = _stored(post) if post.pk else None
    if before is not None:
        trail.keep_state(before, None)
        _follow_dates(post, before)
    shown = trail.as_shown(before) if before is not None and not post.is_draft else None
    credited = None if people is None else labels.credited(people)
    if post.kind_name == "quotation" and not (post.slug or post.title) and credited:
        post.slug = tag_slug(credited[0].name)
    post.prepare()
    post.slug = labels.free_slug(post)
    if before is not None:
        post.revision = trail.put_away_working_copy(before, post) + 1
    if shown is not None and any(getattr(shown, name) != getattr(post, name) for name in trail.CONTENT_FIELDS):
        post.updated = timezone.now().replace(microsecond=0)
    post.store()
    if tags is not None:
        labels.set_tags(post, tags)
    if credited is not None:
        labels.set_people(post, credited)
    trail.save_references(post)
    if uses.shows_media(post) or (before is not None and uses.shows_media(before)):
        uses.update([post])
    if shown is not None and shown.address != post.address:
        trail.move(shown, post)
    index.update([post.pk])
    if not post.is_draft or (before is not None and not before.is_draft):
        Site.touch()


def _stored(post: Post) -> Post:
    return Post.objects.with_parts().get(pk=post.pk)


def keep_working_copy(post: Post, data: dict[str, str], by: Writer = None) -> WorkingCopy:
    """Keep what is being written over a post that readers see: they go on seeing what was saved."""
    with writing():
        copy = WorkingCopy.objects.filter(post_id=post.pk).first()
        copy = copy or WorkingCopy(
            post_id=post.pk, number=secrets.randbelow(2**30)
        )  # no number of one that was dropped
        copy.number, copy.data, copy.saved = copy.number + 1, data, timezone.now()
        copy.saved_by = by if isinstance(by, User) else None
        copy.save()
    return copy


@writing()
def drop_working_copy(post: Post) -> None:
    """Forget what was being written over `post`."""
    WorkingCopy.objects.filter(post_id=post.pk).delete()


def publish_due() -> list[int]:
    """Tell search and every page of the scheduled posts whose time has come. Returns their keys; asks one question when there are none."""
    due = Post.objects.published().filter(is_waiting=True).order_by("published", "pk")
    if not due.exists():
        return []
    with writing():
        keys = list(due.values_list("pk", flat=True))
        Post.objects.filter(pk__in=keys).update(is_waiting=False)
        index.update(keys)
        Site.touch()
    return keys


def publish(post: Post, when: dt.datetime | None = None, by: Writer = None) -> Post:
    """Make `post` public at `when`: now if None, at its earlier date if it had one and `when` is None."""
    post.is_draft = False
    if when is not None:
        post.published, post.day = when, None
    return save(post, by=by)


def unpublish(post: Post, by: Writer = None) -> Post:
    """Take `post` back to a draft. It keeps its date, and so its address for when it returns."""
    post.is_draft = True
    return save(post, by=by)


@writing()
def delete(post: Post) -> None:
    """Remove `post` and its history."""
    index.remove([post.pk])
    Post.objects.filter(pk=post.pk).delete()
    Site.touch()


@writing()
def rerender(posts: Iterable[Post]) -> int:
    """Render stored sources again, after the rules changed. Returns how many posts came out different. `updated` stays."""
    posts, changed = list(posts), 0
    for post in posts:
        before = [getattr(post, name) for name in post.rendered_fields]
        post.render()
        changed += before != [getattr(post, name) for name in post.rendered_fields]
    Post.objects.bulk_update(posts, [*Post.rendered_fields, "render_version"], batch_size=200)
    uses.update(posts)
    if changed:
        index.update(post.pk for post in posts)
        Site.touch()
    return changed


def _follow_dates(post: Post, before: Post) -> None:
    """A new date of publication means a new day, unless the day was set along with it; before readers saw it, no update."""
    if post.published == before.published:
        return
    if post.day == before.day and (not before.published or _local_day(post) != _local_day(before)):
        post.day = None
    if not before.is_public or (post.updated and post.published and post.updated < post.published):
        post.updated = None


def _local_day(post: Post) -> dt.date | None:
    return timezone.localdate(post.published) if post.published else None
