"""Many writers at once: each gets its turn, none is told that the database is locked."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connections

from linklog.core import vendor_sql
from linklog.posts.models import Person, Post
from tests.builders import make_post

WRITERS, SAVES = 6, 5

LOOP = """
import django, sys, time
django.setup()
from linklog import publishing
from linklog.posts.models import Note
end = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    publishing.save(Note(body="words", is_draft=False, slug="same"), tags=["tides"], people=["Ada Bell"])
    sys.stdout.write("saved\\n")
"""


@pytest.mark.django_db(transaction=True)
def test_posts_saved_at_once_under_one_title_all_get_an_address() -> None:
    """Also on a site that has no row yet, and with a person whom all of them are first to credit."""
    writers = 1 if vendor_sql.is_sqlite() and vendor_sql.is_in_memory() else WRITERS  # the next test is SQLite's
    errors: list[BaseException] = []

    def write() -> None:
        try:
            for _turn in range(SAVES):
                make_post("note", slug="same", people=["Ada Bell"])
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Post.objects.values("slug").distinct().count() == writers * SAVES
    assert Person.objects.count() == 1


@pytest.mark.parametrize(("number", "seconds"), [(6, 2), pytest.param(20, 30, marks=pytest.mark.long)])
def test_processes_write_to_sqlite_for_a_while_and_none_is_refused(tmp_path: Path, number: int, seconds: int) -> None:
    environment = {**os.environ, "LINKLOG_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "linklog.settings"}
    environment.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "-m", "linklog", "init"], env=environment, check=True, capture_output=True)
    command = [sys.executable, "-c", LOOP, str(tmp_path), str(seconds)]
    writers = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _writer in range(number)
    ]
    results = [writer.communicate() for writer in writers]
    assert [errors for _saved, errors in results if errors] == []
    saved = [output.count("saved") for output, _errors in results]
    assert min(saved) > 0
    count = "from linklog.posts.models import Post; print(Post.objects.count())"
    shell = [sys.executable, "-m", "linklog", "shell", "--verbosity", "0", "-c", count]
    total = subprocess.run(shell, env=environment, check=True, capture_output=True, text=True).stdout
    assert int(total) == sum(saved)
