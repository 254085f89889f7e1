"""Every write of posts, and all that follows from one: history, references, redirects from old addresses, search, the site's version.

The only place where rooms meet in a write. Each function is one transaction; nothing here touches the network.
"""

from linklog.publishing.in_bulk import add_imported
from linklog.publishing.indexing import doubt, reindex, replaced, tidy_index
from linklog.publishing.labels import delete_label, save_label
from linklog.publishing.media import RENDERED_TEXTS, rerender_showing, rerender_texts
from linklog.publishing.posts import (
    delete,
    drop_working_copy,
    keep_working_copy,
    publish,
    publish_due,
    rerender,
    save,
    save_draft,
    unpublish,
)
from linklog.publishing.reminders import followed_up, tag_person

__all__ = [
    "RENDERED_TEXTS",
    "add_imported",
    "delete",
    "delete_label",
    "doubt",
    "drop_working_copy",
    "followed_up",
    "keep_working_copy",
    "publish",
    "publish_due",
    "reindex",
    "replaced",
    "rerender",
    "rerender_showing",
    "rerender_texts",
    "save",
    "save_draft",
    "save_label",
    "tag_person",
    "tidy_index",
    "unpublish",
]
