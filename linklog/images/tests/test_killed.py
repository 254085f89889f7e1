"""`kill -9` of every process while photos come: what was acknowledged becomes ready, and no half file is ever served."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from conftest import LINKLOG, LiveServer, server_of
from linklog.images.tests.conftest import Photo

BOUNDARY = "tide-clock"
MAKE_TOKEN = """
import os, django; os.environ["DJANGO_SETTINGS_MODULE"] = "linklog.settings"; django.setup()
from linklog.accounts import tokens
from linklog.accounts.models import User
print(tokens.make(User.objects.create_superuser("ada"), "Test", ["images"]))
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    """A server of its own, upon an empty site."""
    made = server_of(tmp_path)
    subprocess.run([*LINKLOG, "init"], env=made.environment, check=True, capture_output=True)
    yield made
    kill_all(made)


def kill_all(server: LiveServer) -> None:
    """Every process of the server, whatever group it is in."""
    if server.process:
        for number in [server.process.pid, *descendants(server.process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        server.process.wait()
        server.process = None


def descendants(parent: int) -> list[int]:
    children = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1]) == parent:
                children.append(int(number))
    return children + [one for child in children for one in descendants(child)]


def ask(server: LiveServer, token: str, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    """Status and body of the answer; 0 where there was none."""
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(method, path, body or None, {"Authorization": f"Bearer {token}", "Content-Type": kind})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException):
        return 0, b""
    finally:
        connection.close()


def form(photo: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    return head.encode() + photo + f"\r\n--{BOUNDARY}--\r\n".encode()


def is_whole(path: str, content: bytes) -> bool:
    """Whether the content is what its name says."""
    return sha256(content).hexdigest()[:32] == "".join(Path(path).with_suffix("").parts[-2:])


def stored(home: Path) -> dict[str, bytes]:
    files = {path: path.read_bytes() for path in (home / "media").glob("[0-9a-f][0-9a-f]/[0-9a-f]*")}
    return {"/".join(path.parts[-2:]): content for path, content in files.items()}


@pytest.mark.parametrize("count", [12, pytest.param(50, marks=pytest.mark.long)])
def test_what_was_acknowledged_before_a_kill_becomes_ready_and_no_half_file_is_served(
    server: LiveServer, photo: Photo, count: int
) -> None:
    token = subprocess.run(
        [sys.executable, "-c", MAKE_TOKEN], env=server.environment, check=True, capture_output=True, text=True
    ).stdout.strip()
    photos = [photo(number, (900, 600)) for number in range(count)]
    acknowledged: dict[str, dict[str, Any]] = {}
    enough = threading.Event()

    def send(one: bytes) -> None:
        status, body = ask(server, token, "POST", "/api/images", form(one))
        if status in (200, 201, 202):
            document = json.loads(body)
            acknowledged[document["code"]] = document
        if len(acknowledged) > count // 3:
            enough.set()

    server.start()
    with ThreadPoolExecutor(count) as threads:
        sending = [threads.submit(send, one) for one in photos]
        assert enough.wait(60)
        kill_all(server)
        for one in sending:
            one.result()
    before = stored(server.home)
    assert all(is_whole(path, content) for path, content in before.items())
    assert len(acknowledged) > count // 3

    server.start()
    waiting, end = set(acknowledged), time.monotonic() + 4 * count + 60
    while waiting:
        assert time.monotonic() < end, waiting
        for code in sorted(waiting)[:3]:
            status, body = ask(server, token, "GET", f"/api/images/{code}")
            document = json.loads(body)
            assert (status, document["problem"]) == (200, "")
            if document["is_complete"]:
                waiting.discard(code)
                acknowledged[code] = document
        time.sleep(0.2)
    for document in acknowledged.values():
        path = document["url"].partition("/media/")[2]
        status, content = ask(server, "", "GET", f"/media/{path}")
        assert (status, is_whole(path, content)) == (200, True)
        with Image.open(io.BytesIO(content)) as image:
            assert image.size == (document["width"], document["height"]) == (900, 600)
    assert all(is_whole(path, content) for path, content in stored(server.home).items())
