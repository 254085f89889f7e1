"""The social card of a post that has no image of its own: what it says, its address, and where it is kept once it was drawn."""

import os
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol

from django.conf import settings
from django.urls import reverse

from linklog.core import cards, html
from linklog.core.cards import Card
from linklog.posts.models import Post

ACCENT = "#9b2c12"  # --rubric of static/css/tokens.css
KEPT = 5_000  # files, of some 20 kB


class Blog(Protocol):
    """What a card needs to know of the site."""

    @property
    def display_title(self) -> str: ...

    @property
    def accent_on_paper(self) -> str: ...


def card_of(post: Post, blog: Blog) -> Card:
    """What the card of `post` says: its title, or its words where it has none; its kind; whose page or words it is about."""
    words = post.title or html.to_text(post.body_html)[: 2 * cards.MAX_WORDS]
    names = ", ".join(person.name for person in post.credited)
    source = " · ".join(part for part in (names, post.link_site) if part)
    label = str(settings.LINKLOG_KIND_NAMES[post.kind][0])
    is_quoted = post.kind == Post.Kind.QUOTATION
    return Card(words, label, source, blog.display_title, blog.accent_on_paper or ACCENT, is_quoted)


def key_of(card: Card) -> str:
    """Changes when the card does."""
    return sha256(repr((cards.VERSION, card)).encode()).hexdigest()[:12]


def url_of(post: Post, blog: Blog) -> str:
    """The address of the card as it is now: a file behind it never changes."""
    return reverse("posts:card", args=[post.code, key_of(card_of(post, blog))])


def file_of(post: Post, blog: Blog) -> Path:
    """The card of `post` on disk, drawn if it is not there yet."""
    card = card_of(post, blog)
    path = kept(post.code, key_of(card))
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        drawn = cards.draw(card)
        with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as partial:  # others may draw it as well
            partial.write(drawn)
            partial.flush()
            os.fsync(partial.fileno())
        Path(partial.name).rename(path)
        for former in set(path.parent.glob(f"{post.code}-*.png")) - {path}:
            former.unlink(missing_ok=True)
    return path


def kept(code: str, key: str) -> Path:
    """Where the card is, or would be. Anything here can be drawn again."""
    return settings.HOME / "cards" / f"{code}-{key}.png"


def forget_old() -> None:
    """Drop the oldest files beyond the number that is kept; what is asked for again is drawn again."""
    paths = sorted((settings.HOME / "cards").glob("*.png"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in paths[KEPT:]:
        path.unlink(missing_ok=True)
