"""All files of the media storage: copying them to another place, and whether each is there and whole. Every byte is read."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from linklog.images import storing
from linklog.images.models import Rendition
from linklog.images.places import HASHED_NAME, Place, PlaceError


@dataclass
class Found:
    """What a check came to; paths of files."""

    whole: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)  # named as ours, and of no rendition


def renditions() -> dict[str, str]:
    """The SHA-256 that each file must have."""
    return dict(Rendition.objects.exclude(role=Rendition.Role.FORMER).order_by("pk").values_list("path", "sha256"))


def places() -> list[Place]:
    """Where files are now."""
    bucket = storing.bucket()
    return [storing.folder(), *([bucket] if bucket else [])]


def everything() -> dict[str, str]:
    """As `renditions`, and files that were put there by others, of which nobody knows what they must be: with ""."""
    return {path: "" for place in places() for path in place.names()} | renditions()


def copy(path: str, sha256: str, target: Place) -> None:
    """Have a file in `target`, read back from there. PlaceError where it is lost or damaged."""
    if sha256 and not storing.folder_path(path).exists() and target.sha256_of(path) == sha256:
        return
    with storing.local_copy(path) as file:
        found = _sha256(file)
        if sha256 not in ("", found):
            raise PlaceError(_("%(path)s is damaged.") % {"path": path})
        target.put(file, path, found)


def check() -> Iterator[Found]:
    """Yields what was found so far, after every file, and at the end once more."""
    found, known, present = Found(), renditions(), places()
    for path, sha256 in known.items():
        there = {place.sha256_of(path) for place in present}
        if sha256 in there:
            found.whole += 1
        else:
            (found.damaged if there - {""} else found.missing).append(path)
        yield found
    names = {name for place in present for name in place.names() if HASHED_NAME.fullmatch(name)}
    found.orphans = sorted(names - set(known))
    yield found


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
