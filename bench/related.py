"""How good related posts are, told by the archive itself: how often the post that a later post links to is among the ten most like it.

    python -m bench.related                    on a scratch site, made of the corpus or of the demo's posts
    python -m bench.related /srv/blog          on a site that is there: it is only read
    LINKLOG_EMBEDDING_MODEL=minilm …           with the methods that go by meaning; a scratch site is embedded first

A link in a text from one public post to another is a judgement of its author, which no method is given: none looks at links. Links
are told by date and name, on whatever host, so that those to former addresses count. Another method is a function in METHODS.

The links of odd and of even posts are told apart: what is chosen by one half must hold on the other. On a weblog of 7,147 posts and
180 links the few numbers of `linklog.search.related` (20 key words, a word twice where it stands in title or tags, none that over
1,000 posts or a tenth hold, tags as much as words) were chosen round; to halve or double one moves a half by three links or fewer.
"""

import argparse
import os
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

TOP = 10
_IN_NUMBERS = re.compile(r"^/archive/([0-9]{4})/([0-9]{2})/([0-9]{2})/([^/]+)/?$")

Link = tuple[int, int]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure related posts against the links that authors made.")
    parser.add_argument("home", nargs="?", help="the folder of a site; a scratch site unless given")
    home = parser.parse_args().home
    with tempfile.TemporaryDirectory(prefix="linklog-bench-") as scratch:
        os.environ["LINKLOG_HOME"] = home or scratch
        os.environ["DJANGO_SETTINGS_MODULE"] = "linklog.settings"
        import django

        django.setup()
        if not home:
            from bench.resample import import_originals

            import_originals()
        add_meaning(is_scratch=not home)
        print_table(sorted(set(links())))


def links() -> Iterator[Link]:
    """(from, to): the public posts that link to an earlier one, in their text or as what they are about."""
    from linklog.core import html
    from linklog.posts.models import Post

    posts = list(Post.objects.published().oldest_first())
    earlier: dict[str, int] = {}
    for post in posts:
        for url in (*html.links(post.body_html), *html.links(post.context_html), post.link_url, post.via_url):
            target = earlier.get(address_in(url))
            if target is not None:
                yield post.pk, target
        earlier[post.address] = post.pk


def address_in(url: str) -> str:
    """The address of a post that `url` could be, `2003/Jul/30/python23`, whichever way its date is written; "" for none."""
    from linklog.posts import internal_links
    from linklog.posts.models.post import MONTHS

    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    match = _IN_NUMBERS.match(path)
    if match and 1 <= int(match[2]) <= 12:
        path = f"/{match[1]}/{MONTHS[int(match[2])]}/{int(match[3])}/{match[4]}"
    return internal_links.address_in(path)


# Methods: from the key of a post to those of the posts most like it ----------------------------------------------------------


def lexical(key: int) -> list[int]:
    """What permalinks show: rare words, tags and credits."""
    from linklog.search.models import Document
    from linklog.search.related import related

    return related(key, Document.objects.values_list("key_words", flat=True).get(pk=key), TOP)


def shared_tags(key: int) -> list[int]:
    """Those with the most tags in common."""
    from linklog.search import archive as archives
    from linklog.search.archive import keys_of

    archive = archives.current()
    shared: Counter[int] = Counter()
    for tag in archive.tag.of(key):
        shared.update(keys_of(archive.having("tag", tag) & archive.public).tolist())
    del shared[key]
    return sorted(shared, key=lambda other: (-shared[other], -other))[:TOP]


def by_chance(key: int) -> list[int]:
    from linklog.search import archive as archives

    return random.Random(key).sample(list(archives.current().public), TOP)


METHODS: dict[str, Callable[[int], list[int]]] = {
    "lexical": lexical,
    "tags only": shared_tags,
    "by chance": by_chance,
}


def semantic(key: int) -> list[int]:
    """Those most like it in meaning."""
    from linklog.search.similarity import similar_to

    return similar_to(key, TOP)


def fused(key: int) -> list[int]:
    """What permalinks show where a model is named: rare words, tags, credits and meaning."""
    from linklog.search.models import Document
    from linklog.search.related import related
    from linklog.search.similarity import DEPTH, related_by_both

    key_words = Document.objects.values_list("key_words", flat=True).get(pk=key)
    return related_by_both(related(key, key_words, DEPTH), key, TOP)


def add_meaning(is_scratch: bool) -> None:
    """The methods that ask an embedding model, where one is named."""
    from django.core.management import call_command

    from linklog.search import embedding_models

    if embedding_models.name():
        METHODS.update(semantic=semantic, fused=fused)
        if is_scratch:
            call_command("embed")


# The table -----------------------------------------------------------------------------------------------------------------


def print_table(found: list[Link]) -> None:
    if not found:
        print("No post here links to another, so there is nothing to measure by.")
        return
    halves = [[link for link in found if link[0] % 2 == half] for half in (0, 1)]
    print(f"{len(found)} links to earlier posts, from {len({link[0] for link in found})} posts.")
    print(
        f"{'found in the first 10':<24}{'all':>16}{'even posts':>16}{'odd posts':>16}{'mean 1/rank':>13}{'median ms':>11}"
    )
    for name, method in METHODS.items():
        nearest, milliseconds = answers(method, sorted({link[0] for link in found}))
        cells = [share(nearest, part) for part in (found, *halves)]
        print(
            f"{name:<24}{''.join(f'{cell:>16}' for cell in cells)}{mean_rank(nearest, found):>13.2f}{milliseconds:>11.1f}"
        )


def answers(method: Callable[[int], list[int]], keys: list[int]) -> tuple[dict[int, list[int]], float]:
    """What `method` says of each post, and the median of the milliseconds it took."""
    times, nearest = [], {}
    for key in keys:
        began = time.perf_counter()
        nearest[key] = method(key)
        times.append((time.perf_counter() - began) * 1000)
    return nearest, statistics.median(times)


def share(nearest: dict[int, list[int]], links: list[Link]) -> str:
    hits = sum(target in nearest[source] for source, target in links)
    return f"{hits} = {hits / len(links):.1%}" if links else "–"


def mean_rank(nearest: dict[int, list[int]], links: list[Link]) -> float:
    """The mean over all links of one over the place of what is linked, 0 where it is not among the first."""
    return statistics.mean(
        1 / (nearest[source].index(target) + 1) if target in nearest[source] else 0 for source, target in links
    )


if __name__ == "__main__":
    main()
