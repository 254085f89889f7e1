"""`linklog init`, `doctor` and `serve`, and what answers while they run."""

import json
import os
import socket
import sqlite3
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.test import Client

from linklog.core import vendor_sql
from linklog.ops import installation, views
from linklog.ops.management.commands import serve
from linklog.ops.tests.sites import OwnSite

pytestmark = pytest.mark.django_db

AGAIN = """
from django.core.management import call_command
from linklog.accounts.models import User
from linklog.posts.models import Note, Post
Note(body='x').save()
User.objects.create_superuser('mira')
call_command('init')
print(Post.objects.count())
"""


def test_init_may_run_any_time(new_site: Callable[..., OwnSite]) -> None:
    site = new_site(has_static_files=True)
    first = json.loads(site.linklog("init", "--json").stdout)
    assert first["home"] == str(site.home)
    assert first["welcome_url"].startswith("http://localhost:8000/welcome/")
    key, stamp = (site.home / "secret-key").read_text(), (site.home / "static" / ".stamp").stat().st_mtime_ns
    assert site.python(AGAIN).endswith("linklog serve\n1\n")
    assert ((site.home / "secret-key").read_text(), (site.home / "static" / ".stamp").stat().st_mtime_ns) == (
        key,
        stamp,
    )
    assert (site.home / "secret-key").stat().st_mode & 0o077 == 0

    doctor = site.linklog("doctor", "--json", expect=0 if vendor_sql.is_sqlite() else 1)
    facts = json.loads(doctor.stdout)
    assert facts["migrations_pending"] == []
    if vendor_sql.is_sqlite():
        expected = {
            "journal_mode": vendor_sql.sqlite_journal_mode(),
            "synchronous": "full",
            "transaction_mode": "immediate",
        }
        assert expected.items() <= facts["database"].items()
        assert facts["database"]["version"] == sqlite3.sqlite_version
        assert facts["problems"] == []
        assert site.home.joinpath("linklog.sqlite3").stat().st_mode & 0o077 == 0
    else:  # the tests' own server answers before the disk does, which doctor must say
        assert facts["database"]["fsync"] == facts["database"]["synchronous_commit"] == "off"
        assert len(facts["problems"]) == 2


def test_a_site_without_tables_is_neither_served_nor_well(new_site: Callable[..., OwnSite]) -> None:
    site = new_site()
    assert "linklog init" in site.linklog("serve", "--port", "1", expect=1).stderr
    assert any(
        "linklog init" in problem
        for problem in json.loads(site.linklog("doctor", "--json", expect=1).stdout)["problems"]
    )


def doctor() -> dict[str, Any]:
    out = StringIO()
    try:
        call_command("doctor", json=True, stdout=out)
        code = 0
    except SystemExit as leaving:
        code = int(str(leaving.code))
    facts: dict[str, Any] = json.loads(out.getvalue())
    assert code == (1 if facts["problems"] else 0)
    return facts


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def test_doctor_names_what_is_wrong(home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = len(doctor()["problems"])
    (home / "secret-key").write_text("x")
    (home / "secret-key").chmod(0o644)
    settings.DEBUG = True
    monkeypatch.setattr(installation, "LOW_DISK_BYTES", 2**80)
    monkeypatch.setattr(installation, "pending_migrations", lambda: ["posts.0002_next"])
    problems = doctor()["problems"]
    assert len(problems) == usual + 4
    for part in ("chmod 600", "LINKLOG_DEBUG", "MB are free", "1 database migrations"):
        assert any(part in problem for problem in problems)


def test_doctor_speaks_to_people_too(home: Path) -> None:
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
        assert "All is well." in out.getvalue()
    except SystemExit:
        assert "Problem: " in out.getvalue()


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """The commands that `serve` would have become."""
    calls: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(os, "execve", lambda program, command, environment: calls.append((command, environment)))
    monkeypatch.setattr(installation, "collect_static", lambda: False)
    monkeypatch.setattr(vendor_sql, "durability_problems", lambda facts: [])
    return calls


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_serve_becomes_the_production_server(served: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINKLOG_URL", raising=False)
    port = free_port()
    call_command("serve", port=port, workers=3, stdout=StringIO())
    monkeypatch.setenv("LINKLOG_URL", "https://blog.example")
    call_command("serve", port=port, stdout=StringIO())
    (command, environment), (_, other) = served
    assert command[command.index("--port") + 1] == str(port)
    assert command[command.index("--workers") + 1] == "3"
    assert "runserver" not in command
    assert environment["LINKLOG_URL"] == f"http://localhost:{port}"
    assert other["LINKLOG_URL"] == "https://blog.example"


def test_serve_has_a_worker_unless_there_are_others(served: list[Any], settings: Any) -> None:
    for has_worker in (True, False):
        settings.LINKLOG_TASKS = has_worker
        call_command("serve", port=free_port(), stdout=StringIO())
    (with_worker, _), (alone, _) = served
    assert "linklog.ops.supervisor" in with_worker
    assert "linklog.ops.supervisor" not in alone


def test_serve_refuses_an_unsafe_database(served: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor_sql, "durability_problems", lambda facts: ["synchronous is off."])
    with pytest.raises(CommandError, match="synchronous is off"):
        call_command("serve", port=free_port())
    assert served == []


def test_serve_says_that_its_port_is_taken(served: list[Any]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not serve.is_free("127.0.0.1", port)
        with pytest.raises(CommandError, match=f"{port} .* in use"):
            call_command("serve", port=port)
    assert served == []


def test_health_is_known_by_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response.headers["Cache-Control"]

    class Broken:
        def cursor(self) -> None:
            raise DatabaseError("gone")

    monkeypatch.setattr(views, "connection", Broken())
    response = client.get("/healthz")
    assert response.status_code == 503
    assert "gone" not in response.content.decode()
