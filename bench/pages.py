"""What pages cost as the archive grows: server-side milliseconds and queries per page, at several sizes, on a scratch site.

    make bench            or            python -m bench.pages 1000 10000 100000

The posts are made up and share a vocabulary; every page is asked for through Django's test client, so the figures hold the whole
of middleware, views, SQL and templates, but no network. Medians of 15 requests after 3 to warm up.
"""

import datetime as dt
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

# Published figures of the reference weblog (Django, PostgreSQL, 8,818 / 100,026 posts; one connection, 2 cores of the same kind)
REFERENCE = {
    "home": ("136", "799"),
    "permalink": ("57", "120"),
    "tag": ("119", "268"),
    "tag feed": ("69", "108"),
    "feed": ("79", "132"),
    "month": ("61", "167"),
}
WORDS = (
    "tide",
    "clock",
    "map",
    "bird",
    "ledger",
    "harbour",
    "signal",
    "engine",
    "margin",
    "lantern",
    "copper",
    "bridge",
)
ROUNDS, WARM_UP = 15, 3
POSTS_A_DAY = 4


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [1_000, 10_000, 50_000]
    with tempfile.TemporaryDirectory(prefix="linklog-bench-") as home:
        os.environ["LINKLOG_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "linklog.settings"
        import django

        django.setup()
        from linklog.ops import installation

        installation.prepare()
        results = {size: measure(size) for size in sizes}
        database = Path(home, "linklog.sqlite3")
        print_table(results, database.stat().st_size if database.exists() else 0)


def fill(size: int) -> None:
    """Grow the archive to `size` posts: bulk rows and their index, as an import would leave them."""
    from linklog.core.vendor_sql import writing
    from linklog.posts.models import KINDS, Post, PostTag, Tag
    from linklog.search import index

    chance = random.Random(size)
    tags = {name: Tag.objects.get_or_create(slug=name, defaults={"name": name})[0] for name in WORDS}
    have = Post.objects.count()
    newest = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    kinds = list(KINDS)
    for start in range(have, size, 2000):
        posts = []
        for number in range(start, min(start + 2000, size)):
            kind = kinds[chance.choice([0, 1, 1, 1, 1, 2, 3])]
            text = " ".join(chance.choices(WORDS, k=120))
            published = newest - dt.timedelta(minutes=number * 24 * 60 // POSTS_A_DAY)
            post = KINDS[kind](
                title=f"{text[:30]} {number}", body=text, body_format="text", is_draft=False, published=published
            )
            post.link_url, post.slug = f"https://site{number % 997}.example/{number}", f"post-{number}"
            post.prepare()
            posts.append(post)
        Post.objects.bulk_create(posts, batch_size=500)
        weights = [1 / rank for rank in range(1, len(WORDS) + 1)]
        PostTag.objects.bulk_create(
            [
                PostTag(post=post, tag=tags[name], position=place)
                for post in posts
                for place, name in enumerate(dict.fromkeys(chance.choices(WORDS, weights, k=3)))
            ],
            batch_size=2000,
        )
        with writing():
            index.update(post.pk for post in posts)


def measure(size: int) -> dict[str, tuple[float, int]]:
    """(median milliseconds, queries) per page with `size` posts."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from linklog.posts.models import Post

    fill(size)
    post = Post.objects.published().newest_first()[min(size, 200) // 2]
    client = Client(headers={"host": "localhost"})
    found = {}
    for name, path in {
        "home": "/",
        "permalink": post.get_absolute_url(),
        "tag": "/tags/tide/",
        "two tags": "/tags/tide+clock/",
        "kind": "/blogmarks/",
        "month": "/2026/Oct/",
        "year": "/2026/",
        "tag index": "/tags/",
        "tags' sitemap": "/sitemap-tags.xml",
        "subscribe": "/subscribe/",
        "feed": "/atom/everything/",
        "tag feed": "/tags/tide.atom",
        "sitemap": "/sitemap.xml",
    }.items():
        times = []
        for _round in range(ROUNDS + WARM_UP):
            begin = time.perf_counter()
            response = client.get(path)
            times.append((time.perf_counter() - begin) * 1000)
            assert response.status_code == 200, path
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        found[name] = (statistics.median(times[WARM_UP:]), len(queries))
    return found


def print_table(results: dict[int, dict[str, tuple[float, int]]], size_on_disk: int) -> None:
    sizes = list(results)
    print(
        "Milliseconds per page (queries), one client, in-process"
        + (f"; database {size_on_disk / 2**20:.0f} MB" if size_on_disk else "")
    )
    print(
        f"{'page':<12}"
        + "".join(f"{f'{size:,} posts':>20}" for size in sizes)
        + f"{'reference 8,818':>18}{'reference 100,026':>19}"
    )
    for name in results[sizes[0]]:
        cells = "".join(f"{f'{ms:.1f} ({queries})':>20}" for ms, queries in (results[size][name] for size in sizes))
        small, large = REFERENCE.get(name, ("–", "–"))
        print(f"{name:<12}{cells}{small:>18}{large:>19}")


if __name__ == "__main__":
    main()
