"""Writes of tags, series, people and standing pages, and of what posts carry of them."""

from collections.abc import Sequence

from django.db.models import Model

from linklog.core.slugs import tag_slug
from linklog.core.vendor_sql import writing
from linklog.core.xml import strip_illegal
from linklog.posts.models import Credit, Person, Post, PostTag, Series, Tag
from linklog.posts.models.labels import Label
from linklog.search import index
from linklog.site.models import Site


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


def set_tags(post: Post, names: Sequence[str]) -> None:
    """Give `post` exactly these tags, in order; names that are new become tags."""
    wanted: dict[str, str] = {}
    for name in filter(None, map(one_line, names)):
        wanted.setdefault(tag_slug(name), name)
    known = {tag.slug: tag for tag in Tag.objects.filter(slug__in=wanted)}
    for slug, name in wanted.items():
        if slug not in known:
            known[slug], _made = Tag.objects.get_or_create(slug=slug, defaults={"name": name})
    post.post_tags.all().delete()
    PostTag.objects.bulk_create(
        PostTag(post_id=post.pk, tag=known[slug], position=position) for position, slug in enumerate(wanted)
    )
    forget_loaded(post, "post_tags")


def set_people(post: Post, people: Sequence[Person]) -> None:
    """Credit exactly these people, in order."""
    post.credits.all().delete()
    unique = {person.pk: person for person in people}
    Credit.objects.bulk_create(
        Credit(post_id=post.pk, person=person, position=position) for position, person in enumerate(unique.values())
    )
    forget_loaded(post, "credits")


def labels_of(post: Post) -> list[Label]:
    """The tags and people that `post` is named on."""
    return [*post.tag_list, *post.credited] if post.pk else []


def drop_unused(labels: Sequence[Label]) -> None:
    """Delete those of these tags and people that are on no post and of which nobody wrote anything: half-typed names."""
    for label in labels:
        is_bare = not label.description and not getattr(label, "url", "")
        if is_bare and isinstance(label, Tag | Person) and not label.posts.exists():
            label.delete()


def credited(people: Sequence[str | Person]) -> list[Person]:
    named = [one if isinstance(one, Person) else one_line(one) for one in people]
    return [one if isinstance(one, Person) else person(one) for one in named if one]


def one_line(name: str) -> str:
    return " ".join(strip_illegal(name).split())


def person(name: str, url: str = "") -> Person:
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
    return numbered(slug, taken, 120)


def free_slug(post: Post) -> str:
    """The post's slug, numbered where another post of its day has it."""
    if post.day is None:
        return post.slug
    taken = set(Post.objects.on_day(post.day).exclude(pk=post.pk).values_list("slug", flat=True))
    return numbered(post.slug, taken, 200)


def numbered(slug: str, taken: set[str], max_length: int) -> str:
    candidate, number = slug, 1
    while candidate in taken:
        number += 1
        ending = f"-{number}"
        candidate = slug[: max_length - len(ending)] + ending
    return candidate


def forget_loaded(post: Post, name: str) -> None:
    """What was loaded before a write is not what stands now."""
    post.__dict__.pop(f"loaded_{name}", None)
