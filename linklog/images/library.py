"""The library of uploads: what is in it for whom, what is used nowhere, and what taking a file away or putting another in its place
means to the posts that show it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linklog import publishing
from linklog.accounts.models import User
from linklog.core.vendor_sql import writing
from linklog.images import storing
from linklog.images.models import MediaFile, MediaUse, Rendition
from linklog.images.places import HASHED_NAME
from linklog.images.uses import posts_showing
from linklog.posts.models import Post, WorkingCopy
from linklog.site.models import Site

Files = QuerySet[MediaFile]
Role = Rendition.Role
PAGE_SIZE = 48
TEXTS = ("name", "alt", "credit_url", "credit_title")  # that an author gives a file
PREVIEW_WIDTH = 320  # px from which a rendition is good enough for the grid


def _in_state(files: Files, state: str) -> Files:
    return files.filter(pk__in=MediaUse.objects.filter(state=state).values("media"))


def _unused(files: Files) -> Files:
    in_posts = Exists(MediaUse.objects.filter(media=OuterRef("pk")))
    return files.filter(~in_posts).exclude(renditions__path__in=paths_elsewhere())


FILTERS: dict[str, tuple[str | Promise, Callable[[Files], Files]]] = {
    "image": (gettext_lazy("Images"), lambda files: files.filter(kind=MediaFile.Kind.IMAGE)),
    "video": (gettext_lazy("Films"), lambda files: files.filter(kind=MediaFile.Kind.VIDEO)),
    "audio": (gettext_lazy("Sounds"), lambda files: files.filter(kind=MediaFile.Kind.AUDIO)),
    "unused": (gettext_lazy("Used nowhere"), _unused),
    "bare": (gettext_lazy("Without alt text"), lambda files: _in_state(files, MediaUse.Alt.NONE)),
    "drafted": (gettext_lazy("Alt text drafted"), lambda files: _in_state(files, MediaUse.Alt.DRAFTED)),
    "failed": (gettext_lazy("Cannot be shown"), lambda files: files.filter(state=MediaFile.State.FAILED)),
}


@dataclass(frozen=True)
class Tile:
    """A file in the grid: `preview` is an address, "" where there is nothing to see."""

    media: MediaFile
    preview: str
    uses: int


@dataclass(frozen=True)
class Shelf:
    """A page of the library; `before` is what the next one is asked for with, None on the last."""

    tiles: list[Tile]
    before: int | None


def files_of(user: User) -> Files:
    """What `user` sees: a contributor only what is their own."""
    return MediaFile.objects.all() if user.can_publish else MediaFile.objects.filter(added_by=user)


def shelf(user: User, words: str = "", only: str = "", before: int | None = None) -> Shelf:
    """The newest first. It costs the same queries however many files there are."""
    files = files_of(user)
    if only in FILTERS:
        files = FILTERS[only][1](files)
    for word in words.split():
        uses = MediaUse.objects.filter(Q(alt__icontains=word) | Q(post__title__icontains=word)).values("media")
        files = files.filter(Q(name__icontains=word) | Q(alt__icontains=word) | Q(pk__in=uses))
    if before is not None:
        files = files.filter(pk__lt=before)
    found = list(files.order_by("-pk").prefetch_related("renditions")[: PAGE_SIZE + 1])
    page = found[:PAGE_SIZE]
    counted = MediaUse.objects.filter(media__in=page).values("media").annotate(n=Count("pk")).order_by()
    times = dict(counted.values_list("media", "n"))
    tiles = [Tile(media, preview_of(media), times.get(media.pk, 0)) for media in page]
    return Shelf(tiles, page[-1].pk if len(found) > PAGE_SIZE else None)


def preview_of(media: MediaFile) -> str:
    """The address of the smallest rendition that is wide enough for the grid."""
    roles = (Role.MAIN, Role.VARIANT) if media.kind == MediaFile.Kind.IMAGE else (Role.POSTER,)
    seen = [one for one in media.renditions.all() if one.role in roles and one.media_type.startswith("image/")]
    wide = [one for one in seen if (one.width or 0) >= PREVIEW_WIDTH]
    return storing.url_of(min(wide or seen, key=lambda one: one.bytes)) if seen else ""


def may_change(user: User, media: MediaFile) -> bool:
    """Whether `user` may replace or delete it: a contributor may not change what somebody else's post shows, or a public one."""
    return user.can_publish or (
        media.added_by_id == user.pk and all(user.may_edit(post) for post in posts_showing(media))
    )


def _texts() -> Iterator[tuple[str, str]]:
    """What else than posts may show a file: where it is, and its text."""
    for copy in WorkingCopy.objects.select_related("post"):
        yield _("What is being written over “%(title)s”") % {"title": copy.post.display_title}, str(copy.data)
    for model, field in publishing.RENDERED_TEXTS:
        names = [settings.MEDIA_URL, *filter(None, [settings.LINKLOG_MEDIA_URL])]
        holds = Q(*((f"{field}__contains", name) for name in names), _connector=Q.OR)
        for row in model._default_manager.filter(holds):
            yield str(row), getattr(row, field)
    site = Site.load()
    yield _("Site"), f"{site.footer} {site.navigation} {site.extra_css} {site.logo.name}"


def paths_elsewhere() -> set[str]:
    """The paths that other texts than posts name."""
    return {path for _where, text in _texts() for path in HASHED_NAME.findall(text)}


def elsewhere(media: MediaFile) -> list[str]:
    """Where else than in posts it is used."""
    paths = {one.path for one in media.renditions.all()}
    return list(dict.fromkeys(where for where, text in _texts() if paths & set(HASHED_NAME.findall(text))))


def replace(media: MediaFile, by: MediaFile) -> None:
    """Let `by`, which is ready, stand wherever `media` stood, under its names too: no text has to change. `media` is gone then."""
    with writing():
        paths = set(by.renditions.values_list("path", flat=True))
        named = media.renditions.filter(role__in=[Role.MAIN, Role.VARIANT, Role.FORMER])  # pages may name variants, too
        Rendition.objects.bulk_create(
            Rendition(media=by, role=Role.FORMER, path=one.path, media_type=one.media_type, bytes=0, sha256=one.sha256)
            for one in named
            if one.path not in paths
        )
        media.uses.update(media=by)
        for name in TEXTS:
            setattr(by, name, getattr(media, name) or getattr(by, name))
        by.save(update_fields=TEXTS)  # and not what a worker just wrote
        _remove(media)
        publishing.rerender_showing(by)


def delete(media: MediaFile) -> None:
    """Take it away, with its bytes. Posts that show it keep what they say of it."""
    with writing():
        posts = list(posts_showing(media).values_list("pk", flat=True))
        paths = [one.path for one in media.renditions.all()]
        _remove(media)
        publishing.rerender(Post.objects.filter(pk__in=posts))
        publishing.rerender_texts(paths)


def describe(media: MediaFile, **texts: str) -> None:
    """Its name, alt text and credit. A caption leads to the page it is from, so posts that show it follow."""
    with writing():
        for name, text in texts.items():
            setattr(media, name, text)
        media.save(update_fields=texts)  # and not what a worker just wrote
        publishing.rerender_showing(media)


def _remove(media: MediaFile) -> None:
    storing.forget(media.renditions.all())
    media.delete()
