"""Import in bulk: a batch of posts in one transaction and a fixed number of queries."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from linklog.core.vendor_sql import writing
from linklog.images import uses
from linklog.pages.models import Redirect
from linklog.posts.imported import Incoming, Known, Outcome, Result
from linklog.posts.models import Credit, Person, Post, PostTag, Reference, Series, Tag
from linklog.posts.models.labels import Label
from linklog.posts.models.post import new_code
from linklog.publishing.labels import free_label_slug, numbered
from linklog.publishing.trail import keep_state, put_away_working_copy, referred_addresses
from linklog.search import index
from linklog.site.models import Site


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
            uses.update(outcome.item.post for outcome in new + updated)
            for outcome in updated:
                keep_state(Post.objects.with_parts().get(pk=outcome.item.post.pk), None)
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
            person.slug = numbered(free_label_slug(Person, person.slug), taken, 120)
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
        post.slug = numbered(slug, taken.setdefault(post.day, set()), 200)
        taken[post.day].add(post.slug)
        if post.slug != slug and outcome.item.has_own_address:
            outcome.renamed = (wanted, post.get_absolute_url())


def _replace(outcome: Outcome) -> None:
    """Save the incoming post over the one it is. That keeps its addresses, its ids, and whether it is a draft."""
    before, post = outcome.existing, outcome.item.post
    assert before is not None
    keep_state(before, None)
    post.import_digest = outcome.item.digest()
    for name in ("pk", "code", "feed_id", "import_ref", "slug", "day", "created", "is_draft", "author_id"):
        setattr(post, name, getattr(before, name))
    if outcome.item.is_to_be_published:
        post.is_draft = False
    post.revision = put_away_working_copy(before, post) + 1
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
