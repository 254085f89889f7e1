"""The month's limit, whatever dies in between."""

import datetime as dt
import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from linklog.assist import ledger
from linklog.assist.ledger import LimitReached, Usage
from linklog.assist.models import ModelCall
from tests.model_server import ModelServer, Reply

FIELDS = {"task": "tags", "model": "gemini-1.5-flash-8b", "prompt_version": "0"}
PROGRAM = """
import django; django.setup()
from django.core.management import call_command
from linklog.assist import client, ledger
from linklog.assist.models import ModelCall
task = client.Task("alt-text", {"title": 300, "before": 600, "after": 600}, 200, str)
def ask():
    for piece in client.stream(task, dict.fromkeys(task.fields, "words")):
        print("piece", flush=True)
"""


@pytest.fixture
def program(model_server: ModelServer, tmp_path: Path) -> Any:
    """Runs Python as a site of its own would, on SQLite, with the tests' model."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {
        "LINKLOG_HOME": str(tmp_path),
        "LINKLOG_MODEL": "gemini-1.5-flash-8b",
        "DJANGO_SETTINGS_MODULE": "linklog.settings",
    }

    def start(text: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM + text], env=environment, stdout=subprocess.PIPE, text=True
        )

    return start


def test_a_question_whose_process_was_killed_counts_what_was_set_aside(program: Any, model_server: ModelServer) -> None:
    model_server.answers.append(Reply("A clock", is_endless=True))
    child = program('call_command("migrate", verbosity=0); ask()')
    assert child.stdout.readline() == "piece\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    report = """
from django.conf import settings
row = ModelCall.objects.get()
print(row.state, row.reserved_dollars == ledger.spent() > 0)
settings.LINKLOG_MODEL_CAP = row.reserved_dollars * 3 / 2
try:
    ask()
except ledger.LimitReached:
    print("limit reached")
"""
    assert program(report).communicate()[0] == "reserved True\nlimit reached\n"
    assert len(model_server.asked) == 1


@pytest.mark.django_db
class TestLimit:
    """Within a process."""

    def test_what_is_set_aside_never_passes_the_limit(self, settings: Any) -> None:
        settings.LINKLOG_MODEL_CAP = Decimal("0.10")
        first = ledger.reserve(most=Decimal("0.06"), **FIELDS)
        with pytest.raises(LimitReached, match=r"limit of \$0.10 would be passed: this may cost up to 6 ¢, and 6 ¢"):
            ledger.reserve(most=Decimal("0.06"), **FIELDS)
        ledger.settle(first, Usage(1_000, 0, 100), 1.0)
        assert ledger.spent() == Decimal("0.0000525")
        second = ledger.reserve(most=Decimal("0.06"), **FIELDS)
        ledger.fail(second, "It broke.", 1.0, is_refusal=True)
        assert ledger.spent() == Decimal("0.0000525")
        third = ledger.reserve(most=Decimal("0.06"), **FIELDS)
        ledger.fail(third, "It broke late.", 1.0, is_refusal=False)
        assert ledger.spent() == Decimal("0.0600525")

    def test_ten_times_the_usage_is_charged_and_stops_the_next(self, settings: Any) -> None:
        settings.LINKLOG_MODEL_CAP = Decimal("0.01")
        call = ledger.reserve(most=Decimal("0.001"), **FIELDS)
        ledger.settle(call, Usage(300_000, 0, 0), 1.0)
        assert ledger.spent() == Decimal("0.01125")
        with pytest.raises(LimitReached):
            ledger.reserve(most=Decimal("0.000001"), **FIELDS)

    def test_a_month_begins_anew_in_the_time_zone_of_the_site(self, settings: Any) -> None:
        before = ledger.month_start() - dt.timedelta(seconds=1)
        ModelCall.objects.create(**FIELDS, asked=before, state="done", dollars=4)
        ModelCall.objects.create(**FIELDS, asked=ledger.month_start(), state="done", dollars=Decimal("0.5"))
        assert ledger.spent() == Decimal("0.5")

    def test_nothing_may_cost_anything_where_the_limit_is_zero_but_what_is_free(self, settings: Any) -> None:
        settings.LINKLOG_MODEL_CAP = Decimal(0)
        ledger.reserve(most=Decimal(0), **FIELDS)
        with pytest.raises(LimitReached):
            ledger.reserve(most=Decimal("0.000000001"), **FIELDS)
