"""Health, and media where no front server serves them."""

import io
import re
from typing import BinaryIO, cast

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.db import DatabaseError, connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.static import serve


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while pages can be served, 503 when the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "error", "database": "no answer"}, status=503)
    return JsonResponse({"status": "ok"})


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the media folder: kept by browsers for a day, run by none."""
    try:
        whole = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    except (OSError, ValueError, SuspiciousFileOperation):  # a name that no file can have
        raise Http404 from None
    asked = request.headers.get("Range", "")
    response: HttpResponseBase = partial(whole, asked) if isinstance(whole, FileResponse) else whole
    response["Cache-Control"] = "public, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def partial(whole: FileResponse, range_header: str) -> HttpResponseBase:
    """The part of a file that `Range: bytes=…` asks for, as players of sound and film do (RFC 9110, section 14).

    Several ranges, and headers that make no sense, get the whole file, as the RFC allows; a range beyond it a 416.
    """
    whole["Accept-Ranges"] = "bytes"
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", range_header.strip())
    if match is None or match[0].endswith("=-"):
        return whole
    size = int(whole["Content-Length"])
    first = int(match[1]) if match[1] else max(size - int(match[2]), 0)
    last = min(int(match[2]), size - 1) if match[1] and match[2] else size - 1
    if first > last:
        whole.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file = cast(BinaryIO, whole.file_to_stream)
    file.seek(first)
    part = FileResponse(_Limited(file, last - first + 1), status=206, content_type=whole["Content-Type"])
    part["Content-Length"], part["Content-Range"] = str(last - first + 1), f"bytes {first}-{last}/{size}"
    part["Accept-Ranges"], part["Last-Modified"] = "bytes", whole["Last-Modified"]
    return part


class _Limited(io.RawIOBase):
    """The next `left` bytes of a file."""

    def __init__(self, file: BinaryIO, left: int) -> None:
        self.file, self.left = file, left

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(chunk)
        return chunk

    def close(self) -> None:
        self.file.close()
        super().close()
