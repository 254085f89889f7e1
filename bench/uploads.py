"""Readers beside uploads: do those who read pages notice that an author sends fifty photos at once?

    python -m bench.uploads [SECONDS]

A real server with two workers and a corpus (the demo's posts where there is none). Fifty readers as in `bench.crawler`, so many that the
server works at half of what it can; then fifty photos of 12 megapixels come at one moment, each by a connection of its own. Readers and
uploads are processes of their own.
"""

import io
import json
import math
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from multiprocessing import get_context

import numpy as np
from PIL import Image

from bench.crawler import (
    CALIBRATION_SECONDS,
    CORPUS,
    DEMO,
    READERS,
    TARGET,
    WORKERS,
    Seen,
    environment,
    linklog,
    pages,
    read,
    served,
)

PHOTOS, SIZE, LEAD_SECONDS, POLL_SECONDS = 50, (4032, 3024), 1.0, 1.0
BOUNDARY = "photo-of-a-tide-clock"
MAKE_TOKEN = """
import django; django.setup()
from linklog.accounts import tokens
from linklog.accounts.models import User
print(tokens.make(User.objects.create_superuser("ada"), "Bench", ["images"]))
"""


@dataclass
class Sent:
    """What became of the uploads: statuses, seconds each took to be acknowledged, and until all were ready and complete."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    until_ready: float = math.nan
    until_complete: float = math.nan


def photo() -> bytes:
    """A picture with soft shapes and the grain of a camera, of some megabytes as a JPEG."""
    width, height = SIZE
    chance = np.random.default_rng(5)
    x, y = np.meshgrid(np.linspace(0, 9, width, dtype=np.float32), np.linspace(0, 7, height, dtype=np.float32))
    waves = [np.sin(x * a + np.cos(y * b) * 2) * 90 + 128 for a, b in ((1, 2), (2, 1), (0.5, 3))]
    grain = chance.normal(0, 6, (height, width, 1)).astype(np.float32)
    pixels = (np.stack(waves, axis=-1) + grain).clip(0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=92)
    return file.getvalue()


def send(port: int, token: str, seconds: float) -> Sent:
    """All photos at once, after a moment; then ask what became of them, for so long."""
    one, sent = photo(), Sent()
    time.sleep(LEAD_SECONDS)
    begun = time.monotonic()
    with ThreadPoolExecutor(PHOTOS) as threads:
        answers = list(threads.map(lambda number: _send_one(port, token, one, number), range(PHOTOS)))
    for status, took, _code in answers:
        sent.statuses[status] += 1
        sent.seconds.append(took)
    waiting = [code for _status, _took, code in answers if code]
    for names, wanted in (("until_ready", lambda state: state["state"] != "waiting"), ("until_complete", _is_complete)):
        for code in waiting:
            while not wanted(_state(port, token, code)) and time.monotonic() < begun + seconds:
                time.sleep(POLL_SECONDS)
        setattr(sent, names, time.monotonic() - begun)
    return sent


def _is_complete(state: dict) -> bool:
    return state["is_complete"] or state["state"] == "failed"


def _send_one(port: int, token: str, one: bytes, number: int) -> tuple[int, float, str]:
    """Status, seconds and code of one upload; each has a comment of its own, so that no two are the same file."""
    own = one[:2] + b"\xff\xfe\x00\x06" + number.to_bytes(4, "big") + one[2:]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{number}.jpg"\r\n\r\n'.encode()
    body = head + own + f"\r\n--{BOUNDARY}--\r\n".encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    begun = time.monotonic()
    try:
        connection = HTTPConnection("localhost", port, timeout=120)
        connection.request("POST", "/api/images", body, headers)
        answer = connection.getresponse()
        document = json.loads(answer.read())
    except (OSError, ValueError):
        return 0, time.monotonic() - begun, ""
    return answer.status, time.monotonic() - begun, document.get("code", "")


def _state(port: int, token: str, code: str) -> dict:
    request = urllib.request.Request(
        f"http://localhost:{port}/api/images/{code}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    with (
        tempfile.TemporaryDirectory(prefix="linklog-bench-") as home,
        ProcessPoolExecutor(2, mp_context=get_context("spawn")) as others,
    ):
        linklog(home, "init")
        linklog(home, "import", str(CORPUS if CORPUS.exists() else DEMO), "--quiet")
        made = subprocess.run(
            [sys.executable, "-c", MAKE_TOKEN], env=environment(home), capture_output=True, text=True, check=True
        )
        with served(environment(home)) as port:
            sys.exit(measure(port, made.stdout.strip(), seconds, others))


def measure(port: int, token: str, seconds: float, others: ProcessPoolExecutor) -> int:
    """Print what readers and uploads met; 1 where anybody got an answer that is an error."""
    paths = pages(port)
    full = others.submit(read, port, paths, CALIBRATION_SECONDS, 0).result()
    pause = READERS / (full.rate / 2)
    print(f"{READERS} readers, {WORKERS} workers; at most {full.rate:.0f} pages a second, half of that from here on")
    alone = others.submit(read, port, paths, seconds, pause).result()
    sending = others.submit(send, port, token, seconds + 300)
    beside: Seen = others.submit(read, port, paths, seconds, pause).result()
    sent = sending.result()
    print(f"\n{'':<22}{'pages/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'ratio':>8}")
    for name, seen in (("readers alone", alone), (f"beside {PHOTOS} uploads", beside)):
        ratio = f"{seen.percentile(0.99) / alone.percentile(0.99):.2f}" if seen is beside else ""
        numbers = "".join(f"{seen.percentile(share):>9.1f}" for share in (0.5, 0.99, 1))
        print(f"{name:<22}{seen.rate:>9.0f}{numbers}{ratio:>8}")
    acknowledged = sorted(sent.seconds)
    print(
        f"\nUploads: {dict(sent.statuses)}; answered after {acknowledged[PHOTOS // 2]:.2f} s (median), {acknowledged[-1]:.2f} s (last); "
        f"all ready after {sent.until_ready:.0f} s, complete after {sent.until_complete:.0f} s"
    )
    met = Counter(alone.statuses + beside.statuses + sent.statuses)
    errors = {status: number for status, number in met.items() if status not in (200, 201, 202)}
    print(f"Errors: {errors or 0}. Wanted: a ratio of {TARGET:g} at most.")
    return 1 if errors else 0


if __name__ == "__main__":
    main()
