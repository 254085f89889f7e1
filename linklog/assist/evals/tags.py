"""Tags: those that the author gave are hidden, and guessed from what was public before, as when the post was written."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyroaring import BitMap

from linklog.assist import tagging
from linklog.assist.evals import scoring
from linklog.assist.evals.contract import Case, Evaluation, drawn
from linklog.core import html
from linklog.posts.forms import tag_token
from linklog.posts.models import Post
from linklog.search import archive as archives
from linklog.search.archive import bitmap_of, keys_of
from linklog.search.tag_suggestions import Subject, most_used, of_nearest, suggest

TOP = 5


@dataclass(frozen=True)
class Hints:
    subject: Subject
    older: BitMap  # the posts that were public before
    vocabulary: list[str]


def cases(number: int, seed: int) -> list[Case]:
    """Those among the posts drawn that there was any tag for when they were written."""
    tagged = Post.objects.published().filter(post_tags__isnull=False).distinct().order_by("pk")
    keys = drawn(list(tagged.values_list("pk", flat=True)), number, seed)
    found = [_case(post) for post in Post.objects.filter(pk__in=keys).with_parts().oldest_first()]
    return [case for case in found if case.hints.vocabulary]


def _case(post: Post) -> Case:
    archive = archives.current()
    public = keys_of(archive.public)
    assert post.published
    older = bitmap_of(public[archive.published[public] < int(post.published.timestamp())])
    people = [person.name for person in post.credited]
    subject = Subject(post.title, html.to_text(post.body_html), post.link_url, people)
    vocabulary = tagging.vocabulary(subject, older)
    values = tagging.values(vocabulary, subject.title, subject.text)
    return Case(post.code, [tag_token(tag) for tag in post.tag_list], values, Hints(subject, older, vocabulary))


def _perfect(case: Case) -> Sequence[str]:
    """What nobody can do better who chooses from the vocabulary."""
    return [name for name in case.truth if name in case.hints.vocabulary]


TAGS = Evaluation(
    name="tags",
    task_name="tags",
    measures=("F1", "precision", "recall"),
    cases=cases,
    baselines={
        "most-used": lambda case: most_used(TOP, case.hints.older),
        "nearest": lambda case: of_nearest(case.hints.subject, TOP, case.hints.older),
        "suggested": lambda case: [name for name, _why in suggest(case.hints.subject, TOP, case.hints.older)],
        "perfect": _perfect,
    },
    score=scoring.of_tags,
    task=lambda case: tagging.tags_of(case.hints.vocabulary),
)
