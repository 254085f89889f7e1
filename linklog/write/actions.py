"""What the buttons of the editor do: save, publish, unpublish, discard, delete. Unlike saving while one writes, these are strict."""

from linklog import publishing
from linklog.accounts.models import User
from linklog.core.vendor_sql import writing
from linklog.posts.models import KINDS
from linklog.write import saving
from linklog.write.forms import EditorForm

PUBLISHES = ("publish", "publish-and-new")
FILLED_IN = ("slug", "published")  # by publishing


def submit(action: str, code: str, fields: dict[str, str], token: str, by: User) -> EditorForm:
    """The form of what was sent: where it is valid, `form.instance` is saved. Raises as `saving.checked` does."""
    with writing():
        post = saving.checked(code, fields["kind"], token, by)
        if not by.can_publish and action != "save":
            raise PermissionError
        if post.is_draft and fields["kind"] in KINDS:
            post = post.as_kind(fields["kind"])
        if action in PUBLISHES:
            post.is_draft = False
        elif action == "unpublish":
            post.is_draft = True
        form = EditorForm(fields, instance=post, by=by)
        if form.is_valid():
            names = form.cleaned_data
            publishing.save(form.instance, tags=names["tag_names"], people=names["person_names"], by=by)
    return form


def is_done(action: str, fields: dict[str, str], state: saving.State) -> bool:
    """Whether `state` is what was asked for, as when a button is pressed twice. What was empty may be filled in by publishing."""
    if action not in (*PUBLISHES, "save") or state.has_working_copy or (action in PUBLISHES and state.post.is_draft):
        return False
    return all(text == state.fields[name] or (not text and name in FILLED_IN) for name, text in fields.items())


def discard(code: str, token: str, by: User) -> None:
    """Forget what was being written over a public post. Raises as `saving.checked` does."""
    with writing():
        publishing.drop_working_copy(saving.checked(code, "", token, by))


def delete(code: str, token: str, by: User) -> None:
    """Remove a post. Raises as `saving.checked` does."""
    with writing():
        post = saving.checked(code, "", token, by)
        if post.pk:
            publishing.delete(post)
