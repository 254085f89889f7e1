"""Limits for every form with files, whoever sends it: what comes is written to the disk on which posts are saved."""

import shutil
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler, TemporaryFileUploadHandler

LONGEST = 210_000_000  # bytes of a form
CHUNK = (
    2**20
)  # bytes read at a time: after each, a thread queues up for the interpreter behind those that serve readers
SPARE_BYTES = 64 * 2**20  # stay free, so that posts can be saved whatever is uploaded


def has_room(size: int) -> bool:
    """Whether so many bytes can come, and as many again be made of them."""
    return shutil.disk_usage(settings.HOME).free - 2 * size >= SPARE_BYTES


class SmallFiles(MemoryFileUploadHandler):
    """Up to Django's limit of size, in memory."""

    chunk_size = CHUNK


class LargeFiles(TemporaryFileUploadHandler):
    """Any other, on the disk."""

    chunk_size = CHUNK


class Limits(FileUploadHandler):
    """Refuses a form before a byte of it is read. Files are left to the other handlers."""

    chunk_size = CHUNK

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        if content_length > LONGEST or not has_room(content_length):
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
