"""What keeps the server and the worker running: neither outlives it, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from linklog.ops import supervisor
from linklog.ops.supervisor import Supervisor

PROGRAM = "import sys; from linklog.ops.supervisor import Supervisor; sys.exit(Supervisor(*[['sh', '-c', x] for x in sys.argv[1:]]).run())"
STAY = "echo $$ >> {}; exec sleep 60"


def supervise(server: str, worker: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, server, worker], stderr=subprocess.DEVNULL)


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def pids(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def is_running(pid: int) -> bool:
    """Whether it is, and has not just ended unnoticed."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_server_and_worker_end_with_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    supervisor = supervise(STAY.format(tmp_path / "server"), STAY.format(tmp_path / "worker"))
    wait_for(lambda: pids(tmp_path / "server") and pids(tmp_path / "worker"))
    supervisor.kill()
    supervisor.wait()
    for pid in pids(tmp_path / "server") + pids(tmp_path / "worker"):
        wait_for(lambda pid=pid: not is_running(pid))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_server_and_worker_are_told_to_stop(tmp_path: Path, number: int) -> None:
    server = f"trap 'exit 0' TERM; echo $$ > {tmp_path / 'server'}; while true; do sleep 0.05; done"
    supervisor = supervise(server, STAY.format(tmp_path / "worker"))
    wait_for(lambda: pids(tmp_path / "server") and pids(tmp_path / "worker"))
    supervisor.send_signal(number)
    assert supervisor.wait(timeout=20) == 0
    assert not any(map(is_running, pids(tmp_path / "server") + pids(tmp_path / "worker")))


def test_the_end_of_the_server_is_the_end_of_all_and_its_code_is_kept(tmp_path: Path) -> None:
    left_behind = f"sleep 60 & echo $! > {tmp_path / 'left'}; exit 7"
    supervisor = supervise(left_behind, STAY.format(tmp_path / "worker"))
    assert supervisor.wait(timeout=20) == 7
    for pid in pids(tmp_path / "left") + pids(tmp_path / "worker"):
        wait_for(lambda pid=pid: not is_running(pid))


def test_a_worker_that_ended_is_started_again(tmp_path: Path) -> None:
    supervisor = supervise("exec sleep 60", f"echo $$ >> {tmp_path / 'worker'}; exit 3")
    wait_for(lambda: len(pids(tmp_path / "worker")) > 1)
    supervisor.terminate()
    assert supervisor.wait(timeout=20) == 128 + signal.SIGTERM


def test_a_worker_that_keeps_ending_at_once_is_started_once_a_minute_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    now, starts = [0.0], [0.0]
    keeper = Supervisor.__new__(Supervisor)
    keeper.wait, keeper.since = 1.0, 0.0
    keeper.worker = subprocess.Popen(["true"])
    keeper.worker.wait()

    def start_worker() -> None:
        starts.append(now[0])
        keeper.since = now[0]

    monkeypatch.setattr(keeper, "start_worker", start_worker)
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now[0])
    while now[0] < 600:
        keeper.look_after_worker()
        now[0] += supervisor.LOOK_SECONDS
    waits = [round(later - earlier) for earlier, later in pairwise(starts)]
    assert waits[:6] == [1, 2, 4, 8, 16, 32]
    assert set(waits[6:]) == {60}
