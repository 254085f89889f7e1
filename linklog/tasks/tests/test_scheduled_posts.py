"""Scheduled posts go out by themselves: on pages, in feeds and in search, of every process that serves the site."""

import datetime as dt
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from conftest import free_port
from linklog.ops.tests.sites import OwnSite

pytestmark = pytest.mark.django_db

WRITE = """
import datetime as dt
from django.utils import timezone
from linklog import publishing
from linklog.posts.models import Note
published = timezone.now() + dt.timedelta(seconds=float(sys.argv[2]))
publishing.save(Note(body=sys.argv[1], is_draft=False, published=published))
print(published.isoformat())
"""
SERVE = """
from django.core.management import call_command
from linklog.core import vendor_sql
vendor_sql.durability_problems = lambda facts: []  # the tests' PostgreSQL has no fsync
call_command('serve', port={port}, workers=2)
"""
AT_MOST = dt.timedelta(seconds=30)
PLACES = ("/", "/atom/everything/", "/search.json?q=tides")


@contextmanager
def served(site: OwnSite) -> Iterator[str]:
    """Its address, while it is served; at the end everything is killed."""
    port = free_port()
    server = site.start(SERVE.format(port=port))
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz", server), 60)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.communicate(timeout=60)


def answers(address: str, server: subprocess.Popen[str]) -> bool:
    assert server.poll() is None
    try:
        return bool(get(address))
    except (URLError, HTTPException, OSError):
        return False


def get(address: str) -> str:
    with urlopen(address, timeout=30) as response:
        return str(response.read().decode())


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def shows(url: str, word: str) -> bool:
    """Whether every process that serves shows it everywhere; which of them answers is chance."""
    return all(word in get(url + place) for place in PLACES for _turn in range(6))


def written(site: OwnSite, body: str, seconds: int) -> dt.datetime:
    """When the note goes out that was written for so many seconds later."""
    return dt.datetime.fromisoformat(site.python(WRITE, body, str(seconds)).strip())


def goes_out(url: str, word: str, since: dt.datetime) -> None:
    latest = since + AT_MOST
    wait_until(lambda: word in get(url + PLACES[-1]), (latest - dt.datetime.now(dt.UTC)).total_seconds())
    wait_until(lambda: shows(url, word), 15)


def test_a_scheduled_post_goes_out_in_time_also_when_the_server_was_down(new_site: Callable[..., OwnSite]) -> None:
    site = new_site(has_static_files=True)
    site.linklog("init")
    with served(site) as url:
        shows(url, "lantern")  # everything was asked for before
        goes_out(url, "lantern", written(site, "tides by lantern", 3))
    published = written(site, "tides by sextant", 1)
    wait_until(lambda: dt.datetime.now(dt.UTC) > published, 5)
    with served(site) as url:
        goes_out(url, "sextant", dt.datetime.now(dt.UTC))
