"""Bringing an installation to where it can serve: folders, migrations, static files, and what is wrong with it."""

import hashlib
import os
import shutil
import stat
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from linklog import __version__
from linklog.core import vendor_sql

LOW_DISK_BYTES = 200 * 1024 * 1024


def prepare() -> None:
    """Make LINKLOG_HOME ready to serve: folders, database tables, the search index, static files. Does nothing twice."""
    for folder in (settings.HOME, Path(settings.MEDIA_ROOT), settings.HOME / "templates"):
        folder.mkdir(parents=True, exist_ok=True)
    (settings.HOME / "incoming").mkdir(mode=0o700, exist_ok=True)
    keep_private()
    if pending_migrations():
        call_command("migrate", interactive=False, verbosity=0)
    call_command("reindex", verbosity=0)  # says what it does, where there is something to do
    vendor_sql.analyse()
    collect_static()


def open_to_others() -> list[Path]:
    """Files that others can read and must not: drafts, password hashes and keys are in there."""
    paths = [settings.HOME / "secret-key", *([vendor_sql.sqlite_path()] if vendor_sql.is_sqlite() else [])]
    return [path for path in paths if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077]


def keep_private() -> None:
    """Close private files to others. A new database is closed before anything is in it, and SQLite's journals follow it."""
    if vendor_sql.is_sqlite() and not vendor_sql.is_in_memory():
        vendor_sql.sqlite_path().touch(mode=0o600)
    for path in open_to_others():
        path.chmod(0o600)


def pending_migrations() -> list[str]:
    """Names of migrations this version has and the database has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def collect_static() -> bool:
    """Gather, fingerprint and compress static files into LINKLOG_HOME/static if they changed. True if they had."""
    stamp_file = Path(settings.STATIC_ROOT) / ".stamp"
    stamp = _static_stamp()
    if stamp_file.exists() and stamp_file.read_text() == stamp:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp_file.write_text(stamp)
    return True


def _static_stamp() -> str:
    """Changes when a static file does: the names, sizes and times of all of them, and the version."""
    digest = hashlib.sha256(__version__.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = os.stat(storage.path(name))
            digest.update(f"{name}:{facts.st_size}:{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def facts() -> dict[str, Any]:
    """What `linklog doctor` shows; `problems` is empty when all is well."""
    database = vendor_sql.database_facts()
    pending = pending_migrations()
    disk = shutil.disk_usage(settings.HOME)
    problems = vendor_sql.durability_problems(database)
    if pending:
        problems.append(f"{len(pending)} database migrations are waiting. Run: linklog init")
    if disk.free < LOW_DISK_BYTES:
        problems.append(
            f"Only {disk.free // 2**20} MB are free where {settings.HOME} lies. Make room before saving fails."
        )
    if not os.access(settings.HOME, os.W_OK):
        problems.append(f"{settings.HOME} cannot be written. Give it to the user that runs Linklog.")
    problems += [f"Others can read {path}. Run: chmod 600 {path}" for path in open_to_others()]
    if settings.DEBUG:
        problems.append("LINKLOG_DEBUG is on: errors show the code to everyone. Unset it.")
    return {
        "version": __version__,
        "home": str(settings.HOME),
        "url": settings.LINKLOG_URL,
        "database": database,
        "migrations_pending": pending,
        "disk_free_bytes": disk.free,
        "problems": problems,
    }
