"""Images whose alt text nobody wrote or looked at, across the archive, and what an author says of one: the words, or that it tells nothing.

The words go into the source of the post, as if its author had typed them there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linklog import publishing
from linklog.accounts.models import User
from linklog.core import html
from linklog.core.alt_text import with_alt
from linklog.core.vendor_sql import writing
from linklog.images import uses
from linklog.images.library import preview_of
from linklog.images.models import MediaUse
from linklog.images.uses import WANTING
from linklog.posts.models import Post, WorkingCopy
from linklog.posts.querysets import PostQuerySet


class CannotDescribe(Exception):
    """A sentence: the post is not as it was when the page was shown, or its source holds no such image."""


@dataclass(frozen=True)
class Wanting:
    """An image that wants alt text: `preview` is its address, `text` a draft, `before` and `after` the words around it."""

    use: MediaUse
    preview: str
    text: str
    before: str
    after: str


def posts_wanting(user: User) -> PostQuerySet:
    """The posts with such images that `user` may edit: public ones, or of a contributor the drafts."""
    posts = Post.objects.published() if user.can_publish else Post.objects.drafts().filter(author=user)
    return posts.filter(pk__in=MediaUse.objects.filter(state__in=WANTING).values("post_id"))


def wanting(posts: Sequence[Post]) -> list[tuple[Post, list[Wanting]]]:
    """These posts with their images, in as many queries however many there are."""
    found = list(MediaUse.objects.filter(post__in=posts, state__in=WANTING).prefetch_related("media__renditions"))
    drafts = uses.latest_drafts(found)
    return [(post, [_wanting(post, use, drafts) for use in found if use.post_id == post.pk]) for post in posts]


def _wanting(post: Post, use: MediaUse, drafts: dict[str, str]) -> Wanting:
    text = use.alt if use.state == MediaUse.Alt.DRAFTED and use.alt else drafts.get(use.src, "")
    before, after = html.words_around(post.body_html, use.position)
    return Wanting(use, (use.media and preview_of(use.media)) or use.src, text, before, after)


def describe(post: Post, src: str, alt: str, by: User) -> None:
    """Write `alt` where the source of `post` shows `src`, and note that an author looked at it. Raises CannotDescribe."""
    with writing():
        _write(post, src, alt, by)
        uses.confirm(_use(post, src))


def call_decorative(post: Post, src: str, by: User) -> None:
    """Note that the image tells nothing, and let it have no alt text. As `describe`."""
    with writing():
        _write(post, src, "", by)
        uses.set_decorative(_use(post, src))


def _write(post: Post, src: str, alt: str, by: User) -> None:
    post.refresh_from_db()
    if WorkingCopy.objects.filter(post_id=post.pk).exists():
        raise CannotDescribe(_("Somebody is writing over this post. Describe the image there."))
    body = with_alt(post.body, post.body_format, src, alt)
    if body != post.body:
        post.body = body
        publishing.save(post, by=by)
    use = _use(post, src)
    if use.alt != " ".join(alt.split()):
        raise CannotDescribe(_("The image was not found in the source of the post. Describe it in the editor."))


def _use(post: Post, src: str) -> MediaUse:
    use = MediaUse.objects.filter(post=post, src=src).exclude(state="").first()
    if use is None:
        raise CannotDescribe(_("The post does not show this image any more."))
    return use
