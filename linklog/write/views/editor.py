"""The editor of a post: new, filled from a captured page, or of one there is; and what its buttons do."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linklog.accounts.access import authors_only
from linklog.capture.given import NAMES as GIVEN
from linklog.capture.given import given as read_given
from linklog.capture.models import Capture
from linklog.posts.models import KINDS, Post
from linklog.posts.models.post import is_code, new_code
from linklog.posts.preview_links import preview_url
from linklog.write import actions, revisions, saving
from linklog.write import fields as editor_fields
from linklog.write.diff import fields_diff
from linklog.write.forms import EditorForm, editor_form

NOTHING_GIVEN = dict.fromkeys(GIVEN, "")


@authors_only
@require_GET
def new(request: HttpRequest, kind: str) -> HttpResponseBase:
    if kind not in KINDS:
        raise Http404
    state = begun(request, kind)
    return page(request, state) if state else redirect("write:edit", request.GET["code"])


@authors_only
@require_GET
def capture(request: HttpRequest) -> HttpResponseBase:
    """A new blogmark of the page that the bookmarklet, the inbox or a phone's “share” brought; a quotation if it is asked for."""
    item = item_of(request, request.GET.get("item", ""))
    given = read_given(request.GET)
    if item:
        given = given_with(item)
    kind = "quotation" if request.GET.get("kind") == "quotation" else "blogmark"
    state = begun(request, kind)
    if state is None:
        return redirect("write:edit", request.GET["code"])
    text = given["text"] if kind == "quotation" else "".join(f"> {line}\n" for line in given["text"].splitlines())
    state.fields.update(link_url=given["url"], title=given["title"], body=text, via_url=given["via"])
    return page(request, state, item=item, given=given)


@authors_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponseBase:
    if request.method == "POST":
        return submitted(request, code)
    post = post_of(request, code)
    state = saving.state_of(post)
    if number := request.GET.get("revision", ""):
        revision = revisions.of(post, number)
        state.fields.update(revisions.fields(post, revision))
    item = Capture.objects.of_post(code).filter(by=request.user).first()
    given = (
        {**NOTHING_GIVEN, "url": item.url, "title": item.title, "text": item.selection, "via": item.via_url}
        if item
        else None
    )
    return page(request, state, item=item, given=given)


@authors_only
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, code: str) -> HttpResponseBase:
    """Asks, then deletes. A post that was changed since the question is asked about again."""
    post = post_of(request, code)
    if request.method == "POST":
        try:
            actions.delete(code, request.POST.get("token", ""), request.user)
        except saving.Conflict:
            messages.warning(request, _("It was changed meanwhile. Look at it again."))
            return redirect("write:delete", code)
        messages.success(request, _("“%(title)s” is deleted.") % {"title": post.display_title})
        return redirect("write:front")
    return render(
        request, "write/delete.html", {"post": post, "token": saving.state_of(post).token, "page_title": _("Delete")}
    )


def submitted(request: HttpRequest, code: str) -> HttpResponseBase:
    """A button of the editor was pressed. What was typed comes back wherever it cannot be done."""
    action, token = request.POST.get("action", "save"), request.POST.get("token", "")
    if action == "delete":
        return redirect("write:delete", code)
    if action not in (*actions.ACTIONS, "discard"):
        raise Http404
    fields = editor_fields.known(request.POST)
    try:
        if action == "discard":
            actions.discard(code, token, request.user)
            return redirect("write:edit", code)
        sent = fields | ({"author": request.POST["author"]} if "author" in request.POST else {})
        form = actions.submit(action, code, sent, token, request.user)
    except PermissionError:
        raise PermissionDenied(_("You may write drafts of your own. An editor publishes them.")) from None
    except saving.Conflict as conflict:
        return in_conflict(request, conflict.state, fields)
    item = item_of(request, request.POST.get("capture", ""))
    if not form.is_valid():
        return refused(request, code, form, fields, item)
    written_from(item, code)
    return done(request, action, form.instance)


def in_conflict(request: HttpRequest, state: saving.State, fields: editor_fields.Fields) -> HttpResponse:
    """The page with what was typed, and what is saved beside it. Saving once more puts the one over the other."""
    theirs = dict(state.fields)
    state.fields.update(fields)
    return page(request, state, status=409, conflict=fields_diff(theirs, fields))


def refused(
    request: HttpRequest, code: str, form: EditorForm, fields: editor_fields.Fields, item: Capture | None
) -> HttpResponse:
    post = saving.find(code) or saving.new_post(code, fields["kind"], request.user)
    state = saving.state_of(post)
    state.fields.update(fields)
    return page(request, state, status=422, form=form, item=item)


def done(request: HttpRequest, action: str, post: Post) -> HttpResponse:
    """A sentence with the post's address, and on to the next page."""
    if post.is_public:
        said = format_html('{} <a href="{}">{}</a>', _("It is public:"), post.get_absolute_url(), post.display_title)
    elif post.is_scheduled:
        said = format_html("{}", _("It goes out at %(time)s.") % {"time": saving.when(post.published)})
    else:
        said = format_html("{}", _("The draft is saved."))
    messages.success(request, said)
    if action == "publish-and-new":
        return redirect("write:new", post.kind)
    return redirect("write:front") if action == "publish" else redirect("write:edit", post.code)


def page(
    request: HttpRequest,
    state: saving.State,
    *,
    status: int = 200,
    form: EditorForm | None = None,
    item: Capture | None = None,
    given: dict[str, str] | None = None,
    conflict: str = "",
) -> HttpResponse:
    post: Any = state.post
    context = {
        "post": post,
        "state": state,
        "code": post.code,
        "form": form or editor_form(post, state.fields, request.user),
        "kind": state.fields["kind"],
        "kinds": KINDS,
        "capture": item,
        "given": given or (given_with(item) if item else NOTHING_GIVEN),
        "is_unsaved": "revision" in request.GET,
        "conflict": conflict,
        "secret_link": preview_url(post) if post.pk and not post.is_public else "",
        "can_publish": request.user.can_publish,
        "page_title": post.title or (_("New post") if not post.pk else post.display_title),
    }
    return render(request, "write/editor.html", context, status=status)


def begun(request: HttpRequest, kind: str) -> saving.State | None:
    """A post that nobody saved yet, of a new code or the one that its editor had before; None where it was saved since."""
    code = request.GET.get("code", "")
    if is_code(code):
        if saving.find(code):
            return None
    else:
        code = new_code()
    return saving.state_of(saving.new_post(code, kind, request.user))


def given_with(item: Capture) -> dict[str, str]:
    return {"url": item.url, "title": item.title, "text": item.selection, "via": item.via_url}


def post_of(request: HttpRequest, code: str) -> Post:
    """The post of this code, if its author or an editor asks: of another's nothing is told."""
    post = saving.find(code)
    if post is None or not request.user.may_edit(post):
        raise Http404
    return post


def item_of(request: HttpRequest, key: str) -> Capture | None:
    """The captured page of this key, if it is the author's own."""
    is_key = key.isascii() and key.isdigit() and len(key) < 19
    return Capture.objects.filter(by=request.user, pk=int(key)).first() if is_key else None


def written_from(item: Capture | None, code: str) -> None:
    """A post was written from this page: it leaves the inbox."""
    if item and item.code != code:
        Capture.objects.filter(pk=item.pk).update(code=code)
