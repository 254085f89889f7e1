"""Every write of posts, and all that follows from one: history, references, redirects from old addresses, the site's version.

The only module where rooms meet in a write. Each function is one transaction; nothing here touches the network.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from linklog.accounts.models import User
from linklog.core import html, links
from linklog.core.slugs import tag_slug
from linklog.pages.models import Redirect
from linklog.posts import internal_links
from linklog.posts.models import Credit, Person, Post, PostTag, Reference, Revision, Tag
from linklog.site.models import Site

Writer = User | AnonymousUser | None

# What a reader would notice: a change of one of these on a public post is an update
_CONTENT_FIELDS = ("title", "body", "body_format", "link_url", "via_url", "via_title", "context", "language")
_HISTORY_FIELDS = (
    *_CONTENT_FIELDS, "kind", "slug", "day", "is_draft", "published", "updated", "card_image", "series_id", "series_position", "author_id",
)  # fmt: skip


@transaction.atomic
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
    before = Post.objects.select_for_update(of=("self",)).with_parts().get(pk=post.pk) if post.pk else None
    if before is not None:
        _keep_state(before, by)
        _follow_dates(post, before)
    credited = None if people is None else [name if isinstance(name, Person) else _person(name) for name in people]
    if post.kind_name == "quotation" and not post.slug and credited:
        post.slug = tag_slug(credited[0].name)
    post.prepare()
    post.slug = free_slug(post)
    if before is not None:
        post.revision = before.revision + 1
        if before.is_public and any(getattr(before, name) != getattr(post, name) for name in _CONTENT_FIELDS):
            post.updated = timezone.now().replace(microsecond=0)
    post.save()
    if tags is not None:
        set_tags(post, tags)
    if credited is not None:
        set_people(post, credited)
    _save_references(post)
    if before is not None and before.is_public and before.address != post.address:
        _move(before, post)
    _keep_state(Post.objects.with_parts().get(pk=post.pk), by)
    Site.touch()
    return post


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


@transaction.atomic
def delete(post: Post) -> None:
    """Remove `post` and its history."""
    Post.objects.filter(pk=post.pk).delete()
    Site.touch()


@transaction.atomic
def save_label(label: Model) -> None:
    """Save a tag, series, person or standing page, and tell every page."""
    label.save()
    Site.touch()


@transaction.atomic
def rerender(posts: Iterable[Post]) -> int:
    """Render stored sources again, after the rules changed. Returns how many posts came out different. `updated` stays."""
    posts, changed = list(posts), 0
    for post in posts:
        before = [getattr(post, name) for name in post.rendered_fields]
        post.render()
        changed += before != [getattr(post, name) for name in post.rendered_fields]
    Post.objects.bulk_update(posts, [*Post.rendered_fields, "render_version"], batch_size=200)
    if changed:
        Site.touch()
    return changed


# Tags, credits, references ---------------------------------------------------------------------------------------------


def set_tags(post: Post, names: Sequence[str]) -> None:
    """Give `post` exactly these tags, in order; names that are new become tags."""
    wanted = {tag_slug(name): name for name in names if name.strip()}
    known = {tag.slug: tag for tag in Tag.objects.filter(slug__in=wanted)}
    for slug, name in wanted.items():
        if slug not in known:
            known[slug] = Tag.objects.create(name=name.strip(), slug=slug)
    post.post_tags.all().delete()
    PostTag.objects.bulk_create(
        PostTag(post_id=post.pk, tag=known[slug], position=position) for position, slug in enumerate(wanted)
    )
    _forget_prefetched(post, "post_tags")


def set_people(post: Post, people: Sequence[Person]) -> None:
    """Credit exactly these people, in order."""
    post.credits.all().delete()
    unique = {person.pk: person for person in people}
    Credit.objects.bulk_create(
        Credit(post_id=post.pk, person=person, position=position) for position, person in enumerate(unique.values())
    )
    _forget_prefetched(post, "credits")


def _person(name: str, url: str = "") -> Person:
    """The person of exactly this name, made if unknown; one without an address is given `url`."""
    name = " ".join(name.split())[:200]
    person = Person.objects.filter(name=name).first()
    if person is None:
        person = Person(name=name, url=url)
        person.slug = free_label_slug(Person, tag_slug(name))
        person.save()
    elif url and not person.url:
        person.url = url
        person.save()
    return person


def free_label_slug(model: type[Model], slug: str) -> str:
    """`slug`, or `slug-2`, `-3` … where another row of `model` has it."""
    taken = set(model._default_manager.filter(slug__startswith=slug).values_list("slug", flat=True))
    return _numbered(slug, taken, 120)


def free_slug(post: Post) -> str:
    """The post's slug, numbered where another post of its day has it."""
    if post.day is None:
        return post.slug
    taken = set(Post.objects.on_day(post.day).exclude(pk=post.pk).values_list("slug", flat=True))
    return _numbered(post.slug, taken, 200)


def _numbered(slug: str, taken: set[str], max_length: int) -> str:
    candidate, number = slug, 1
    while candidate in taken:
        number += 1
        ending = f"-{number}"
        candidate = slug[: max_length - len(ending)] + ending
    return candidate


def _save_references(post: Post) -> None:
    post.references.all().delete()
    Reference.objects.bulk_create(Reference(post_id=post.pk, target=target) for target in referred_addresses(post))


def referred_addresses(post: Post) -> list[str]:
    """Addresses of the posts here that `post` links to, itself left out. Hosts are this site's and, for an imported post, its old one."""
    hosts = {internal_links.own_host(), links.site(post.feed_id)} - {""}
    targets = internal_links.addresses(html.links(post.body_html), hosts)
    return [target for target in targets if target != post.address]


def _move(before: Post, post: Post) -> None:
    """A public post has a new address: the old one leads to it, and references follow."""
    old_path, new_path = before.get_absolute_url(), post.get_absolute_url()
    Redirect.objects.filter(old_path=new_path).delete()
    Redirect.objects.filter(target=old_path).update(target=new_path)
    Redirect.objects.update_or_create(old_path=old_path, defaults={"target": new_path})
    pointing = Reference.objects.filter(target=before.address)
    already = pointing.model.objects.filter(target=post.address).values("post_id")
    pointing.exclude(post_id__in=already).update(target=post.address)


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


def _keep_state(post: Post, by: Writer) -> None:
    """Write the revision row of this state of `post`, unless it is there."""
    facts = {"data": _state(post), "saved_by": by if isinstance(by, User) else None}
    Revision.objects.get_or_create(post_id=post.pk, number=post.revision, defaults=facts)


def _state(post: Post) -> dict[str, Any]:
    """What a revision holds: every field an author sets, JSON-ready."""
    state = {name: getattr(post, name) for name in _HISTORY_FIELDS}
    state = {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in state.items()}
    state["tags"] = [tag.slug for tag in post.tag_list]
    state["credits"] = [person.name for person in post.credited]
    return state


def _forget_prefetched(post: Post, name: str) -> None:
    getattr(post, "_prefetched_objects_cache", {}).pop(name, None)
