"""Being no burden: one request of a host at a time in this process, and for background work a rest between two of them."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

GAP_SECONDS = 2.0

_changed = threading.Condition()
_busy: set[str] = set()
_ended: dict[str, float] = {}  # when a host's last request did, for as long as that matters


@contextmanager
def turn(host: str, until: float, gap: float) -> Iterator[None]:
    """Waits for other requests of `host`, and for `gap` seconds after the last one. At `until`, by the monotonic clock, TimeoutError."""
    with _changed:
        while wait := _wait(host, gap):
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("others are asking this host")
            _changed.wait(min(wait, left))
        _busy.add(host)
    try:
        yield
    finally:
        with _changed:
            now = time.monotonic()
            for rested in [name for name, ended in _ended.items() if now - ended > GAP_SECONDS]:
                del _ended[rested]
            _busy.discard(host)
            _ended[host] = now
            _changed.notify_all()


def _wait(host: str, gap: float) -> float:
    """How many seconds at most until it is worth looking again; 0 for a host that is free."""
    if host in _busy:
        return 60.0
    return max(0.0, _ended[host] + gap - time.monotonic()) if host in _ended else 0.0
