"""The archive, and the embedding model if there is one, read before the first search asks, so that no reader waits. For processes
that serve.
"""

import logging
import os
import threading

from django.db import connection

from linklog.search import archive, similarity

logger = logging.getLogger(__name__)


def start() -> threading.Thread:
    """Read the archive in a thread, which ends with that. Pages are served meanwhile; a search waits for it.

    A server that forks its workers afterwards waits too, so that they share what was read, and no lock is held in them for ever.
    """
    thread = threading.Thread(target=_read, name="search-archive", daemon=True)
    thread.start()
    os.register_at_fork(before=thread.join)
    return thread


def _read() -> None:
    try:
        similarity.make_ready(archive.current())
    except Exception:  # a search that comes will read it, or say what is wrong
        logger.warning("Search could not be made ready; the first search will try again.", exc_info=True)
    finally:
        connection.close()
