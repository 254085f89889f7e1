"""Saving while one writes, so that no word is lost and no window overwrites another.

Each answer carries a token that names the state it left behind. A save brings the token of the state it was written upon; where that
is no longer the last one, nothing is saved and the other state comes back (`Conflict`), for the author to choose.

A draft is saved itself. Over a post that readers see, or will at its time, a working copy is kept until the author saves it.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

from linklog import publishing
from linklog.accounts.models import User
from linklog.core.vendor_sql import writing
from linklog.posts.models import KINDS, Post, WorkingCopy
from linklog.posts.models.post import is_code
from linklog.write import fields as editor_fields
from linklog.write.fields import Fields

NEW = "0"  # the token of a post that is not saved yet


@dataclass(frozen=True)
class State:
    """A post as its editor shows it: what is being written, the token of that, and who saved it when (None: not saved yet)."""

    post: Post
    fields: Fields
    token: str
    saved: dt.datetime | None = None
    saved_by: str = ""
    has_working_copy: bool = False

    @property
    def name(self) -> str:
        return "draft" if self.post.is_draft else "public" if self.post.is_public else "scheduled"


class Conflict(Exception):
    """Somebody, or another window, saved meanwhile. `state` is what is saved now."""

    def __init__(self, state: State) -> None:
        super().__init__("saved elsewhere meanwhile")
        self.state = state


def when(moment: dt.datetime | None) -> str:
    """12:03, with the day before it where that is not today; in the site's zone."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return date_format(local, "H:i" if local.date() == timezone.localdate() else "j F Y, H:i")


def find(code: str) -> Post | None:
    """The post of this code, with its parts."""
    return Post.objects.with_parts().filter(code=code).first()


def new_post(code: str, kind: str, by: User) -> Post:
    """A draft that nobody saved yet. PermissionError where `code` is none that an editor was given."""
    if not is_code(code):
        raise PermissionError
    return KINDS.get(kind, KINDS["blogmark"])(code=code, author=by, is_draft=True)


def state_of(post: Post) -> State:
    """What stands of `post`: its working copy if there is one, else the post itself."""
    copy = WorkingCopy.objects.select_related("saved_by").filter(post_id=post.pk).first() if post.pk else None
    if copy is not None:
        name = str(copy.saved_by or "")
        fields = editor_fields.known({**copy.data, "kind": post.kind})
        return State(post, fields, f"{post.revision}.{copy.number}", copy.saved, name, has_working_copy=True)
    if not post.pk:
        return State(post, editor_fields.of(post), NEW)
    last = post.revisions.select_related("saved_by").filter(number=post.revision).first()
    saved, name = (last.saved, str(last.saved_by or "")) if last else (post.created, "")
    return State(post, editor_fields.of(post), str(post.revision), saved, name)


def save(code: str, fields: Fields, token: str, by: User) -> State:
    """Keep `fields` for the post of `code`, which is made if there is none yet. Raises Conflict, and PermissionError for who may not."""
    with writing():
        post = checked(code, fields["kind"], token, by)
        if post.is_draft:
            editor_fields.put(post, fields)
            tags, people = editor_fields.tag_names(fields), editor_fields.person_names(fields)
            publishing.save_draft(post, tags=tags, people=people, by=by)
        elif (fields := fields | {"kind": post.kind}) == editor_fields.of(post):
            publishing.drop_working_copy(post)
        else:
            publishing.keep_working_copy(post, fields, by=by)
        saved = find(code)
        assert saved is not None
        return state_of(saved)


def checked(code: str, kind: str, token: str, by: User) -> Post:
    """The post of `code`, a new one of `kind` if there is none, for what is saved in the same transaction.

    Raises PermissionError if `by` may not edit it, and Conflict if `token` names another state than its present one.
    """
    post = find(code)
    if post is None:
        return new_post(code, kind, by)
    if not by.may_edit(post):
        raise PermissionError
    state = state_of(post)
    if state.token != token:
        raise Conflict(state)
    return post
