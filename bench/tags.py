"""How good suggested tags are, told by the archive itself: the tags of 500 posts are hidden, and guessed from what the author knew then.

    python -m bench.tags                 on a scratch site, made of the corpus or of the demo's posts
    python -m bench.tags /srv/blog       on a site that is there: it is only read

Each post is guessed twice: from the posts that are older than it, as when it was written, and from all others. precision@5 is the
share of five suggestions that the author had given, recall@5 the share of what the author had given that is among five. `--tune` takes
another 500 posts: by those the weights were chosen, so that the first 500 tell how it does on posts that had no part in it. A tag that
no other post carries cannot be suggested from the archive; the last line says what guessing everything else right would give.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

POSTS, TOP, SEED = 500, 5, 2002
Guess = Callable[["Case"], list[str]]


@dataclass(frozen=True)
class Case:
    """A post whose tags are hidden, and the posts that may be learnt from."""

    post: Any
    text: str
    among: Any

    @property
    def tags(self) -> list[str]:
        return [tag.name for tag in self.post.tag_list]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure suggested tags against those that authors gave.")
    parser.add_argument("home", nargs="?", help="the folder of a site; a scratch site unless given")
    parser.add_argument("--tune", action="store_true", help="of other posts, to choose by")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="linklog-bench-") as scratch:
        os.environ["LINKLOG_HOME"] = arguments.home or scratch
        os.environ["DJANGO_SETTINGS_MODULE"] = "linklog.settings"
        import django

        django.setup()
        if not arguments.home:
            from bench.resample import import_originals

            import_originals()
        posts = chosen(arguments.tune)
        print(f"{len(posts)} posts with {sum(len(post.tag_list) for post in posts):,} tags.")
        for heading, cases in (("from older posts", older(posts)), ("from all other posts", others(posts))):
            print_table(heading, cases)


def chosen(is_tuning: bool) -> list[Any]:
    """Public posts with tags, drawn with a fixed seed: the first 500, or the next."""
    from linklog.posts.models import Post

    keys = list(
        Post.objects.published().filter(post_tags__isnull=False).distinct().order_by("pk").values_list("pk", flat=True)
    )
    drawn = random.Random(SEED).sample(keys, min(len(keys), 2 * POSTS))
    half = drawn[POSTS:] if is_tuning else drawn[:POSTS]
    return list(Post.objects.filter(pk__in=half).with_parts())


def older(posts: list[Any]) -> list[Case]:
    from linklog.search import archive as archives
    from linklog.search.archive import bitmap_of, keys_of

    archive = archives.current()
    public = keys_of(archive.public)
    return [
        case(post, bitmap_of(public[archive.published[public] < int(post.published.timestamp())])) for post in posts
    ]


def others(posts: list[Any]) -> list[Case]:
    from pyroaring import BitMap

    from linklog.search import archive as archives

    return [case(post, archives.current().public - BitMap([post.pk])) for post in posts]


def case(post: Any, among: Any) -> Case:
    from linklog.core import html

    return Case(post, html.to_text(post.body_html), among)


# Methods: from a case to names of tags, the best first ------------------------------------------------------------------------


def suggested(case: Case) -> list[str]:
    """What the editor shows."""
    from linklog.search.tag_suggestions import Subject, suggest

    people = [person.name for person in case.post.credited]
    subject = Subject(case.post.title, case.text, case.post.link_url, people)
    return [name for name, _reason in suggest(subject, TOP, case.among)]


def most_used(case: Case) -> list[str]:
    """The same five for every post: those on most of the others."""
    return [name for name, _n in counted(case).most_common(TOP)]


def in_title(case: Case) -> list[str]:
    """Tags whose name stands in the title, or is a run of its words without spaces; the most used first."""
    from linklog.search.tag_suggestions import runs_of

    runs, used = runs_of(case.post.title), counted(case)
    return [name for name, _n in used.most_common() if name.lower() in runs][:TOP]


def possible(case: Case) -> list[str]:
    """What can be right: the hidden tags that another post carries."""
    used = counted(case)
    return [name for name in case.tags if used[name]][:TOP]


METHODS: dict[str, Guess] = {
    "suggested": suggested,
    "most used tags": most_used,
    "names in the title": in_title,
    "the most possible": possible,
}


def counted(case: Case) -> "Counter[str]":
    """How many of the posts that may be learnt from carry each tag."""
    from linklog.search import archive as archives
    from linklog.search.archive import keys_of

    counts = archives.current().counts("tag", keys_of(case.among))
    return Counter({name: int(counts[key]) for key, name in names().items() if key < len(counts) and counts[key]})


def names() -> dict[int, str]:
    from linklog.posts.models import Tag
    from linklog.search import archive as archives

    return archives.current().once("bench names", lambda: dict(Tag.objects.order_by("name").values_list("pk", "name")))


# The table -----------------------------------------------------------------------------------------------------------------


def print_table(heading: str, cases: list[Case]) -> None:
    print(f"\n{heading:<24}{'precision@5':>13}{'recall@5':>10}{'median ms':>11}{'p95 ms':>9}")
    for name, method in METHODS.items():
        precision, recall, times = [], [], []
        for one in cases:
            began = time.perf_counter()
            guessed = method(one)
            times.append((time.perf_counter() - began) * 1000)
            right = len(set(guessed) & set(one.tags))
            precision.append(right / TOP)
            recall.append(right / len(one.tags))
        spent = f"{statistics.median(times):>11.1f}{statistics.quantiles(times, n=20)[-1]:>9.1f}"
        print(f"{name:<24}{statistics.mean(precision):>13.3f}{statistics.mean(recall):>10.3f}{spent}")


if __name__ == "__main__":
    main()
