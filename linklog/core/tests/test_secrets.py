"""Secrets in files."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from linklog.core.secrets import read_or_create_secret

PROGRAM = "import pathlib, sys; from linklog.core.secrets import *; sys.stdout.write(read_or_create_secret(pathlib.Path(sys.argv[1])))"


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret-key"
    secret = read_or_create_secret(path)
    assert len(secret) >= 64
    assert read_or_create_secret(path) == secret == path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_start_at_once_end_with_one_secret(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "key")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({process.communicate(timeout=60)[0] for process in running}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_threads_that_start_at_once_end_with_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: read_or_create_secret(tmp_path / "key"), range(40)))) == 1


def test_an_empty_secret_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    with pytest.raises(RuntimeError, match="Delete it"):
        read_or_create_secret(tmp_path / "key")
