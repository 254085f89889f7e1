"""What the vectors of posts are made of, and the rows they are kept in. A vector is made by `linklog embed`, never within a write:
a post is found by its meaning from then on, and no longer once its text changed.
"""

import hashlib
from collections.abc import Iterable, Sequence

from linklog.core import html
from linklog.core.vendor_sql import writing
from linklog.posts.models import Post
from linklog.search import embedding_models
from linklog.search.models import Change, Embedding

LENGTH = 6_000  # characters: more than a small model's window, less than that of any remote one


def text_of(post: Post) -> str:
    """What a post itself says, and nothing of the pages it links to."""
    body = html.to_text(f"{post.body_html}<p>{post.context_html}</p>")
    return "\n".join(part for part in (post.title, body.strip()) if part)[:LENGTH]


def missing() -> list[int]:
    """The keys of posts, drafts included, that the model in use has not read as they are now; the newest first."""
    read = Embedding.objects.filter(model=embedding_models.name()).values("pk")
    return list(Post.objects.exclude(pk__in=read).order_by("-pk").values_list("pk", flat=True))


def embed(keys: Sequence[int]) -> int:
    """Let the model read these posts. Returns how many of them are embedded now: not those that went or changed meanwhile.

    Raises ModelError. Nobody is kept from writing while the model thinks.
    """
    texts = {post.pk: text_of(post) for post in Post.objects.filter(pk__in=keys).order_by("-pk")}
    said = [key for key, text in texts.items() if text]
    rows = embedding_models.vectors([texts[key] for key in said]) if said else []
    made = dict(zip(said, rows, strict=True))
    with writing():
        same = [post.pk for post in Post.objects.filter(pk__in=texts) if text_of(post) == texts[post.pk]]
        Embedding.objects.bulk_create(
            [
                Embedding(
                    post_id=key,
                    model=embedding_models.name(),
                    digest=_digest(texts[key]),
                    vector=made[key].astype("<f4").tobytes() if key in made else b"",
                )
                for key in same
            ],
            update_conflicts=True,
            unique_fields=["post"],
            update_fields=["model", "digest", "vector"],
        )
        Change.objects.bulk_create([Change(post=key) for key in same])
    return len(same)


def forget_changed(posts: Iterable[Post]) -> None:
    """Drop the vectors of those posts that say something else now. Call it in the transaction of the write."""
    texts = {post.pk: post for post in posts}
    digests = Embedding.objects.filter(pk__in=texts).values_list("pk", "digest")
    changed = [key for key, digest in digests if digest != _digest(text_of(texts[key]))]
    if changed:
        Embedding.objects.filter(pk__in=changed).delete()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
