"""A run that is killed at any moment and started again ends with the same posts once, each with all that hangs on it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from linklog.importers.tests.feeds import HOME, json_feed, json_item

pytestmark = pytest.mark.long
POSTS = 4000


def feed() -> str:
    items = [
        json_item(
            number % 28 + 1,
            id=f"{HOME}/archives/{number}.html",
            url=f"{HOME}/archives/{number}.html",
            tags=["tides", f"tag-{number}"],
            _linklog={"kind": "entry", "credits": [{"name": f"Person {number}"}]},
        )
        for number in range(POSTS)
    ]
    return json_feed(*items)


def test_a_run_killed_again_and_again_ends_with_every_post_once(tmp_path: Path) -> None:
    (tmp_path / "feed.json").write_text(feed())
    environment = {**os.environ, "LINKLOG_HOME": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    linklog = [sys.executable, "-m", "linklog"]
    subprocess.run([*linklog, "migrate", "-v0"], env=environment, check=True)
    command = [*linklog, "import", str(tmp_path / "feed.json"), "--json"]
    kills, delay = 0, 0.8
    while True:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills, delay = kills + 1, delay * 1.15
    assert kills >= 5
    out, _err = process.communicate()
    assert json.loads(out)["skipped"] == []
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"new": 0, "updated": 0, "unchanged": POSTS, "skipped": [], "renamed": []}
    with sqlite3.connect(tmp_path / "linklog.sqlite3") as database:
        for table, count in (
            ("posts_post", POSTS), ("posts_posttag", 2 * POSTS), ("posts_credit", POSTS), ("posts_tag", POSTS + 1),
            ("posts_person", POSTS), ("pages_redirect", POSTS), ("posts_revision", 0),
        ):  # fmt: skip
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == count, table
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    database.close()
