"""A program with all that it started: what memory they take together, and how they end. Read from /proc, where there is one."""

import os
import signal
from contextlib import suppress
from pathlib import Path


def family(pid: int) -> list[int]:
    """That process and what descends from it, parents first."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):  # it ended meanwhile
            fields = status.read_text().rpartition(")")[2].split()  # a name may hold anything
            children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def memory(pids: list[int]) -> int:
    """The bytes that these processes have for themselves."""
    total = 0
    for pid in pids:
        with suppress(OSError, ValueError, IndexError):
            resident, shared = Path(f"/proc/{pid}/statm").read_text().split()[1:3]
            total += int(resident) - int(shared)
    return total * os.sysconf("SC_PAGE_SIZE")


def kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
