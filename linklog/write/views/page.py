"""The editor's page, whoever asks for it: what it shows of a post, and which posts and captured pages are the author's to see."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from linklog.accounts.models import User
from linklog.assist import client
from linklog.assist.alt_text import ALT_TEXT
from linklog.capture import known, screenshots
from linklog.capture.given import NAMES as GIVEN
from linklog.capture.models import Capture
from linklog.images.receiving import MAX_CLIP, MAX_IMAGE
from linklog.posts.models import Post
from linklog.posts.models.post import is_code, new_code
from linklog.posts.preview_links import preview_url
from linklog.write import saving
from linklog.write.forms import EditorForm, editor_form

KINDS_BY_USE = ("blogmark", "quotation", "note", "entry")  # the most frequent first
FOLDED = ("published", "slug", "follow_up", "series", "series_position", "language", "card_image", "author")
NOTHING_GIVEN = dict.fromkeys(GIVEN, "")


def editor_page(
    request: HttpRequest, state: saving.State, status: int = 200, form: EditorForm | None = None, **context: Any
) -> HttpResponse:
    """`context` may hold `capture` (the captured page that it is written from), `given` (what came along with a link), `conflict`."""
    post, user = state.post, author_of(request)
    item: Capture | None = context.get("capture")
    facts = {
        "post": post,
        "state": state,
        "saved_at": saving.when(state.saved),
        "code": post.code,
        "kind": state.fields["kind"],
        "kinds": KINDS_BY_USE,
        "form": form or editor_form(post, state.fields, user),
        "more_is_open": form is not None and any(name in form.errors for name in FOLDED),
        "given": given_with(item) if item else NOTHING_GIVEN,
        "can_publish": user.can_publish,
        "secret_link": preview_url(post) if post.pk and not post.is_public else "",
        "most_image": MAX_IMAGE,
        "most_clip": MAX_CLIP,
        "drafts_alt_text": client.available(ALT_TEXT.name),
        "suggests_tags": client.available("tags"),
        "suggests_title": client.available("title"),
        "can_screenshot": screenshots.is_available(),
        "page_title": post.display_title if post.pk else _("New post"),
    }
    return render(request, "write/editor.html", facts | context, status=status)


def author_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def post_of(request: HttpRequest, code: str) -> Post:
    """The post of this code, for its author or an editor; of another's nothing is told."""
    post = saving.find(code)
    if post is None or not author_of(request).may_edit(post):
        raise Http404
    return post


def begun(request: HttpRequest, kind: str) -> saving.State | None:
    """A post that nobody saved yet, of a new code or the one that its editor had before; None where it was saved since."""
    code = request.GET.get("code", "")
    if not is_code(code):
        code = new_code()
    elif saving.find(code):
        return None
    return saving.state_of(saving.new_post(code, kind, author_of(request)))


def item_of(request: HttpRequest, key: str) -> Capture | None:
    """The captured page of this key, if it is the author's own."""
    return known.item_of(author_of(request), key)


def given_with(item: Capture) -> dict[str, str]:
    return {"url": item.url, "title": item.title, "text": item.selection, "via": item.via_url}


def written_from(item: Capture | None, code: str) -> None:
    """A post was written from this page: it leaves the inbox."""
    if item and item.code != code:
        Capture.objects.filter(pk=item.pk).update(code=code)
