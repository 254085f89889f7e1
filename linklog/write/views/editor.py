"""The editor of a post: new, filled from a captured page, or of one there is; and what its buttons do."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from linklog.accounts.access import authors_only
from linklog.capture.given import given as read_given
from linklog.capture.models import Capture
from linklog.capture.page import get_ready
from linklog.images.uses import names_for, unreviewed
from linklog.posts.models import KINDS, Post
from linklog.write import actions, revisions, saving
from linklog.write import fields as editor_fields
from linklog.write.checklist import file_names
from linklog.write.diff import fields_diff
from linklog.write.views.page import author_of, begun, editor_page, given_with, item_of, post_of, written_from


@authors_only
@require_GET
def new(request: HttpRequest, kind: str) -> HttpResponseBase:
    if kind not in KINDS:
        raise Http404
    state = begun(request, kind)
    return editor_page(request, state) if state else redirect("write:edit", request.GET["code"])


@authors_only
@require_GET
def capture(request: HttpRequest) -> HttpResponseBase:
    """A new blogmark of the page that the bookmarklet, the inbox or a phone's “share” brought; a quotation if it is asked for."""
    get_ready()  # the editor's script asks for the page next
    item = item_of(request, request.GET.get("item", ""))
    given = given_with(item) if item else read_given(request.GET.dict())
    if request.GET.get("url") and not given["url"]:
        messages.warning(request, _("That is not the address of a web page."))
    kind = "quotation" if request.GET.get("kind") == "quotation" else "blogmark"
    state = begun(request, kind)
    if state is None:
        return redirect("write:edit", request.GET["code"])
    quote = "".join(f"> {line}".rstrip() + "\n" for line in given["text"].splitlines())
    body = given["text"] if kind == "quotation" else quote
    state.fields.update(link_url=given["url"], title=given["title"], body=body, via_url=given["via"])
    return editor_page(request, state, capture=item, given=given)


@authors_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponseBase:
    if request.method == "POST":
        return submitted(request, code)
    post = post_of(request, code)
    state = saving.state_of(post)
    number = request.GET.get("revision", "")
    if number:
        revision = revisions.of(post, number)
        if revision is None:
            raise Http404
        state.fields.update(revisions.fields(post, revision) | {"kind": state.fields["kind"]})
        of = {"number": revision.number, "time": saving.when(revision.saved)}
        messages.info(
            request, _("This is revision %(number)s, of %(time)s. It replaces nothing until you save it.") % of
        )
    item = Capture.objects.of_post(code).filter(by=author_of(request)).first()
    return editor_page(request, state, capture=item, is_unsaved=bool(number))


def submitted(request: HttpRequest, code: str) -> HttpResponseBase:
    """A button of the editor was pressed. What was typed comes back wherever it cannot be done."""
    action, token = request.POST.get("action", "save"), request.POST.get("token", "")
    if action == "delete":
        return redirect("write:delete", code)
    fields = editor_fields.known(request.POST)
    try:
        if action == "discard":
            actions.discard(code, token, author_of(request))
            return redirect("write:edit", code)
        sent = fields | ({"author": request.POST["author"]} if "author" in request.POST else {})
        form = actions.submit(action, code, sent, token, author_of(request))
    except PermissionError:
        raise PermissionDenied(_("You may write drafts of your own. An editor publishes them.")) from None
    except saving.Conflict as conflict:
        if actions.is_done(action, fields, conflict.state):
            return done(request, action, conflict.state.post)
        return in_conflict(request, conflict.state, fields)
    item = item_of(request, request.POST.get("capture", ""))
    if not form.is_valid():
        state = saving.state_of(saving.find(code) or saving.new_post(code, fields["kind"], author_of(request)))
        state.fields.update(fields)
        return editor_page(request, state, 422, form, capture=item)
    written_from(item, code)
    return done(request, action, form.instance)


def in_conflict(request: HttpRequest, state: saving.State, fields: editor_fields.Fields) -> HttpResponse:
    """The page with what was typed, and what is saved beside it. Saving once more puts the one over the other."""
    difference = fields_diff(state.fields, fields)
    state.fields.update(fields)
    return editor_page(request, state, 409, conflict=difference)


def done(request: HttpRequest, action: str, post: Post) -> HttpResponse:
    """A sentence with the post's address, and on to the next page."""
    if post.is_public:
        said: str = format_html(
            '{} <a href="{}">{}</a>', _("It is public:"), post.get_absolute_url(), post.display_title
        )
    elif post.is_scheduled:
        said = _("It goes out at %(time)s.") % {"time": saving.when(post.published)}
    elif author_of(request).can_publish:
        said = _("The draft is saved.")
    else:
        said = _("It is saved. An editor can publish it now.")
    messages.success(request, said)
    if not post.is_draft:
        warn_of_images(request, post)
    if action == "publish-and-new":
        return redirect("write:new", post.kind)
    return redirect("write:front") if action == "publish" else redirect("write:edit", post.code)


def warn_of_images(request: HttpRequest, post: Post) -> None:
    """It is published all the same: that some of its readers miss something is said, with what they miss."""
    if not (left := unreviewed(post)):
        return
    said = ngettext(
        "%(n)s image has no alt text that you looked at:",
        "%(n)s images have no alt text that you looked at:",
        len(left),
    )
    named = {"n": len(left)}
    names = names_for(author_of(request), left)
    address = f"{reverse('images:alt_texts')}?post={post.code}"
    messages.warning(request, format_html('{} <a href="{}">{}</a>', said % named, address, file_names(names)))


@authors_only
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, code: str) -> HttpResponseBase:
    """Asks, then deletes. A post that was changed since the question is asked about again."""
    post = post_of(request, code)
    if request.method == "POST":
        try:
            actions.delete(code, request.POST.get("token", ""), author_of(request))
        except saving.Conflict:
            messages.warning(request, _("It was changed meanwhile. Look at it again."))
            return redirect("write:delete", code)
        messages.success(request, _("“%(title)s” is deleted.") % {"title": post.display_title})
        return redirect("write:front")
    context = {"post": post, "token": saving.state_of(post).token, "page_title": _("Delete")}
    return render(request, "write/delete.html", context)
