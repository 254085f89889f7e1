"""Posts that come from elsewhere: what identifies one, whether it was changed since, and which post here it is already."""

import datetime as dt
import enum
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from linklog.posts.models import Person, Post, Series, Tag

MAX_REF = 500


class Result(enum.Enum):
    """What became of an incoming post."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    EDITED_HERE = "edited here since it was imported; kept as it is here"
    WRITTEN_HERE = "it was written here and differs now; kept as it is here"
    REPEATED = "it repeats the id of an earlier item, with other content"


@dataclass
class Incoming:
    """A post from elsewhere: an unsaved, prepared proxy, and the labels it asks for, which are never saved themselves.

    `ref` is its id where it came from. `old_path` should lead here; `has_own_address` if it had
    an address of our shape there.
    """

    post: Post
    ref: str
    label: str
    tags: list[Tag] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    series: Series | None = None
    has_own_address: bool = False
    old_path: str = ""
    is_to_be_published: bool = False  # also if it is a draft here already

    def reset(self) -> None:
        """Forget a save that was rolled back."""
        self.post.pk = self.post.import_ref = None
        self.post._state.adding = True

    def digest(self) -> str:
        series = self.series.slug if self.series else ""
        return _digest(self.post, [tag.slug for tag in self.tags], [person.name for person in self.people], series)


@dataclass
class Outcome:
    """What became of `item`; `existing` is the post that it was here already, `renamed` (from, to) where its address was taken."""

    item: Incoming
    result: Result
    existing: Post | None = None
    renamed: tuple[str, str] | None = None


def digest(post: Post) -> str:
    """A hash of all that an import sets on `post`, except its address and whether it is a draft. Load it `with_parts()`."""
    series = post.series.slug if post.series else ""
    return _digest(post, [tag.slug for tag in post.tag_list], [person.name for person in post.credited], series)


def _digest(post: Post, tags: list[str], people: list[str], series: str) -> str:
    state = {
        **{
            name: getattr(post, name)
            for name in ("kind", "title", "body", "body_format", "link_url", "via_url", "via_title")
        },
        **{name: getattr(post, name) for name in ("context", "language", "card_image", "series_position")},
        "published": _stamp(post.published),
        "updated": _stamp(post.updated),
        "tags": tags,
        "credits": people,
        "series": series,
    }
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def _stamp(moment: dt.datetime | None) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds") if moment else ""


def as_ref(text: str) -> str:
    """`text` as an id that can be stored: one that is too long becomes a name made from its hash."""
    return text if len(text) <= MAX_REF else f"urn:sha256:{hashlib.sha256(text.encode()).hexdigest()}"


class Known:
    """The posts here that a batch of incoming ones may be, and which of them this run has met already.

    Two feeds of one site tell of a post under ids that differ in the fragment; and two posts of one site may share an id but
    for the fragment, or wholly. `published` tells these apart. `met` outlives the batch: the keys of the posts of this run.
    """

    def __init__(self, batch: Sequence[Incoming], met: set[int]) -> None:
        self.met = met
        self.pending: set[int] = set()
        self.by_feed_id: dict[str, Post] = {}
        self.by_import_ref: dict[str, Post] = {}
        self.by_base: dict[str, list[Post]] = {}
        refs = {ref for item in batch for ref in (item.ref, _dated(item))}
        bases = {ref for item in batch for ref in _claims(item)}
        for post in Post.objects.filter(Q(feed_id__in=refs) | Q(import_ref__in=bases)).with_parts():
            self._index(post)
        for item in batch:
            base = _base(item.ref)
            if base in self.by_base and self.match(item) is None:
                for post in Post.objects.filter(import_ref__startswith=f"{base}#").with_parts():
                    if post.import_ref not in self.by_import_ref:
                        self._index(post)

    def decide(self, item: Incoming) -> Outcome:
        """What is to be done with `item`; nothing is written yet."""
        post = self.match(item)
        if post is None:
            self._name(item)
            return Outcome(item, Result.NEW)
        incoming = item.digest()
        if id(post) in self.pending or post.pk in self.met:
            is_same = incoming in (post.import_digest, "" if id(post) in self.pending else digest(post))
            return Outcome(item, Result.UNCHANGED if is_same else Result.REPEATED)
        self.pending.add(id(post))
        current = digest(post)
        if incoming == current:
            is_published = post.is_draft and item.is_to_be_published
            return Outcome(item, Result.UPDATED if is_published else Result.UNCHANGED, post)
        if current != post.import_digest:
            return Outcome(item, Result.EDITED_HERE if post.import_digest else Result.WRITTEN_HERE, post)
        if item.ref != post.feed_id and not _is_later(item.post.updated, post.updated):
            return Outcome(item, Result.UNCHANGED, post)  # another feed's rendition of the same state
        post.import_digest = incoming
        return Outcome(item, Result.UPDATED, post)

    def match(self, item: Incoming) -> Post | None:
        """The post that `item` is, if it is here. It may have been met in this run: then `item` repeats it."""
        named = [post for ref in (_dated(item), item.ref) if (post := self.by_feed_id.get(ref))]
        for post in named:
            if post.published == item.post.published:
                return post
        for post in named:
            if not self._is_met(post):
                return post  # its date was changed
        for post in self.by_base.get(_base(item.ref), []):
            if not named and post.published == item.post.published and not self._is_met(post):
                return post
        return None

    def _is_met(self, post: Post) -> bool:
        return id(post) in self.pending or post.pk in self.met

    def _name(self, item: Incoming) -> None:
        """Give a new post the ids by which it will be found."""
        post = item.post
        post.feed_id = _dated(item) if item.ref in self.by_feed_id else item.ref
        post.import_ref = next((ref for ref in _claims(item) if ref not in self.by_import_ref), None)
        post.import_digest = item.digest()
        self.pending.add(id(post))
        self._index(post)

    def _index(self, post: Post) -> None:
        self.by_feed_id[post.feed_id] = post
        if post.import_ref:
            self.by_import_ref[post.import_ref] = post
            self.by_base.setdefault(_base(post.import_ref), []).append(post)


def _is_later(incoming: dt.datetime | None, here: dt.datetime | None) -> bool:
    return incoming is not None and here is not None and incoming > here


def _base(ref: str) -> str:
    return ref.partition("#")[0]


def _claims(item: Incoming) -> tuple[str, ...]:
    """What `import_ref` may be, best first: the id without its fragment is for the first post that comes with it."""
    return (_base(item.ref) or item.ref, item.ref, as_ref(f"{item.ref}#"), _dated(item))


def _dated(item: Incoming) -> str:
    """The id of a post that shares its whole id with one of another date."""
    published = item.post.published
    stamp = f"{published.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}" if published else "undated"
    return as_ref(f"{item.ref}#{stamp}")
