"""What was written before about a page, its site, its authors, and by way of the same page. A fixed number of queries at any size."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from pyroaring import BitMap

from linklog.accounts.models import User
from linklog.core import links
from linklog.core.slugs import tag_slug
from linklog.posts.models import Person, Post
from linklog.posts.querysets import credits_of_posts
from linklog.search import archive as archives
from linklog.search.archive import Archive, keys_of
from linklog.search.models import LinkedSite

SHOWN = 5


@dataclass
class Group:
    """Posts that have something in common with the page: the newest, how many there are in all, and where they are listed."""

    label: str
    posts: list[Post]
    total: int
    url: str = ""


@dataclass
class Earlier:
    page: list[Post] = field(default_factory=list)  # drafts that the author may see are among them
    via: Group | None = None
    site: Group | None = None
    people: list[Group] = field(default_factory=list)

    @property
    def keys(self) -> set[int]:
        groups = [group for group in (self.via, self.site, *self.people) if group]
        return {post.pk for posts in (self.page, *(group.posts for group in groups)) for post in posts}


def earlier(user: User, urls: Iterable[str], authors: Sequence[str], via_url: str, code: str) -> Earlier:
    """What there is about the page whose addresses are `urls`, without the post of `code` itself."""
    addresses = [url for url in urls if url]
    found = Earlier(_of_page(user, addresses, code), _of_via(via_url, code))
    domain = links.site(addresses[0]) if addresses else ""
    site = LinkedSite.objects.filter(domain=domain).first() if domain else None
    people = Person.objects.filter(slug__in=[tag_slug(name) for name in authors]) if authors else ()
    archive, shown = archives.current(), {post.pk for post in found.page}
    of_site = _newest(archive, "site", site.pk, shown) if site else ([], 0)
    of_people = [(person, *_newest(archive, "credit", person.pk, shown)) for person in people]
    posts = _by_key({*of_site[0], *(key for _person, keys, _total in of_people for key in keys)})
    address = f"{reverse('search:page')}?{urlencode({'site': domain})}"
    found.site = _group(domain, of_site[0], of_site[1], address, posts)
    groups = [_group(person.name, keys, total, person.get_absolute_url(), posts) for person, keys, total in of_people]
    found.people = [group for group in groups if group]
    return found


def _group(label: str, keys: list[int], total: int, url: str, posts: dict[int, Post]) -> Group | None:
    shown = [posts[key] for key in keys if key in posts]
    return Group(label, shown, total, url) if shown else None


def _of_page(user: User, urls: Sequence[str], code: str) -> list[Post]:
    visible = Q(is_draft=False, published__lte=timezone.now())
    posts = Post.objects.filter(link_key__in={links.key(url) for url in urls}).exclude(code=code)
    return _complete(posts if user.can_publish else posts.filter(visible | Q(author=user)))


def _of_via(url: str, code: str) -> Group | None:
    """Public posts that name the same page as their via, or that link to it."""
    if not url:
        return None
    key = links.key(url)
    posts = Post.objects.published().exclude(code=code).filter(Q(via_key=key) | Q(link_key=key))
    total = posts.count()
    return Group(links.site(url), _complete(posts), total) if total else None


def _newest(archive: Archive, name: str, value: int, without: set[int]) -> tuple[list[int], int]:
    """The keys of the newest public posts that have `value`, and how many there are."""
    holders = (archive.having(name, value) & archive.public) - BitMap(without)
    return archive.newest(keys_of(holders), SHOWN).tolist(), len(holders)


def _by_key(keys: set[int]) -> dict[int, Post]:
    posts = Post.objects.published().filter(pk__in=keys).prefetch_related(credits_of_posts())
    return {post.pk: post for post in posts}


def _complete(posts: Any) -> list[Post]:
    return list(posts.prefetch_related(credits_of_posts()).order_by("-published", "-pk")[:SHOWN])
