"""The social card of a post."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from linklog.posts import cards
from linklog.posts.models import Post
from linklog.site.models import Site

FOREVER = "public, max-age=31536000, immutable"


def card(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The card under its present address; a former one leads there."""
    post = get_object_or_404(Post.objects.published().with_parts(), code=code)
    path = cards.kept(code, key)
    if not path.exists():
        blog = Site.load()
        if cards.url_of(post, blog) != request.path:
            return HttpResponseRedirect(cards.url_of(post, blog))
        path = cards.file_of(post, blog)
    return HttpResponse(path.read_bytes(), content_type="image/png", headers={"Cache-Control": FOREVER})
