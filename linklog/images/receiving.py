"""From the bytes of an upload to its renditions. `receive` acknowledges; `process` and `finish` make what readers get, whenever that is.

What was received is on the disk and in the database, so that no process that dies takes an upload with it.
"""

import datetime as dt
import errno
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from linklog.core import clips, pictures, uploads
from linklog.core.alt_text import escape_alt
from linklog.core.refusal import Refused
from linklog.core.vendor_sql import writing
from linklog.core.xml import strip_illegal
from linklog.images import incoming, storing
from linklog.images.models import MediaFile, Rendition
from linklog.images.places import hashed_name

__all__ = ["Refused", "document_of", "finish", "markdown_of", "process", "receive", "refuse_size", "refusing", "sweep"]

MAX_IMAGE, MAX_CLIP = 40_000_000, 200_000_000  # bytes
MAX_UNFINISHED = 1_000
FAILED_FOR = dt.timedelta(days=1)
IN_TITLE = re.compile(r"[\\\"]|&(?=#?\w+;)")


def receive(
    file: incoming.Readable,
    *,
    name: str,
    by: Any,
    alt: str = "",
    credit_url: str = "",
    credit_title: str = "",
    keeps_original: bool = False,
) -> MediaFile:
    """The row of an upload, which is safe when this returns. The same bytes have one row, and there the texts given now are not stored;
    one that could not be shown is tried again, and one whose original is wanted only now gets it."""
    texts = {"name": name, "alt": alt, "credit_url": credit_url, "credit_title": credit_title}
    if MediaFile.objects.unfinished().count() >= MAX_UNFINISHED:
        raise Refused(503, _("Many uploads wait already. Try again in some minutes."))
    with refusing(), incoming.written(file, MAX_CLIP) as (partial, digest):
        kind = _kind_of(partial)
        keeps_original = keeps_original and kind == MediaFile.Kind.IMAGE  # a clip's main rendition is the original
        with writing():
            media = MediaFile.objects.filter(digest=digest).first() or MediaFile(
                digest=digest, kind=kind, added_by=by, **texts
            )
            is_new = media.pk is None or media.state == MediaFile.State.FAILED
            if is_new or (keeps_original and not media.keeps_original):
                if is_new:
                    media.state, media.problem = MediaFile.State.WAITING, ""
                media.is_complete, media.keeps_original = False, media.keeps_original or keeps_original
                incoming.place(partial, digest)
                media.save()
    for field, text in texts.items():
        if text:
            setattr(media, field, " ".join(strip_illegal(text).split()))
    return media


def refuse_size(size: int) -> None:
    """Refuse so many bytes before any of them came."""
    if size > MAX_CLIP:
        raise _too_long()
    if not uploads.has_room(size):
        raise _full()


def process(media: MediaFile) -> None:
    """Make the main rendition: READY, or FAILED with a problem. Nothing happens where another process is at it, or it was done."""
    with incoming.taken(media.digest) as source:
        media.refresh_from_db(fields=["state", "keeps_original"])
        if source is None or media.state != MediaFile.State.WAITING:
            _note_loss(media, source)
            return
        with incoming.workshop() as folder:
            try:
                made = _main_of(media, source, folder)
            except (pictures.PictureError, clips.ClipError) as error:
                _end(media, state=MediaFile.State.FAILED, problem=str(error)[:300])
                return
            facts: dict[str, Any] = {"state": MediaFile.State.READY}
            if media.kind != MediaFile.Kind.IMAGE:
                facts["is_complete"] = True
            elif made[0].media_type.startswith("video/"):
                facts |= {"kind": MediaFile.Kind.VIDEO, "loops": True}
            _end(media, _stored(made, media), **facts)
        if media.is_complete:
            _let_go(media, source)


def finish(media: MediaFile, then: Callable[[MediaFile], object]) -> None:
    """Make what else there is to be of an image that is READY, and do `then` in the same transaction. What was uploaded is not needed
    any more after that."""
    with incoming.taken(media.digest) as source:
        media.refresh_from_db()
        if source is None or media.state != MediaFile.State.READY or media.is_complete:
            _note_loss(media, source)
            return
        with incoming.workshop() as folder:
            try:
                made, problem = _lacking(media, source, folder), ""
            except pictures.PictureError as error:  # readers get the main rendition, whatever their screen
                made, problem = [], str(error)[:300]
            _end(media, _stored(made, media), then, is_complete=True, problem=problem)
        _let_go(media, source)


def main_of(media: MediaFile) -> Rendition:
    return media.renditions.get(role=Rendition.Role.MAIN)


def markdown_of(media: MediaFile) -> str:
    """The reference that shows it in a text; "" as long as it is not ready."""
    return _reference(media, main_of(media)) if media.state == MediaFile.State.READY else ""


def document_of(media: MediaFile) -> dict[str, Any]:
    """What programs are told of it, at the cost of one query."""
    main = main_of(media) if media.state == MediaFile.State.READY else None
    url = storing.url_of(main) if main else ""
    return {
        "code": media.code,
        "state": media.state,
        "kind": media.kind,
        "problem": media.problem,
        "markdown": _reference(media, main) if main else "",
        "url": settings.LINKLOG_URL + url if url.startswith("/") else url,
        "width": main.width if main else None,
        "height": main.height if main else None,
        "bytes": main.bytes if main else None,
        "is_complete": media.is_complete,
    }


def sweep() -> None:
    """Delete what killed processes left in the incoming folder, and uploads that cannot be shown, a day after their author was told."""
    with writing():
        MediaFile.objects.filter(state=MediaFile.State.FAILED, added__lt=timezone.now() - FAILED_FOR).delete()
        incoming.sweep(set(MediaFile.objects.unfinished().values_list("digest", flat=True)))


def _reference(media: MediaFile, main: Rendition) -> str:
    title = IN_TITLE.sub(r"\\\g<0>", media.credit_title)
    place = f'{settings.MEDIA_URL}{main.path} "{title}"' if title else f"{settings.MEDIA_URL}{main.path}"
    return f"![{escape_alt(media.alt)}]({place})"


@contextmanager
def refusing() -> Iterator[None]:
    """What can go wrong while bytes come, as what is told to who sends them."""
    try:
        yield
    except incoming.TooLong:
        raise _too_long() from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full() from None
        raise


def _too_long() -> Refused:
    limits = {"image": MAX_IMAGE // 10**6, "clip": MAX_CLIP // 10**6}
    return Refused(
        413, _("That is too large: %(image)s MB at most for an image, %(clip)s MB for a sound or film.") % limits
    )


def _full() -> Refused:
    return Refused(
        507, _("The disk of this site is nearly full, so nothing can be uploaded. Make room, then try again.")
    )


def _kind_of(file: Path) -> str:
    size = file.stat().st_size
    if not size:
        raise Refused(400, _("This file is empty."))
    try:
        clip = clips.examine(file)
    except clips.ClipError as error:
        raise Refused(422, str(error)) from None
    if size > (MAX_CLIP if clip else MAX_IMAGE):
        raise _too_long()
    return clip.kind if clip else MediaFile.Kind.IMAGE


def _main_of(media: MediaFile, source: Path, folder: Path) -> list[pictures.Made]:
    if media.kind == MediaFile.Kind.IMAGE:
        return pictures.make_main(source, folder)
    clip = clips.examine(source)
    if clip is None:
        raise clips.ClipError(_("This is no sound or film that is known here."))
    target = folder / "clip"
    clips.without_metadata(source, target, clip)
    with target.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    size = (clip.width or 0, clip.height or 0)
    return [pictures.Made("main", target, clip.media_type, *size, target.stat().st_size, digest)]


def _lacking(media: MediaFile, source: Path, folder: Path) -> list[pictures.Made]:
    """The variants, and the original, that it is to have and has not: one may have been asked for only after the other was made."""
    had, made = set(media.renditions.values_list("role", flat=True)), list[pictures.Made]()
    if Rendition.Role.VARIANT not in had:
        with storing.local_file(main_of(media)) as main:
            made += pictures.make_variants(source, main, folder)
    if media.keeps_original and Rendition.Role.ORIGINAL not in had:
        made.append(pictures.make_original(source, folder))
    return made


def _stored(made: Iterable[pictures.Made], media: MediaFile) -> list[Rendition]:
    """Rows, which are not saved yet, of files that are in the media storage already."""
    made = list(made)
    former = _former({hashed_name(one.sha256, one.media_type) for one in made})
    return [
        Rendition(
            role=one.role,
            path=storing.keep(one.path, _name_for(one, media, former), one.media_type),
            media_type=one.media_type,
            width=one.width or None,
            height=one.height or None,
            bytes=one.bytes,
            sha256=one.sha256,
        )
        for one in made
    ]


def _former(paths: set[str]) -> set[str]:
    return set(Rendition.objects.filter(role=Rendition.Role.FORMER, path__in=paths).values_list("path", flat=True))


def _name_for(one: pictures.Made, media: MediaFile, former: set[str]) -> str:
    """The hash that a file is named by: of its bytes, or where the file of that name was replaced by another, one that nobody has. Posts
    that name it go on showing what replaced it."""
    is_former = hashed_name(one.sha256, one.media_type) in former
    return sha256(f"{one.sha256} {media.code}".encode()).hexdigest() if is_former else one.sha256


def _end(
    media: MediaFile,
    renditions: Iterable[Rendition] = (),
    then: Callable[[MediaFile], object] = lambda media: None,
    **facts: Any,
) -> None:
    """Say what became of it, unless somebody deleted it meanwhile, or wants its original too: then it is taken up again."""
    with writing():
        if not MediaFile.objects.filter(pk=media.pk, keeps_original=media.keeps_original).update(**facts):
            storing.forget(renditions)
            return
        for rendition in renditions:
            rendition.media = media
        Rendition.objects.bulk_create(renditions, ignore_conflicts=True)
        then(media)
    for field, value in facts.items():
        setattr(media, field, value)


def _let_go(media: MediaFile, source: Path) -> None:
    """Delete what was uploaded, unless it came once more for its original just now."""
    with writing():
        if not MediaFile.objects.unfinished().filter(pk=media.pk).exists():
            source.unlink(missing_ok=True)


def _note_loss(media: MediaFile, source: Path | None) -> None:
    """An upload whose bytes are not there any more, as after a restored backup without them, waits for nothing."""
    if source is not None or incoming.path_of(media.digest).exists():
        return
    with writing():
        rows = MediaFile.objects.filter(pk=media.pk)
        problem = _("What was uploaded is gone. Upload it once more.")
        rows.filter(state=MediaFile.State.READY, is_complete=False).update(is_complete=True)
        rows.filter(state=MediaFile.State.WAITING).update(state=MediaFile.State.FAILED, problem=problem)
    media.refresh_from_db(fields=["state", "problem", "is_complete"])
