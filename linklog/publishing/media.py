"""What follows when an upload is shown otherwise than before: everything that shows it is rendered again."""

from collections.abc import Collection

from django.db.models import Model, Q

from linklog.core.vendor_sql import writing
from linklog.images import uses
from linklog.images.models import MediaFile
from linklog.pages.models import Page
from linklog.posts.models import Person, Series, Tag
from linklog.publishing.posts import rerender
from linklog.site.models import Site

# Texts beside those of posts, which are rendered when they are saved: into a column of that name and _html
RENDERED_TEXTS: tuple[tuple[type[Model], str], ...] = (
    (Page, "body"),
    (Tag, "description"),
    (Series, "description"),
    (Person, "description"),
)


@writing()
def rerender_showing(media: MediaFile) -> None:
    """Posts, standing pages and descriptions that show `media`."""
    rerender(uses.posts_showing(media))
    rerender_texts(media.renditions.values_list("path", flat=True))


@writing()
def rerender_texts(paths: Collection[str]) -> None:
    """Standing pages and descriptions that name one of these files of the media storage."""
    found = False
    for model, field in RENDERED_TEXTS if paths else ():
        naming = Q(*((f"{field}__contains", path) for path in paths), _connector=Q.OR)
        for row in model._default_manager.filter(naming):
            row.save(update_fields=[f"{field}_html"])
            found = True
    if found:
        Site.touch()
