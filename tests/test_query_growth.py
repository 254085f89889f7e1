"""Pages cost the same number of queries however long the archive, and no more than their budget."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linklog import publishing
from linklog.core import vendor_sql
from linklog.pages.models import Page
from linklog.posts.models import Post, Series
from linklog.search import archive as archives
from tests.builders import make_archive
from tests.public_urls import paths_around

pytestmark = pytest.mark.django_db

QueryCounter = Callable[[], AbstractContextManager[CaptureQueriesContext]]

BUDGET = {
    "posts:home": 5,
    "posts:permalink": 6,
    "posts:random": 2,
    "posts:random_tagged": 3,
    "posts:tags": 3,
    "posts:people": 3,
    "posts:series_index": 3,
    "posts:entries": 6,
    "posts:blogmarks": 6,
    "posts:quotations": 6,
    "posts:notes": 6,
    "posts:year": 3,
    "feeds:feed": 4,
    "feeds:tag": 6,
    "feeds:series": 6,
    "feeds:person": 6,
    "search:page": 12,
    "search:json": 12,
    "feeds:search": 12,
    "pages:page": 12,
    "feeds:subscribe": 4,
    "feeds:opml": 4,
    "feeds:sitemap": 3,
    "feeds:sitemap_part": 3,
}
DEFAULT_BUDGET = 7
# On PostgreSQL a time limit is one of a transaction, which is begun for it and ended with it
_OF_A_TIME_LIMIT = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


def queries_by_path(client: Client, post: Post) -> dict[tuple[str, str], list[str]]:
    """The SQL of each address around `post`, once the process has read what it keeps in memory."""
    found = {}
    archives.current()
    for name, paths in paths_around(post).items():
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code in (200, 301, 302), path
            found[name, path] = [sql for query in queries if not is_of_a_time_limit(sql := query["sql"])]
    return found


def is_of_a_time_limit(sql: str) -> bool:
    return "statement_timeout" in sql or (not vendor_sql.is_sqlite() and sql.startswith(_OF_A_TIME_LIMIT))


def test_every_page_costs_as_many_queries_with_twenty_posts_as_with_ten(client: Client) -> None:
    series = Series.objects.create(name="Tides")
    Page.objects.create(slug="about", title="About", body="Here.", search="tag=tides")
    post = make_archive(10, series)[4]
    few = {key: len(sql) for key, sql in queries_by_path(client, post).items()}
    for one in Post.objects.all():
        publishing.delete(one)
    post = make_archive(20, series)[4]
    many = queries_by_path(client, post)
    assert {name: count for (name, _path), count in few.items()} == {
        name: len(sql) for (name, _path), sql in many.items()
    }
    over = {path: sql for (name, path), sql in many.items() if len(sql) > BUDGET.get(name, DEFAULT_BUDGET)}
    assert not over


@pytest.mark.django_db(transaction=True)
def test_no_page_that_is_read_begins_a_transaction_or_writes(client: Client) -> None:
    """With transaction_mode IMMEDIATE a BEGIN takes SQLite's write lock: readers would queue behind each other."""
    Page.objects.create(slug="about", title="About", body="Here.", search="tag=tides")
    post = make_archive(8, Series.objects.create(name="Tides"))[4]
    for (_name, path), sql in queries_by_path(client, post).items():
        assert all(query.lstrip("( \n").upper().startswith("SELECT") for query in sql), (path, sql)


@pytest.mark.django_db(transaction=True)
def test_the_test_above_would_see_a_transaction(client: Client) -> None:
    from django.db import transaction

    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        Post.objects.count()
    assert not all(query["sql"].upper().startswith("SELECT") for query in queries)
