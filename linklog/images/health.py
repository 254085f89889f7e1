"""How the media storage fares, for `linklog doctor`."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

from linklog.images import storing
from linklog.images.places import PlaceError

PROBE = "linklog-doctor.txt"


def facts() -> dict[str, Any]:
    return {"place": settings.LINKLOG_MEDIA, "files to be moved": storing.unsettled().count()}


def problems() -> list[str]:
    """A sentence for each thing that somebody has to look at. A bucket is given a file, and that is read and deleted."""
    found = []
    waiting = storing.unsettled().count()
    if waiting and not storing.has_bucket():
        found.append(
            f"{waiting} files are not here, but in the bucket that LINKLOG_MEDIA named before. Set it again and run: "
            f"linklog media migrate --to {settings.MEDIA_ROOT}"
        )
    try:
        bucket = storing.bucket()
        if bucket is not None:
            with tempfile.TemporaryDirectory(prefix="linklog-") as folder:
                probe = Path(folder) / PROBE
                probe.write_bytes(b"linklog doctor")
                bucket.put(probe, PROBE, hashlib.sha256(probe.read_bytes()).hexdigest())
            bucket.remove(PROBE)
    except PlaceError as error:
        found.append(f"{error} {waiting} files wait here for the bucket; readers get them from here.")
    return found
