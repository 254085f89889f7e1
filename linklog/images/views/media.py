"""Files of the media storage, where no front server serves them: from the media folder, or by a redirect to where they are now."""

import io
import re
from typing import BinaryIO, cast

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

from linklog.images import places, storing
from linklog.images.models import Rendition

Role = Rendition.Role


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file that browsers may show or play and that runs nowhere. No query for one that is in the folder."""
    if any(part.startswith(".") for part in path.split("/")):  # not finished yet
        raise Http404
    try:
        response = of_folder(request, path)
    except Http404:
        response = HttpResponseRedirect(elsewhere(path))
        response["Cache-Control"] = "public, max-age=300"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def of_folder(request: HttpRequest, path: str) -> HttpResponseBase:
    try:
        whole = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    except (OSError, ValueError, SuspiciousFileOperation):  # a name that no file can have
        raise Http404 from None
    response: HttpResponseBase = whole
    if isinstance(whole, FileResponse):
        whole["Content-Type"] = places.media_type_of(path)
        del whole["Content-Encoding"]  # what is packed stays so
        if whole["Content-Type"] == places.DOWNLOAD:
            whole["Content-Disposition"] = "attachment"
        response = partial(whole, asked_range(request, whole))
    if response.status_code != 416:  # which is of that request alone
        response["Cache-Control"] = places.cache_control_of(path)
    return response


def elsewhere(path: str) -> str:
    """The address of a file that is not in the folder: in the bucket, or of what took its place."""
    rows = Rendition.objects.filter(path=path)
    if rows.filter(role=Role.FORMER).exists() and not rows.exclude(role=Role.FORMER).exists():
        main = Rendition.objects.filter(role=Role.MAIN, media__in=rows.values("media")).first()
        if main is not None and main.path != path:
            return storing.url_of(main)
    elif storing.has_bucket() and (rows or not places.HASHED_NAME.fullmatch(path)):
        return storing.public_url(path)
    raise Http404


def asked_range(request: HttpRequest, whole: FileResponse) -> str:
    """The `Range` of a request, unless it is of another state of the file (RFC 9110, section 13.1.5)."""
    if request.headers.get("If-Range", whole["Last-Modified"]) != whole["Last-Modified"]:
        return ""
    return request.headers.get("Range", "")


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
