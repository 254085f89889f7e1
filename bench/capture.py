"""How long it takes from a linked page to the filled form and what was written before, without the linked site's own time.

    python -m bench.capture                    on a scratch site, made of the corpus or of the demo's posts
    python -m bench.capture /srv/blog          on a site that is there: nothing of it stays changed

The page is the article of the tests' own website on this machine. The first reading of a process loads the libraries it needs.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

TIMES = 15


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the reading of a linked page.")
    parser.add_argument("home", nargs="?", help="the folder of a site; a scratch site unless given")
    home = parser.parse_args().home
    with tempfile.TemporaryDirectory(prefix="linklog-bench-") as scratch:
        os.environ["LINKLOG_HOME"] = home or scratch
        os.environ["LINKLOG_FETCH_NETWORKS"], os.environ["LINKLOG_FETCH_PORTS"] = "127.0.0.0/8", "*"
        os.environ["DJANGO_SETTINGS_MODULE"] = "linklog.settings"
        import django

        django.setup()
        if not home:
            from bench.resample import import_originals

            import_originals()
        measure()


def measure() -> None:
    from linklog.capture.markup import Markup
    from linklog.capture.page import Page, read
    from linklog.capture.reading import read_page
    from linklog.posts.models import Post
    from linklog.search import archive
    from tests.website import article, serving

    archive.current()
    linked = Post.objects.published().exclude(link_url="").newest_first().first()
    text = Post.objects.published().of_kind("entry").newest_first().first()
    with serving() as site:
        url = f"{site.url}/article"
        html = article(site.url)
        began = time.perf_counter()
        read_page(url)
        print(
            f"{Post.objects.count():,} posts. First reading of a process: {(time.perf_counter() - began) * 1000:.0f} ms"
        )
        said = "\n".join(f"<p>{part}</p>" for part in (text.body_html if text else "").split("\n"))
        page = Page(url=linked.link_url if linked else url, title=text.title if text else "", text=said)
        author = [person.name for person in linked.credited] if linked else []
        print_row("fetch, read and understand a page", lambda: read_page(url))
        print_row("  of that, understanding it", lambda: read(Markup(html, url)))
        print_row(
            "linked before: page, site, authors, via", lambda: before(page, author, linked.via_url if linked else "")
        )
        print_row("written near it", lambda: near(page))


def before(page: Any, authors: list[str], via: str) -> None:
    from linklog.accounts.models import Role, User
    from linklog.capture.earlier import earlier

    earlier(User(role=Role.OWNER), [page.url], authors, via or "https://friend.example/", "")


def near(page: Any) -> None:
    from linklog.capture.related import related

    related(page, ())


def print_row(name: str, work: Callable[[], object]) -> None:
    taken = []
    for _time in range(TIMES):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    print(f"{name:<42} median {statistics.median(taken):6.1f} ms   longest {max(taken):6.1f} ms")


if __name__ == "__main__":
    main()
