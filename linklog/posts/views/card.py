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
    blog = Site.load()
    if (present := cards.url_of(post, blog)) != request.path:
        return HttpResponseRedirect(present)
    return HttpResponse(
        cards.file_of(post, blog).read_bytes(), content_type="image/png", headers={"Cache-Control": FOREVER}
    )
