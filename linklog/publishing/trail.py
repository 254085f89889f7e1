"""What a write leaves behind: a post's history, its references to others here, and a redirect from an address it had."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser

from linklog.accounts.models import User
from linklog.core import html, links
from linklog.pages.models import Redirect, as_requested
from linklog.posts import internal_links
from linklog.posts.models import Post, Reference, Revision, WorkingCopy

Writer = User | AnonymousUser | None

# What a reader would notice: a change of one of these on a public post is an update
CONTENT_FIELDS = ("title", "body", "body_format", "link_url", "via_url", "via_title", "context", "language")
AUTOSAVED_MINUTES = 10
_HISTORY_FIELDS = (
    *CONTENT_FIELDS, "kind", "slug", "day", "is_draft", "published", "updated", "card_image", "series_id", "series_position", "author_id",
    "follow_up",
)  # fmt: skip


def save_references(post: Post) -> None:
    post.references.all().delete()
    Reference.objects.bulk_create(Reference(post_id=post.pk, target=target) for target in referred_addresses(post))


def referred_addresses(post: Post) -> list[str]:
    """Addresses of the posts here that `post` links to, itself left out. Hosts are this site's and, for an imported post, its old one."""
    hosts = {internal_links.own_host(), links.site(post.feed_id)} - {""}
    targets = internal_links.addresses(html.links(post.body_html), hosts)
    return [target for target in targets if target != post.address]


def move(before: Post, post: Post) -> None:
    """A post that readers saw has a new address: the old one leads to it, and references follow."""
    old_path, new_path = as_requested(before.get_absolute_url()), as_requested(post.get_absolute_url())
    Redirect.objects.filter(old_path=new_path).delete()
    Redirect.objects.filter(target=old_path).update(target=new_path)
    Redirect.objects.update_or_create(old_path=old_path, defaults={"target": new_path})
    pointing = Reference.objects.filter(target=before.address)
    already = pointing.model.objects.filter(target=post.address).values("post_id")
    pointing.exclude(post_id__in=already).update(target=post.address)


def as_shown(before: Post) -> Post | None:
    """The post as readers last saw it: as it was, or, for a draft, as it was when it was public; None if it never was."""
    if before.is_public:
        return before
    for revision in before.revisions.filter(data__is_draft=False):
        data = revision.data
        if dt.datetime.fromisoformat(data["published"]) <= revision.saved:
            fields = {name: data.get(name, "") for name in CONTENT_FIELDS}
            return Post(**fields, slug=data["slug"], day=dt.date.fromisoformat(data["day"]))
    return None


def keep_state(post: Post, by: Writer) -> None:
    """Write the revision row of this state of `post`, unless it is there."""
    keep_states([post], by)


def keep_states(posts: Iterable[Post], by: Writer) -> None:
    """As `keep_state`, for posts loaded `with_parts()`, in one query."""
    saved_by = by if isinstance(by, User) else None
    rows = [Revision(post_id=post.pk, number=post.revision, data=state(post), saved_by=saved_by) for post in posts]
    Revision.objects.bulk_create(rows, ignore_conflicts=True)


def keep_autosaved(post: Post, by: Writer) -> None:
    """As `keep_state`, for a state saved while one writes: of those of one writer, the last of every AUTOSAVED_MINUTES stays."""
    facts = {"data": state(post), "saved_by": by if isinstance(by, User) else None, "is_autosave": True}
    new, _is_new = Revision.objects.get_or_create(post_id=post.pk, number=post.revision, defaults=facts)
    minute = new.saved.minute // AUTOSAVED_MINUTES * AUTOSAVED_MINUTES
    since = new.saved.replace(minute=minute, second=0, microsecond=0)
    earlier = Revision.objects.filter(post_id=post.pk, number__lt=new.number, is_autosave=True, saved__gte=since)
    earlier.filter(saved_by=new.saved_by).delete()


def put_away_working_copy(before: Post, post: Post) -> int:
    """What was being written over `before` is no longer; its texts stay in the history, where `post` now holds others: who saved that may
    not have seen them. Returns the number of the last revision.
    """
    copy = WorkingCopy.objects.filter(post_id=before.pk).first()
    if copy is None:
        return before.revision
    copy.delete()
    texts = {name: copy.data[name] for name in CONTENT_FIELDS if name in copy.data}
    if all(getattr(post, name) == text for name, text in texts.items()):
        return before.revision
    data = state(before) | texts | {"is_draft": True}  # readers never saw it
    facts = {"saved": copy.saved, "saved_by": copy.saved_by, "is_autosave": True, "data": data}
    return Revision.objects.create(post_id=before.pk, number=before.revision + 1, **facts).number


def state(post: Post) -> dict[str, Any]:
    """What a revision holds: every field an author sets, JSON-ready."""
    state = {name: getattr(post, name) for name in _HISTORY_FIELDS}
    state = {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in state.items()}
    state["tags"] = [tag.slug for tag in post.tag_list]
    state["credits"] = [person.name for person in post.credited]
    return state
