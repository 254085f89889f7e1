"""Budgets of clients, shared by processes."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import RequestFactory

from linklog.core import budget
from linklog.core.budget import Budget, client_of

NOON = "2026-11-21T12:00:30Z"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "budget"


@time_machine.travel(NOON, tick=False)
def test_a_client_may_ask_so_often_in_a_minute_and_others_are_not_touched(file: Path) -> None:
    budget = Budget(file, 3)
    assert [budget.spend("a") for _time in range(5)] == [0, 0, 0, 30, 30]
    assert budget.spend("b") == 0
    with time_machine.travel("2026-11-21T12:01:00Z", tick=False):
        assert budget.spend("a") == 0


@time_machine.travel(NOON, tick=False)
def test_what_was_spent_in_this_minute_is_told_and_asking_that_costs_nothing(file: Path) -> None:
    budget = Budget(file, 3)
    seen = []
    for _time in range(5):
        seen.append(budget.spent("a"))
        budget.spend("a")
    assert seen == [0, 1, 2, 3, 4]
    assert [budget.spent("a"), budget.spent("a"), budget.spent("b")] == [5, 5, 0]
    with time_machine.travel("2026-11-21T12:01:00Z", tick=False):
        assert budget.spent("a") == 0


@pytest.mark.parametrize(("a_minute", "client"), [(0, "a"), (1, "")])
def test_no_limit_and_an_unknown_client_are_never_refused(file: Path, a_minute: int, client: str) -> None:
    budget = Budget(file, a_minute)
    assert {budget.spend(client) for _time in range(9)} == {0}


@time_machine.travel(NOON, tick=False)
def test_processes_count_together_in_a_file_that_only_their_user_reads(file: Path, settings: Any) -> None:
    budget = Budget(file, 2)
    assert budget.spend("a") == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    program = f"""
import django, pathlib, sys, time
django.setup()
time.time = lambda: {budget_time()}
from django.conf import settings
settings.SECRET_KEY = {settings.SECRET_KEY!r}
from linklog.core.budget import Budget
budget = Budget(pathlib.Path(sys.argv[1]), 2)
print(budget.spend("a"), budget.spend("a"))
"""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "linklog.settings"}
    command = [sys.executable, "-c", program, str(file)]
    other = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert other.stdout == "0 30\n"
    assert budget.spend("a") == 30


def budget_time() -> float:
    return budget.time.time()


@pytest.mark.parametrize(
    ("trusted", "headers", "client"),
    [
        (False, {"REMOTE_ADDR": "192.0.2.1"}, "192.0.2.1"),
        (False, {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, "192.0.2.1"),
        (True, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, "203.0.113.9"),
        (True, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "1.1.1.1, 203.0.113.9"}, "203.0.113.9"),
        (True, {"REMOTE_ADDR": "127.0.0.1"}, ""),
        (False, {"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"),
        (False, {"REMOTE_ADDR": "::ffff:192.0.2.1"}, "192.0.2.1"),
        (True, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "nonsense"}, ""),
        (False, {"REMOTE_ADDR": ""}, ""),
    ],
)
def test_a_client_is_its_network_as_the_trusted_proxy_tells_it(
    settings: Any, trusted: bool, headers: dict[str, str], client: str
) -> None:
    settings.TRUST_PROXY = trusted
    assert client_of(RequestFactory().get("/", **headers)) == client
