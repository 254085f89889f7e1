"""What goes with a film: the picture that stands for it until it plays, and captions, a file for each language."""

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from linklog import publishing
from linklog.core import captions, pictures
from linklog.core.refusal import Refused
from linklog.core.vendor_sql import writing
from linklog.images import incoming, storing
from linklog.images.models import MediaFile, Rendition
from linklog.images.receiving import MAX_IMAGE

MAX_CAPTIONS = 2_000_000  # bytes
LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"
)  # the beginning of BCP 47's grammar: enough for pt-BR and zh-Hant
Role = Rendition.Role


def set_poster(media: MediaFile, file: incoming.Readable) -> None:
    """Show the image in `file` until the film plays, and no other."""
    with incoming.written(file, MAX_IMAGE) as (source, _digest), incoming.workshop() as folder:
        try:
            made = pictures.make_main(source, folder)[0]
        except pictures.PictureError as error:
            raise Refused(422, str(error)) from None
        if not made.media_type.startswith("image/"):
            raise Refused(422, _("This is a film itself. Choose an image."))
        path = storing.keep(made.path, made.sha256, made.media_type)
    size: dict[str, Any] = {"width": made.width, "height": made.height, "bytes": made.bytes}
    _put(media, Role.POSTER, path, media_type=made.media_type, sha256=made.sha256, **size)


def set_captions(media: MediaFile, file: incoming.Readable, language: str) -> None:
    """Offer the words in `file`, WebVTT or SubRip, to who watches; instead of others in that language."""
    if not LANGUAGE.fullmatch(language):
        raise Refused(422, _("Give the language as a short code, such as en or pt-BR."))
    data = file.read(MAX_CAPTIONS + 1)
    if len(data) > MAX_CAPTIONS:
        raise Refused(413, _("These captions are too long: 2 MB at most."))
    written = captions.rewritten(_text(data)).encode()
    if not written:
        raise Refused(422, _("No captions were found in this file. WebVTT (.vtt) and SubRip (.srt) are known."))
    digest = sha256(written).hexdigest()
    with incoming.workshop() as folder:
        made = Path(folder, "captions")
        made.write_bytes(written)
        path = storing.keep(made, digest, "text/vtt")
    _put(media, Role.CAPTIONS, path, language, media_type="text/vtt", sha256=digest, bytes=len(written))


def remove(media: MediaFile, companions: Iterable[Rendition]) -> None:
    with writing():
        storing.forget(companions)
        publishing.rerender_showing(media)


def _put(media: MediaFile, role: str, path: str, language: str = "", **facts: Any) -> None:
    """Instead of what has its place."""
    with writing():
        before = list(media.renditions.filter(role=role, language=language).exclude(path=path))
        media.renditions.update_or_create(path=path, defaults={"role": role, "language": language, **facts})
        storing.forget(before)
        publishing.rerender_showing(media)


def _text(data: bytes) -> str:
    """Old subtitles are often in the coding of their time."""
    try:
        return data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
