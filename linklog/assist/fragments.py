"""Public posts as documents for a language model that somebody asks on the command line."""

from dataclasses import dataclass

from django.http import QueryDict

from linklog.posts.front_matter import document
from linklog.posts.models import Post, Tag
from linklog.posts.querysets import PostQuerySet
from linklog.search.engine import search
from linklog.search.request import BadRequest, read
from linklog.search.results import posts_of

MAX_CHARACTERS = 200_000  # of all documents together: about 50,000 tokens
LATEST = 20  # posts
FORMS = "tag/NAME, post/CODE, search/QUERY or latest"


@dataclass(frozen=True)
class Found:
    """(address, Markdown) of each post, the most fitting first, and what is to be said of those left out."""

    documents: list[tuple[str, str]]
    note: str = ""


def find(argument: str) -> Found:
    """What stands behind `linklog:`. Raises ValueError, with a sentence, where there is nothing."""
    form, _slash, name = argument.partition("/")
    name = name.strip("/ ")
    if form == "latest" and not name:
        return _fitting(Post.objects.published().with_parts().newest_first()[:LATEST])
    if form not in SOURCES or not name:
        raise ValueError(f"linklog:{argument} is none of {FORMS}")
    return SOURCES[form](name)


def _of_tag(name: str) -> Found:
    tag = Tag.objects.filter(slug=name).first() or Tag.objects.filter(name=name).first()
    posts = Post.objects.published().tagged(tag.slug).newest_first() if tag else Post.objects.none()
    return _fitting(_or_none(posts.with_parts(), f"no public post has the tag {name}"))


def _of_code(code: str) -> Found:
    posts = Post.objects.published().filter(code=code).with_parts()
    return _fitting(_or_none(posts, f"there is no public post {code}"))


def _of_search(query: str) -> Found:
    asked = QueryDict(mutable=True)
    asked["q"] = query
    try:
        posts = posts_of(search(read(asked)))
    except BadRequest as error:
        raise ValueError(str(error)) from None
    keys = [post.pk for post in posts]  # a list of results lacks the posts' sources
    found = Post.objects.published().with_parts().in_bulk(keys)
    return _fitting(_or_none([found[key] for key in keys if key in found], f"no public post is found by {query}"))


SOURCES = {"tag": _of_tag, "post": _of_code, "search": _of_search}


def _or_none(posts: PostQuerySet | list[Post], sentence: str) -> PostQuerySet | list[Post]:
    if not posts:
        raise ValueError(sentence)
    return posts


def _fitting(posts: PostQuerySet | list[Post]) -> Found:
    """The first of `posts` that are short enough together; of one that is longer alone, its beginning."""
    documents: list[tuple[str, str]] = []
    left = MAX_CHARACTERS
    for post in posts:
        text = document(post)
        if len(text) > left and documents:
            break
        documents.append((post.absolute_url, text[:left]))
        left -= len(text)
    kept, known = len(documents), len(posts)
    limit = f"{MAX_CHARACTERS:,} characters at most."
    note = f"{kept} of {known} posts: all of them would be longer than {limit}" if kept < known else ""
    return Found(documents, note or (f"The beginning of a long post: {limit}" if left < 0 else ""))
