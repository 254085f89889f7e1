"""Secret links to posts that are not public: signed, and good for some days."""

import datetime as dt

from django.core import signing
from django.urls import reverse

from linklog.posts.models import Post

_SALT = "linklog.preview"


def preview_url(post: Post) -> str:
    """A new secret address of `post`, from now on."""
    return reverse("posts:preview", args=[signing.dumps(post.pk, salt=_SALT)])


def read(token: str, max_age_days: int) -> int:
    """The post's pk; raises signing.BadSignature for a token that is forged or too old."""
    pk = signing.loads(token, salt=_SALT, max_age=dt.timedelta(days=max_age_days))
    return int(pk)
