"""Whole sites of their own for tests: a LINKLOG_HOME and a database, worked on by the `linklog` command in other processes."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from linklog.core import vendor_sql
from linklog.ops import installation

PROGRAM = "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'linklog.settings'; django.setup(); "


@dataclass(frozen=True)
class OwnSite:
    """`linklog` runs a command there, `python` a program with Django set up."""

    home: Path
    environment: dict[str, str]

    def linklog(self, *arguments: str | Path, expect: int = 0) -> subprocess.CompletedProcess[str]:
        return self._finish([sys.executable, "-m", "linklog", *map(str, arguments)], expect)

    def python(self, program: str, *arguments: str | Path, expect: int = 0) -> str:
        return self._finish([sys.executable, "-c", PROGRAM + program, *map(str, arguments)], expect).stdout

    def start(self, program: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM + program], env=self.environment, stdout=subprocess.PIPE, text=True
        )

    def _finish(self, command: list[str], expect: int) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == expect, done.stdout + done.stderr
        return done


@pytest.fixture
def new_site(tmp_path: Path, transactional_db: Any) -> Iterator[Callable[..., OwnSite]]:
    """Makes a site of the database kind that the tests run on; its PostgreSQL database is dropped at the end."""
    names: list[str] = []

    def make(has_static_files: bool = False) -> OwnSite:
        name = f"site_{uuid.uuid4().hex[:12]}"
        if not has_static_files:  # gathering and compressing them takes longer than all the rest
            (tmp_path / name / "static").mkdir(parents=True)
            (tmp_path / name / "static" / ".stamp").write_text(installation._static_stamp())
        environment = {**os.environ, "LINKLOG_HOME": str(tmp_path / name)}
        if not vendor_sql.is_sqlite():
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {name}")
            names.append(name)
            environment["DATABASE_URL"] = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        return OwnSite(tmp_path / name, environment)

    yield make
    for name in names:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
