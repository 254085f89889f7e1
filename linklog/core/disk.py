"""What survives a power cut: https://man7.org/linux/man-pages/man2/fsync.2.html says that a rename alone does not."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, onto the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
