"""Images without alt text, or with a draft that nobody looked at, one after the other: each with its post and a field."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linklog.accounts.access import authors_only
from linklog.assist import client
from linklog.assist.alt_text import ALT_TEXT
from linklog.core.xml import strip_illegal
from linklog.images import describing
from linklog.images.models import MAX_ALT
from linklog.images.views.library import user_of
from linklog.posts.models import Post
from linklog.posts.paging import page_of

PAGE_SIZE, MOST_DRAFTS = 10, 50


@authors_only
@require_http_methods(["GET", "HEAD", "POST"])
def alt_texts(request: HttpRequest) -> HttpResponse:
    """`?post=` shows the images of one post alone, which may be a draft."""
    if request.method == "POST":
        return _described(request)
    if code := request.GET.get("post", ""):
        post = _post_of(request, code)
        if post is None:
            raise Http404
        posts, next_query = [post], ""
    elif not user_of(request).can_publish:  # drafts, which have no date to page by
        posts, next_query = list(describing.posts_wanting(user_of(request)).newest_first()[:MOST_DRAFTS]), ""
    else:
        page = page_of(request, describing.posts_wanting(user_of(request)), PAGE_SIZE)
        posts, next_query = page.posts, page.next_query
    context = {
        "found": describing.wanting(posts),
        "code": code,
        "most": MAX_ALT,
        "drafts_alt_text": client.available(ALT_TEXT.name),
        "next_query": next_query,
        "before": request.GET.get("before", ""),
        "page_title": _("Images without alt text"),
    }
    return render(request, "images/alt_texts.html", context)


def _post_of(request: HttpRequest, code: str) -> Post | None:
    post = Post.objects.filter(code=code).first()
    return post if post and user_of(request).may_edit(post) else None


def _described(request: HttpRequest) -> HttpResponse:
    post, src = _post_of(request, request.POST.get("of", "")), request.POST.get("src", "")
    alt = " ".join(strip_illegal(request.POST.get("alt", "")).split())[:MAX_ALT]
    try:
        if post is None:
            messages.error(request, _("This post is not yours to write, or is gone."))
        elif request.POST.get("action") == "decorative":
            describing.call_decorative(post, src, user_of(request))
            messages.success(request, _("It counts as decorative: readers who do not see it miss nothing."))
        elif alt:
            describing.describe(post, src, alt, user_of(request))
            messages.success(request, _("Described: %(alt)s") % {"alt": alt})
        else:
            messages.error(request, _("Write what it shows, or say that it is decorative."))
    except describing.CannotDescribe as problem:
        messages.error(request, str(problem))
    kept = {name: value for name in ("post", "before") if (value := request.POST.get(name, ""))}
    return redirect(f"{reverse('images:alt_texts')}{'?' if kept else ''}{urlencode(kept)}")
