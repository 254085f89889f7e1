"""One post: its page, its short address, its Markdown, and the secret preview of a draft."""

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.html import escape
from django.views.decorators.cache import never_cache

from linklog.posts import front_matter, preview_links
from linklog.posts.models import Post
from linklog.posts.models.post import MONTHS
from linklog.posts.surroundings import ALIKE, surroundings
from linklog.posts.views.archive import date_of, moved
from linklog.search.related import related, with_key_words
from linklog.search.similarity import DEPTH, related_by_both


def permalink(request: HttpRequest, year: str, month: str, day: str, slug: str) -> HttpResponse:
    date = date_of(year, month, day)
    if (month, day) != (MONTHS[date.month], str(date.day)):
        return moved(request, "posts:permalink", year, MONTHS[date.month], date.day, slug)
    post = get_object_or_404(with_key_words(Post.objects.published().with_tags()), day=date, slug=slug)
    alike = related_by_both(related(post.pk, post.key_words or (), DEPTH), post.pk, ALIKE)
    return render(request, "posts/permalink.html", {"post": post, **vars(surroundings(post, alike))})


def short(request: HttpRequest, code: str) -> HttpResponse:
    post = get_object_or_404(Post.objects.published(), code=code)
    return HttpResponsePermanentRedirect(post.get_absolute_url())


def markdown(request: HttpRequest, year: str, month: str, day: str, slug: str) -> HttpResponse:
    """The post as Markdown with front matter, as text that browsers show."""
    date = date_of(year, month, day)
    posts = Post.objects.published().on_day(date)
    post = posts.with_parts().filter(slug=slug).first()
    if post is None:
        whole = get_object_or_404(posts, slug=f"{slug}.md")  # a slug of an old site may itself end so
        return HttpResponsePermanentRedirect(whole.get_absolute_url())
    if (month, day) != (MONTHS[date.month], str(date.day)):
        return moved(request, "posts:markdown", year, MONTHS[date.month], date.day, slug)
    response = HttpResponse(front_matter.document(post), content_type="text/markdown; charset=utf-8")
    response["Link"] = f'<{escape(post.absolute_url)}>; rel="canonical"'
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """A draft, for who holds its secret link; past its days it is gone like any unknown address."""
    try:
        pk = preview_links.read(token, max_age_days=settings.LINKLOG_PREVIEW_DAYS)
    except signing.BadSignature:
        raise Http404 from None
    post = get_object_or_404(Post.objects.with_parts(), pk=pk)
    if post.is_public:
        return HttpResponsePermanentRedirect(post.get_absolute_url())
    response = render(request, "posts/permalink.html", {"post": post, "is_preview": True})
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
