"""What `linklog serve` becomes: it keeps the server and a worker running, and neither outlives it.

Run as `python -m linklog.ops.supervisor SERVER…`. Of the standard library alone, so that this third process stays small.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

WORKER = [sys.executable, "-m", "linklog", "worker"]
LOOK_SECONDS = 0.2
STOP_SECONDS = 35  # more than the server and the worker give themselves
LONGEST_WAIT = 60.0
PR_SET_PDEATHSIG = 1  # prctl(2)

LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Supervisor:
    """Ends when the server ends. A worker that ended is started again, after a wait that grows while it keeps ending at once."""

    def __init__(self, server: Sequence[str], worker: Sequence[str]) -> None:
        self.is_stopping = False
        self.command = worker
        self.wait = 1.0
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        self.server = start(server)
        self.start_worker()

    def start_worker(self) -> None:
        self.worker, self.since = start(self.command), time.monotonic()

    def stop(self, *signalled: Any) -> None:
        self.is_stopping = True

    def run(self) -> int:
        """The exit code of the server, as a shell has it."""
        while self.server.poll() is None and not self.is_stopping:
            if self.worker.poll() is not None:
                self.look_after_worker()
            time.sleep(LOOK_SECONDS)
        for process in (self.server, self.worker):
            process.terminate()
        end = time.monotonic() + STOP_SECONDS
        while time.monotonic() < end and (self.server.poll() is None or self.worker.poll() is None):
            time.sleep(LOOK_SECONDS)
        for process in (self.server, self.worker):
            kill_group(process.pid)
        code = self.server.wait()
        self.worker.wait()
        return code if code >= 0 else 128 - code

    def look_after_worker(self) -> None:
        lived = time.monotonic() - self.since
        if lived > 2 * LONGEST_WAIT:  # longer than it waits for one that ended at once
            self.wait = 1.0
        if lived > self.wait:
            sys.stderr.write(f"The worker ended with {self.worker.returncode}: another one starts.\n")
            self.wait = min(self.wait * 2, LONGEST_WAIT)
            self.start_worker()


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """A process with a group of its own: Ctrl+C on the terminal is for the supervisor, which tells the others."""
    parent = os.getpid()

    def end_with_parent() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(command, process_group=0, preexec_fn=end_with_parent)


def kill_group(group: int) -> None:
    """The processes that its leader left behind, if any."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(Supervisor(sys.argv[1:], WORKER).run())
