"""The author's front page: where a link begins, and all that waits."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linklog import publishing
from linklog.accounts.access import authors_only
from linklog.capture.models import Capture
from linklog.core import links
from linklog.images import storing
from linklog.posts.models import Person, Post
from linklog.readers import history
from linklog.tasks.models import Job
from linklog.write.desk import desk_of

SHOWN, ALL = 30, 1000


@require_safe
@authors_only
def front(request: HttpRequest) -> HttpResponse:
    """`?all` shows the whole inbox and every draft; `?dismissed=` offers to put that back into the inbox."""
    most = ALL if "all" in request.GET else SHOWN
    user: Any = request.user
    today = timezone.localdate()
    inbox, desk = inbox_of(user, most + 1), desk_of(user, most + 1)
    has_more = max(len(inbox), len(desk.drafts)) > most
    desk.drafts = desk.drafts[:most]
    context = {
        "page_title": _("Write"),
        "inbox": inbox[:most],
        "desk": desk,
        "has_more": has_more,
        "today": today,
        "readers": history.change(today) if user.can_publish else None,
        "held_up": storing.held_up() if user.is_superuser else 0,
        "given_up": Job.objects.failed().count() if user.is_superuser else 0,
        "dismissed": dismissed(user, request.GET.get("dismissed", "")),
    }
    return render(request, "write/front.html", context)


def inbox_of(user: Any, most: int) -> list[Any]:
    """The inbox of `user`; each item knows as `before` the last public post about its page."""
    items: list[Any] = list(Capture.objects.inbox(user)[:most])
    keys = {item.pk: {item.key, links.key(str(item.facts.get("url") or item.url))} for item in items}
    posts = Post.objects.published().filter(link_key__in=set().union(*keys.values())).oldest_first()
    known = {post.link_key: post for post in posts}
    for item in items:
        item.before = next((known[key] for key in keys[item.pk] if key in known), None)
    return items


def dismissed(user: Any, asked: str) -> Capture | None:
    """The item of this key, if it was taken out of the inbox of `user`."""
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return None
    found: Capture | None = Capture.objects.filter(by=user, pk=int(asked), is_kept=False, code="").first()
    return found


@require_POST
@authors_only
def followed_up(request: HttpRequest, code: str) -> HttpResponse:
    """The reminder of a post is done with."""
    post = get_object_or_404(Post, code=code)
    user: Any = request.user
    if not user.may_edit(post):
        raise PermissionDenied
    publishing.followed_up(post)
    return redirect("write:front")


@require_POST
@authors_only
def tag_person(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody credited often gets a tag, on all posts that credit them."""
    user: Any = request.user
    if not user.can_publish:
        raise PermissionDenied
    tag = publishing.tag_person(get_object_or_404(Person, slug=slug), by=user)
    return redirect(tag)
