"""How the site's own images, films and sounds stand in the HTML of posts: told by the rows of their renditions, without opening a file.

Only what an author put into the media folder by hand, of which there is no row, is measured.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from urllib.parse import unquote

from django.conf import settings
from django.utils.translation import gettext
from PIL import Image, UnidentifiedImageError

from linklog.core.markdown import Shown
from linklog.images.models import MediaFile, Rendition
from linklog.images.storing import folder_path, url_of

Role = Rendition.Role
COLUMN = 600  # px: --measure of tokens.css
SIZES = "(max-width: 40rem) calc(100vw - 2.3rem), 37.5rem"  # the column, and the screen between its gutters
MEASURED = ("AVIF", "GIF", "JPEG", "PNG", "WEBP")  # Pillow knows forty, which this process need not meet
BETTER = ("image/avif", "image/webp")  # a browser takes the first one that it knows


def path_of(src: str) -> str | None:
    """The name in the media storage of what `src` shows, as a post names it or its HTML does; None for what lies elsewhere."""
    for base in (settings.MEDIA_URL, settings.LINKLOG_URL + settings.MEDIA_URL, settings.LINKLOG_MEDIA_URL + "/"):
        if base != "/" and src.startswith(base):
            path = unquote(src.removeprefix(base).partition("#")[0].partition("?")[0])
            return path if path.isprintable() else None
    return None


def with_renditions(paths: Collection[str]) -> dict[str, list[Rendition]]:
    """All renditions of the media that each of these paths belongs to, with that media, in one query."""
    if not paths:
        return {}
    rows = Rendition.objects.filter(media__renditions__path__in=paths).select_related("media").order_by("pk").distinct()
    of_media: dict[int, list[Rendition]] = defaultdict(list)
    for row in rows:
        of_media[row.media_id].append(row)
    found = sorted(rows, key=lambda row: row.role != Role.FORMER)  # one that is there comes after, and wins
    return {row.path: of_media[row.media_id] for row in found if row.path in paths}


def shown(sources: Collection[str]) -> dict[str, Shown]:
    """Of those of `sources` that are media of this site and known, how each is shown."""
    paths = {src: path for src in sources if (path := path_of(src)) is not None}
    known = with_renditions(set(paths.values()))
    found = {src: _of_row(path, known[path]) if path in known else _of_file(src, path) for src, path in paths.items()}
    return {src: one for src, one in found.items() if one}


def _of_row(path: str, renditions: list[Rendition]) -> Shown | None:
    named = next(row for row in renditions if row.path == path)
    main = next((row for row in renditions if row.role == Role.MAIN), None)
    if (
        named.role not in (Role.MAIN, Role.FORMER) or main is None
    ):  # an author who names another than the main one wants that
        return None if named.role == Role.FORMER else Shown(url_of(named), named.width, named.height)
    media = main.media
    if media.kind != MediaFile.Kind.IMAGE or main.media_type.startswith("video/"):
        return Shown(
            url_of(main),
            main.width,
            main.height,
            poster=next((url_of(row) for row in renditions if row.role == Role.POSTER), ""),
            tracks=tuple(_track(row) for row in renditions if row.role == Role.CAPTIONS),
            loops=media.loops,
            credit_url=media.credit_url,
        )
    variants = [row for row in renditions if row.role == Role.VARIANT]
    same = [row for row in variants if row.media_type == main.media_type]
    by_type = [
        (kind, [row for row in variants if row.media_type == kind]) for kind in BETTER if kind != main.media_type
    ]
    sources = tuple((kind, _srcset(rows)) for kind, rows in by_type if rows)
    return Shown(
        url_of(main),
        main.width,
        main.height,
        srcset=_srcset([*same, main]) if same else "",
        sizes=SIZES if (main.width or 0) >= COLUMN else f"min({main.width}px, 100vw - 2.3rem)",
        sources=sources,
        credit_url=media.credit_url,
    )


def _track(captions: Rendition) -> tuple[str, str, str]:
    """From this site, wherever its bytes are: a browser takes captions of another only from one that says it may."""
    return (
        f"{settings.MEDIA_URL}{captions.path}",
        captions.language or settings.LANGUAGE_CODE,
        captions.language or gettext("Captions"),
    )


def _srcset(rows: Iterable[Rendition]) -> str:
    widths = {row.width: row for row in rows if row.width}
    return ", ".join(f"{url_of(row)} {width}w" for width, row in sorted(widths.items()))


def _of_file(src: str, path: str) -> Shown | None:
    """The size of an image that lies in the media folder; None where none does, as on a machine that keeps all in a bucket."""
    try:
        file = folder_path(path).resolve()
        if not file.is_relative_to(folder_path("").resolve()):
            return None
        with Image.open(file, formats=MEASURED) as image:
            return Shown(src, *image.size)
    except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
