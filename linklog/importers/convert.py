"""From what a source tells to a post that can be saved: mended where it must be, refused only where nothing is left of it."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field

from django.utils import timezone

from linklog.accounts.models import User
from linklog.core import html, links
from linklog.core.slugs import slugify, tag_slug
from linklog.core.xml import strip_illegal
from linklog.importers.addresses import MAX_SLUG, dated, own_address, redirect_path, speaking_slug
from linklog.importers.contract import MAX_BODY, ImportedPost
from linklog.posts.imported import Incoming, as_ref
from linklog.posts.models import KINDS, Person, Series, Tag

TITLE_WORDS = 10
MAX_POSITION = 2_147_483_647
_CODE = re.compile(r"[a-z0-9]{4,20}")


class Unusable(ValueError):
    """Nothing can be made of this item; the message is the reason."""


@dataclass
class Authors:
    """Who wrote: the one asked for; or the account with the name the source gives, made without a way to sign in if there is
    none; or, where the source says nothing, the only owner."""

    asked: User | None = None
    default: User | None = None
    by_name: dict[str, User] = field(default_factory=dict)

    @classmethod
    def load(cls, asked: User | None) -> "Authors":
        owners = list(User.objects.filter(is_superuser=True, is_active=True)[:2])
        by_name = {user.get_full_name(): user for user in User.objects.order_by("-pk")}
        return cls(asked, owners[0] if len(owners) == 1 else None, by_name)

    def of(self, name: str | None) -> User | None:
        if self.asked or name is None:
            return self.asked or self.default
        name = " ".join(strip_illegal(name).split())[:200]
        if name and name not in self.by_name:
            self.by_name[name] = _new_author(name)
        return self.by_name.get(name)


def _new_author(name: str) -> User:
    base = username = slugify(name, 100) or "author"
    number = 1
    while User.objects.filter(username=username).exists():
        number += 1
        username = f"{base}-{number}"
    user = User(username=username, name=name, is_active=False)
    user.set_unusable_password()
    user.save()
    return user


@dataclass
class Converter:
    """How one run turns items into posts."""

    authors: Authors
    as_drafts: bool = False
    publish: bool = False
    is_own: bool = False  # the source is this site's own export: its HTML is the author's

    def convert(self, item: ImportedPost) -> Incoming:
        """Raises Unusable."""
        if len(item.body) > MAX_BODY:
            raise Unusable(f"its text is longer than {MAX_BODY:,} characters")
        if item.is_uncleaned and item.body_format == "html" and not self.is_own:
            item.body = html.clean_untrusted(item.body, item.source_url)
            item.context = html.clean_untrusted(item.context, item.source_url)
        is_draft = self.as_drafts or (item.is_draft and not self.publish)
        published = item.published or item.updated or _day_in_address(item)
        if published is None and not is_draft:
            raise Unusable("it has no date that can be read, and neither has its address")
        if not (item.is_draft and is_draft):
            _complete(item)
        people = _people(item)
        own = own_address(item.source_url)
        slug, has_own_address = self._slug(item, people, own)
        series, series_position = _series(item)
        post = KINDS[item.kind](
            title=item.title,
            slug=slug,
            body=item.body,
            body_format=item.body_format,
            link_url=item.link_url,
            via_url=item.via_url,
            via_title=item.via_title,
            context=item.context,
            author=self.authors.of(item.author),
            language=strip_illegal(item.language).strip()[:20],
            card_image=strip_illegal(item.card_image),
            series_position=series_position,
            is_draft=is_draft,
            published=published,
            updated=max(item.updated, published) if item.updated and published else item.updated,
            created=item.created or published or timezone.now(),
            day=own[0] if own and published else None,
        )
        if _CODE.fullmatch(item.code):
            post.code = item.code
        post.prepare()
        old_path = "" if has_own_address else _old_path(item)
        publish = self.publish and not is_draft
        tags = self._tags(item)
        return Incoming(post, _ref(item), item.label, tags, people, series, has_own_address, old_path, publish)

    def _slug(self, item: ImportedPost, people: list[Person], own: tuple[dt.date, str] | None) -> tuple[str, bool]:
        """The slug, "" to have one made from the title or the first words; and whether the post had just this address before."""
        if item.slug:
            slug = strip_illegal(item.slug)[:MAX_SLUG].replace("/", "-")
            return slug, own is not None
        if own:
            return own[1][:MAX_SLUG], len(own[1]) <= MAX_SLUG
        if slug := speaking_slug(item.source_url):
            return slug, False
        is_named = item.kind == "quotation" and people and not item.title
        return (tag_slug(people[0].name) if is_named else ""), False

    def _tags(self, item: ImportedPost) -> list[Tag]:
        """Each once, in order."""
        tags: dict[str, Tag] = {}
        for term, label in item.tags:
            term = " ".join(strip_illegal(term).split())[:200]
            if term:
                slug = _label_slug(term)
                name = " ".join(strip_illegal(label).split())[:200] or term
                tags.setdefault(slug, Tag(name=name, slug=slug))
        return list(tags.values())


def _complete(item: ImportedPost) -> None:
    """Make of `item` a post that may be published: another kind or a title made from what there is."""
    has_body = bool(item.body.strip())
    if item.kind == "blogmark" and not item.link_url:
        item.kind = "entry" if item.title.strip() else "note"
    if item.kind in ("quotation", "note") and not has_body:
        item.kind = "blogmark" if item.link_url else "entry"
    if item.title.strip():
        return
    if item.kind == "blogmark":
        item.title = links.site(item.link_url) or item.link_url
    elif item.kind == "entry":
        words = (html.to_text(item.body) if item.body_format == "html" else item.body).split()
        if not words:
            raise Unusable("it has no title, no text and no link")
        item.title = " ".join(words[:TITLE_WORDS])[:200] + ("…" if len(words) > TITLE_WORDS else "")


def _day_in_address(item: ImportedPost) -> dt.datetime | None:
    day = dated(item.source_url)
    return timezone.make_aware(dt.datetime(day.year, day.month, day.day)) if day and 1000 <= day.year <= 9998 else None


def _label_slug(term: str) -> str:
    """`term` if it is a slug already: these go over the wire as they are."""
    return term if slugify(term, 120) == term else tag_slug(term)


def _people(item: ImportedPost) -> list[Person]:
    people: dict[tuple[str, str], Person] = {}
    for credited in item.credits:
        name = " ".join(strip_illegal(credited.name).split())[:200]
        if name:
            slug = slugify(credited.slug, 120)
            people.setdefault((name, slug), Person(name=name, slug=slug, url=strip_illegal(credited.url)))
    return list(people.values())


def _series(item: ImportedPost) -> tuple[Series | None, int | None]:
    if item.series is None:
        return None, None
    name = " ".join(strip_illegal(item.series.title or item.series.slug).split())[:200]
    slug = _label_slug(item.series.slug or name)
    position = item.series.position
    is_place = position is not None and 0 <= position <= MAX_POSITION
    return Series(name=name, slug=slug), position if is_place else None


def _old_path(item: ImportedPost) -> str:
    is_at_home = item.site_host in ("", links.site(item.source_url))
    return redirect_path(item.source_url) if item.source_url and is_at_home else ""


def _ref(item: ImportedPost) -> str:
    """The id the item has where it comes from: its own, else its address, else one made from what it says."""
    named = strip_illegal(item.source_id).strip() or item.source_url
    if named:
        return as_ref(named)
    said = item.link_url or f"{item.title}\n{item.body}"
    stamp = item.published.isoformat() if item.published else ""
    return "urn:sha256:" + hashlib.sha256(f"{stamp}\n{said}".encode(errors="replace")).hexdigest()
