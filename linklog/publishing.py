"""Every write of posts, and all that follows from one: history, references, redirects from old addresses, search, the site's version.

The only module where rooms meet in a write. Each function is one transaction; nothing here touches the network.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.utils import timezone

from linklog.accounts.models import User
from linklog.core import html, links
from linklog.core.slugs import tag_slug
from linklog.core.vendor_sql import writing
from linklog.core.xml import strip_illegal
from linklog.pages.models import Redirect, as_requested
from linklog.posts import internal_links
from linklog.posts.imported import Incoming, Known, Outcome, Result
from linklog.posts.models import Credit, Person, Post, PostTag, Reference, Revision, Series, Tag
from linklog.posts.models.labels import Label
from linklog.posts.models.post import new_code
from linklog.search import index, upkeep
from linklog.site.models import Site

Writer = User | AnonymousUser | None

# What a reader would notice: a change of one of these on a public post is an update
_CONTENT_FIELDS = ("title", "body", "body_format", "link_url", "via_url", "via_title", "context", "language")
_HISTORY_FIELDS = (
    *_CONTENT_FIELDS, "kind", "slug", "day", "is_draft", "published", "updated", "card_image", "series_id", "series_position", "author_id",
)  # fmt: skip


@writing()
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
    before = Post.objects.with_parts().get(pk=post.pk) if post.pk else None
    if before is not None:
        _keep_state(before, None)
        _follow_dates(post, before)
    shown = _as_shown(before) if before is not None and not post.is_draft else None
    credited = None if people is None else _credited(people)
    if post.kind_name == "quotation" and not post.slug and credited:
        post.slug = tag_slug(credited[0].name)
    post.prepare()
    post.slug = free_slug(post)
    if before is not None:
        post.revision = before.revision + 1
    if shown is not None and any(getattr(shown, name) != getattr(post, name) for name in _CONTENT_FIELDS):
        post.updated = timezone.now().replace(microsecond=0)
    post.save()
    if tags is not None:
        set_tags(post, tags)
    if credited is not None:
        set_people(post, credited)
    _save_references(post)
    if shown is not None and shown.address != post.address:
        _move(shown, post)
    _keep_state(Post.objects.with_parts().get(pk=post.pk), by)
    index.update([post.pk])
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


@writing()
def delete(post: Post) -> None:
    """Remove `post` and its history."""
    index.remove([post.pk])
    Post.objects.filter(pk=post.pk).delete()
    Site.touch()


@writing()
def save_label(label: Model) -> None:
    """Save a tag, series, person or standing page, and tell every page."""
    before = _called(label)
    label.save()
    if _called(label) != before:
        index.update(_labelled(label))
    Site.touch()


@writing()
def delete_label(label: Model) -> None:
    """Remove a tag, series, person or standing page, and tell every page. Posts lose it and stay."""
    posts = _labelled(label)
    label.delete()
    index.update(posts)
    Site.touch()


def _called(label: Model) -> tuple[str, str] | None:
    """(name, slug) of a tag, series or person as stored."""
    rows = type(label)._default_manager.filter(pk=label.pk)
    return rows.values_list("name", "slug").first() if isinstance(label, Label) else None


def _labelled(label: Model) -> list[int]:
    """The keys of the posts that a tag, series or person is named on; none for anything else."""
    if isinstance(label, Tag | Series | Person) and label.pk:
        return list(label.posts.values_list("pk", flat=True))
    return []


@writing()
def rerender(posts: Iterable[Post]) -> int:
    """Render stored sources again, after the rules changed. Returns how many posts came out different. `updated` stays."""
    posts, changed = list(posts), 0
    for post in posts:
        before = [getattr(post, name) for name in post.rendered_fields]
        post.render()
        changed += before != [getattr(post, name) for name in post.rendered_fields]
    Post.objects.bulk_update(posts, [*Post.rendered_fields, "render_version"], batch_size=200)
    if changed:
        index.update(post.pk for post in posts)
        Site.touch()
    return changed


# The search index ------------------------------------------------------------------------------------------------------


@writing()
def reindex(keys: Iterable[int]) -> None:
    """Make what search knows of these posts anew: after its rules changed, or where it is missing."""
    index.update(keys)


@writing()
def doubt(keys: range) -> None:
    """Let what search knows of these posts count as made by other rules, so that it is made anew."""
    upkeep.doubt(keys)


def tidy_index() -> int:
    """Drop what the search index holds of posts that are gone. Returns how many rows were put right or dropped."""
    count = 0
    for some in upkeep.batches(upkeep.strays()):
        with writing():
            count += upkeep.prune(some)
    for some in upkeep.batches(upkeep.unheld_words()):
        with writing():
            count += upkeep.forget_words(some)
    return count


@writing()
def replaced() -> None:
    """This database took the place of another: tell every process that holds something of the other in memory."""
    upkeep.begin_anew()


# Import in bulk --------------------------------------------------------------------------------------------------------


def add_imported(batch: Sequence[Incoming], met: set[int]) -> list[Outcome]:
    """Save a batch of posts from elsewhere in one transaction, with all that hangs on them, in a fixed number of queries.

    A post that is here already is updated in place, unless it was edited here since. New ones get no revision: the first edit
    keeps the state before it. `met` holds the keys of posts that this run had before, and takes those of this batch.
    """
    with writing():
        known = Known(batch, met)
        outcomes = [known.decide(item) for item in batch]
        new = [outcome for outcome in outcomes if outcome.result is Result.NEW]
        updated = [outcome for outcome in outcomes if outcome.result is Result.UPDATED]
        if new or updated:
            labels = _save_labels([outcome.item for outcome in new + updated])
            _place(new)
            Post.objects.bulk_create(outcome.item.post for outcome in new)
            for outcome in updated:
                _replace(outcome)
            _hang([outcome.item for outcome in new + updated], labels)
            for outcome in updated:
                _keep_state(Post.objects.with_parts().get(pk=outcome.item.post.pk), None)
            index.update(outcome.item.post.pk for outcome in new + updated)
            Site.touch()
    met.update(post.pk for outcome in outcomes if (post := outcome.existing or outcome.item.post).pk)
    return outcomes


@dataclass
class _Labels:
    """The saved rows that stand for the labels a batch asks for."""

    tags: dict[str, Tag]
    people: dict[tuple[str, str], Person]


def _save_labels(items: Sequence[Incoming]) -> _Labels:
    """The tags, people and series that `items` ask for; what is new is made, and posts are put in their series."""
    for label in [label for item in items for label in (*item.tags, item.series) if label]:
        label.clean()  # the slug that it will be saved under, by which it is found
    tags = {tag.slug: Tag(name=tag.name, slug=tag.slug) for item in items for tag in item.tags}
    tags |= {tag.slug: tag for tag in Tag.objects.filter(slug__in=tags)}
    series = {one.slug: Series(name=one.name, slug=one.slug) for item in items if (one := item.series)}
    series |= {found.slug: found for found in Series.objects.filter(slug__in=series)}
    people = _known_people([person for item in items for person in item.people])
    new_people = [person for person in {id(one): one for one in people.values()}.values() if person.pk is None]
    asked: list[Label] = [*tags.values(), *series.values(), *new_people]
    for new in asked:
        if new.pk is None:
            new.prepare()
    taken = set(Person.objects.filter(slug__in=[person.slug for person in new_people]).values_list("slug", flat=True))
    for person in new_people:
        if person.slug in taken:
            person.slug = _numbered(free_label_slug(Person, person.slug), taken, 120)
        taken.add(person.slug)
    Tag.objects.bulk_create(tag for tag in tags.values() if tag.pk is None)
    Series.objects.bulk_create(one for one in series.values() if one.pk is None)
    Person.objects.bulk_create(new_people)
    for item in items:
        item.post.series = series[item.series.slug] if item.series else None
    return _Labels(tags, people)


def _known_people(wanted: Sequence[Person]) -> dict[tuple[str, str], Person]:
    """Who each (name, slug) is: the person here of that name, and of that slug where two are called the same; else new."""
    here = list(Person.objects.filter(name__in={person.name for person in wanted}).order_by("pk"))
    slugs = {(person.name, person.slug) for person in wanted if person.slug}
    by_name: dict[str, list[Person]] = {}
    for one in here:
        by_name.setdefault(one.name, []).append(one)
    people: dict[tuple[str, str], Person] = {}
    for person in wanted:
        called_so = by_name.setdefault(person.name, [])
        same = next((one for one in called_so if one.slug == person.slug or not person.slug), None)
        same = same or next((one for one in called_so if (one.name, one.slug) not in slugs), None)
        if same is None:
            same = Person(name=person.name, slug=person.slug, url=person.url)
            called_so.append(same)
        elif person.url and not same.url:
            same.url = person.url
            if same.pk:
                same.save(update_fields=["url"])
        people[(person.name, person.slug)] = same
    return people


def _place(outcomes: Sequence[Outcome]) -> None:
    """Give each new post a code and an address that no other has; a slug that had to be numbered is told in `renamed`."""
    posts = [outcome.item.post for outcome in outcomes]
    codes = set(Post.objects.filter(code__in=[post.code for post in posts]).values_list("code", flat=True))
    addresses = Post.objects.filter(day__in={post.day for post in posts if post.day}).values_list("day", "slug")
    taken: dict[dt.date, set[str]] = {}
    for day, slug in addresses:
        if day is not None:
            taken.setdefault(day, set()).add(slug)
    for outcome in outcomes:
        post = outcome.item.post
        if post.code in codes:
            post.code = new_code()
            post.render()
        codes.add(post.code)
        if post.day is None:
            continue
        wanted, slug = post.get_absolute_url(), post.slug
        post.slug = _numbered(slug, taken.setdefault(post.day, set()), 200)
        taken[post.day].add(post.slug)
        if post.slug != slug and outcome.item.has_own_address:
            outcome.renamed = (wanted, post.get_absolute_url())


def _replace(outcome: Outcome) -> None:
    """Save the incoming post over the one it is. That keeps its addresses, its ids, and whether it is a draft."""
    before, post = outcome.existing, outcome.item.post
    assert before is not None
    _keep_state(before, None)
    post.import_digest = outcome.item.digest()
    for name in ("pk", "code", "feed_id", "import_ref", "slug", "day", "created", "is_draft", "author_id"):
        setattr(post, name, getattr(before, name))
    if outcome.item.is_to_be_published:
        post.is_draft = False
    post.revision = before.revision + 1
    post._state.adding = False
    post.save(force_update=True)


def _hang(items: Sequence[Incoming], labels: _Labels) -> None:
    """Tags, credits, references and redirects of saved posts."""
    posts = [item.post for item in items]
    for table in (PostTag, Credit, Reference):
        table._default_manager.filter(post__in=[post for post in posts if post.revision > 1]).delete()
    PostTag.objects.bulk_create(
        PostTag(post_id=item.post.pk, tag=labels.tags[tag.slug], position=position)
        for item in items
        for position, tag in enumerate(item.tags)
    )
    Credit.objects.bulk_create(
        Credit(post_id=item.post.pk, person=labels.people[(person.name, person.slug)], position=position)
        for item in items
        for position, person in enumerate(item.people)
    )
    Reference.objects.bulk_create(
        Reference(post_id=post.pk, target=target)
        for post in posts
        if "href" in post.body_html
        for target in referred_addresses(post)
    )
    moved = {item.old_path: item.post.get_absolute_url() for item in reversed(items) if item.old_path}
    known = set(Redirect.objects.filter(old_path__in=moved).values_list("old_path", flat=True))
    Redirect.objects.bulk_create(
        Redirect(old_path=old, target=new) for old, new in moved.items() if old not in known and old != new
    )


# Tags, credits, references ---------------------------------------------------------------------------------------------


def set_tags(post: Post, names: Sequence[str]) -> None:
    """Give `post` exactly these tags, in order; names that are new become tags."""
    wanted: dict[str, str] = {}
    for name in filter(None, map(_one_line, names)):
        wanted.setdefault(tag_slug(name), name)
    known = {tag.slug: tag for tag in Tag.objects.filter(slug__in=wanted)}
    for slug, name in wanted.items():
        if slug not in known:
            known[slug], _made = Tag.objects.get_or_create(slug=slug, defaults={"name": name})
    post.post_tags.all().delete()
    PostTag.objects.bulk_create(
        PostTag(post_id=post.pk, tag=known[slug], position=position) for position, slug in enumerate(wanted)
    )
    _forget_loaded(post, "post_tags")


def set_people(post: Post, people: Sequence[Person]) -> None:
    """Credit exactly these people, in order."""
    post.credits.all().delete()
    unique = {person.pk: person for person in people}
    Credit.objects.bulk_create(
        Credit(post_id=post.pk, person=person, position=position) for position, person in enumerate(unique.values())
    )
    _forget_loaded(post, "credits")


def _credited(people: Sequence[str | Person]) -> list[Person]:
    named = [one if isinstance(one, Person) else _one_line(one) for one in people]
    return [one if isinstance(one, Person) else _person(one) for one in named if one]


def _one_line(name: str) -> str:
    return " ".join(strip_illegal(name).split())


def _person(name: str, url: str = "") -> Person:
    """The person of exactly this name, made if unknown; one without an address is given `url`."""
    name = name[:200]
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
    """A post that readers saw has a new address: the old one leads to it, and references follow."""
    old_path, new_path = as_requested(before.get_absolute_url()), as_requested(post.get_absolute_url())
    Redirect.objects.filter(old_path=new_path).delete()
    Redirect.objects.filter(target=old_path).update(target=new_path)
    Redirect.objects.update_or_create(old_path=old_path, defaults={"target": new_path})
    pointing = Reference.objects.filter(target=before.address)
    already = pointing.model.objects.filter(target=post.address).values("post_id")
    pointing.exclude(post_id__in=already).update(target=post.address)


def _as_shown(before: Post) -> Post | None:
    """The post as readers last saw it: as it was, or, for a draft, as it was when it was public; None if it never was."""
    if before.is_public:
        return before
    for revision in before.revisions.filter(data__is_draft=False):
        data = revision.data
        if dt.datetime.fromisoformat(data["published"]) <= revision.saved:
            fields = {name: data.get(name, "") for name in _CONTENT_FIELDS}
            return Post(**fields, slug=data["slug"], day=dt.date.fromisoformat(data["day"]))
    return None


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


def _forget_loaded(post: Post, name: str) -> None:
    """What was loaded before a write is not what stands now."""
    post.__dict__.pop(f"loaded_{name}", None)
