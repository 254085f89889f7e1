"""Secrets kept in files of LINKLOG_HOME that only the owner of the process may read."""

import os
import secrets
import tempfile
from pathlib import Path


def read_or_create_secret(path: Path, size: int = 48) -> str:
    """The secret in `path`; a new one of `size` random bytes is written there first if the file does not exist.

    Two processes that start at once end with the same secret: the file appears complete, by a hard link, or not at all.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600, under a name of its own
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(size))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    secret = path.read_text().strip()
    if not secret:
        raise RuntimeError(
            f"{path} is empty. Delete it to have a new secret made; everyone signed in must sign in again."
        )
    return secret
