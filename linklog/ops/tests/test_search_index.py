"""What runs an installation sees to it that search knows every post: after an upgrade, after a restore, while it is served."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from linklog.ops.tests.sites import OwnSite
from linklog.ops.tests.test_installation import free_port

pytestmark = pytest.mark.django_db

WRITE = """
from linklog import publishing
from linklog.posts.models import Note
for body in sys.argv[1:]:
    publishing.save(Note(body=body, is_draft=False))
"""
OLDER_RULES = "from linklog.search.models import Document; Document.objects.update(analyser='0 en')"
LOSE = "from linklog.search.models import Document; Document.objects.all().delete()"
FIND = """
from linklog.search.engine import search
from linklog.search.request import Request
print(search(Request(sys.argv[1])).total)
"""
WARM = """
import threading
from django.db.backends.signals import connection_created
made = []
connection_created.connect(lambda connection, **others: made.append(connection), weak=False)
import linklog.wsgi
for thread in threading.enumerate():
    if thread.name == 'search-archive':
        thread.join()
if os.fork() == 0:  # as a server that forks its workers
    from linklog.search import archive
    print(len(archive._current.known), [connection.connection for connection in made], flush=True)
    os._exit(0)
os.wait()
"""
WATCH = """
from linklog.search import archive
from django.core.management import call_command
before = len(archive.current().public)
call_command('restore', sys.argv[1], yes=True)
print(before, len(archive.current().public), archive.current().month.max())
"""


def site_with(make: Callable[..., OwnSite], *bodies: str) -> OwnSite:
    site = make()
    site.linklog("init")
    site.python(WRITE, *bodies)
    return site


def not_indexed(site: OwnSite) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "linklog", "doctor", "--json"],
        env=site.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    facts = json.loads(done.stdout)
    told = [problem for problem in facts["problems"] if "linklog reindex" in problem]
    assert len(told) == (1 if facts["posts_not_indexed"] else 0)
    return int(facts["posts_not_indexed"])


def test_init_indexes_what_an_upgrade_left_and_says_so(new_site: Callable[..., OwnSite]) -> None:
    site = site_with(new_site, "brass clocks", "tide tables")
    assert not_indexed(site) == 0
    assert site.linklog("init").stderr == ""
    site.python(OLDER_RULES)
    assert not_indexed(site) == 2
    assert "Indexing 2 posts" in site.linklog("init").stderr
    assert not_indexed(site) == 0


def test_a_site_is_served_while_it_is_indexed(new_site: Callable[..., OwnSite]) -> None:
    site = site_with(new_site, "brass clocks")
    site.python(LOSE)
    safe = "from linklog.core import vendor_sql; vendor_sql.durability_problems = lambda facts: []; "  # the tests' PostgreSQL has no fsync
    serve = f"from django.core.management import call_command; call_command('serve', port={free_port()}, workers=1)"
    server = site.start(safe + serve)
    try:
        deadline = time.monotonic() + 60
        while not_indexed(site) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert not_indexed(site) == 0
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    assert site.python(FIND, "clock") == "1\n"


def test_a_backup_without_a_search_index_is_restored_with_one(new_site: Callable[..., OwnSite], tmp_path: Path) -> None:
    """As one of an earlier version is, which has no such tables, over a site that has them."""
    site = site_with(new_site, "brass clocks")
    site.linklog("migrate", "search", "zero")
    site.linklog("backup", tmp_path / "older")
    site.linklog("init")
    site.python(WRITE, "since then")
    assert "Indexing 1 posts" in site.linklog("restore", tmp_path / "older", "--yes").stderr
    assert not_indexed(site) == 0
    assert [site.python(FIND, text) for text in ('"brass clocks"', "since")] == ["1\n", "0\n"]


def test_a_process_that_holds_another_sites_facts_reads_them_anew(
    new_site: Callable[..., OwnSite], tmp_path: Path
) -> None:
    """The two sites were written alike, so that their changes have the same numbers and name the same posts."""
    old = "from linklog.posts.models import Note; import datetime as dt; from linklog import publishing; "
    old += "publishing.save(Note(body='x', is_draft=False, published=dt.datetime(2004, 2, 1, tzinfo=dt.UTC)))"
    site, other = new_site(), site_with(new_site, "new")
    site.linklog("init")
    site.python(old)
    site.linklog("backup", tmp_path / "old")
    assert other.python(WATCH, tmp_path / "old").splitlines()[-1] == f"1 1 {2004 * 12 + 1}"


def test_a_worker_reads_the_archive_before_the_first_search_and_keeps_no_connection(
    new_site: Callable[..., OwnSite],
) -> None:
    site, empty = site_with(new_site, "brass clocks", "tide tables"), new_site()
    assert site.python(WARM) == "2 [None]\n"
    assert empty.python(WARM).startswith("0 ")  # a database without tables stops nothing
