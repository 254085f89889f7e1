"""Storages that answer wrongly, late or half: each is one sentence, and no file counts as pushed."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from linklog.images import bucket
from linklog.images.places import Place, PlaceError, place_at

SKEWED = b"<Error><Code>RequestTimeTooSkewed</Code><Message>Look at your clock.</Message></Error>"
ANSWERS = {  # status, the length that is promised, the body
    "overloaded": (503, 0, b"", "answers with an error: 503"),
    "cut": (200, 1000, b"x" * 500, "does not"),
    "skewed": (403, len(SKEWED), SKEWED, "clock of this machine"),
    "moved": (301, 0, b"", "leads to another address"),
    "error in a good answer": (200, 5, b"sorry", "answers with an error"),
}


class Storage(BaseHTTPRequestHandler):
    answer: tuple[int, int, bytes, str]

    def do_GET(self) -> None:
        status, length, body, _sentence = self.answer
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    do_PUT = do_HEAD = do_GET

    def log_message(self, *message: Any) -> None:
        """Nothing."""


@pytest.fixture
def place(settings: Any) -> Iterator[Place]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Storage) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        settings.LINKLOG_S3_ENDPOINT = f"http://127.0.0.1:{server.server_port}"
        settings.LINKLOG_S3_ACCESS_KEY = settings.LINKLOG_S3_SECRET_KEY = "key"
        yield place_at("s3://pictures")
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("fault", ANSWERS)
def test_a_storage_that_answers_wrongly_has_no_file(
    fault: str, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Storage, "answer", ANSWERS[fault], raising=False)
    (tmp_path / "file").write_bytes(b"picture")
    with pytest.raises(PlaceError, match=ANSWERS[fault][3]):
        place.put(tmp_path / "file", "ab/cd.jpg", "ab" * 32)


def test_a_storage_that_drips_is_not_waited_for(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Storage, "answer", (200, 3, b"abc", ""), raising=False)
    monkeypatch.setattr(bucket, "PATIENCE", -1)
    with pytest.raises(PlaceError, match="too slow"):
        place.fetch("ab/cd.jpg", tmp_path / "target")
