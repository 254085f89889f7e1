"""The four kinds of post: proxies that hold behaviour only. A new kind is a class here and a line in KINDS."""

from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linklog.core import html
from linklog.posts.models.post import Post
from linklog.posts.querysets import KindManager

SLUG_WORDS = 8


class Entry(Post):
    """An article: a title and a text."""

    kind_name = "entry"
    required = ("title",)
    objects: ClassVar[KindManager] = KindManager()

    class Meta:
        proxy = True
        verbose_name = gettext_lazy("entry")
        verbose_name_plural = gettext_lazy("entries")


class Blogmark(Post):
    """A link with commentary, and where it was found."""

    kind_name = "blogmark"
    required = ("title", "link_url")
    objects: ClassVar[KindManager] = KindManager()

    class Meta:
        proxy = True
        verbose_name = gettext_lazy("blogmark")
        verbose_name_plural = gettext_lazy("blogmarks")


class Quotation(Post):
    """Someone's words: the text is theirs, the first credit is who said them, the link their source."""

    kind_name = "quotation"
    required = ("body",)
    objects: ClassVar[KindManager] = KindManager()

    class Meta:
        proxy = True
        verbose_name = gettext_lazy("quotation")
        verbose_name_plural = gettext_lazy("quotations")

    def untitled(self) -> str:
        if people := self.credited:
            return _("Quoting %(name)s") % {"name": ", ".join(person.name for person in people)}
        return _("Quotation on %(date)s") % {"date": self.published_date} if self.day else _("Quotation")

    def slug_source(self) -> str:
        people = self.credited
        return self.title or (people[0].name if people else "") or _first_words(self)


class Note(Post):
    """A few words, with a title or without."""

    kind_name = "note"
    required = ("body",)
    objects: ClassVar[KindManager] = KindManager()

    class Meta:
        proxy = True
        verbose_name = gettext_lazy("note")
        verbose_name_plural = gettext_lazy("notes")

    def untitled(self) -> str:
        return _("Note on %(date)s") % {"date": self.published_date} if self.day else _("Note")

    def slug_source(self) -> str:
        return self.title or _first_words(self)


def _first_words(post: Post) -> str:
    return " ".join(html.to_text(post.body_html or post.body).split()[:SLUG_WORDS])


KINDS: dict[str, type[Post]] = {kind.kind_name: kind for kind in (Entry, Blogmark, Quotation, Note)}
Post.kinds = KINDS
