"""The tables of posts and what hangs on them."""

from linklog.posts.models.kinds import KINDS, Blogmark, Entry, Note, Quotation
from linklog.posts.models.labels import Credit, Person, PostTag, Series, Tag
from linklog.posts.models.post import Post
from linklog.posts.models.trail import Reference, Revision, WorkingCopy

__all__ = [
    "KINDS",
    "Blogmark",
    "Credit",
    "Entry",
    "Note",
    "Person",
    "Post",
    "PostTag",
    "Quotation",
    "Reference",
    "Revision",
    "Series",
    "Tag",
    "WorkingCopy",
]
