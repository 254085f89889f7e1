"""Backups: a folder with the database, the media and a manifest of checksums; made while the server writes, verified, restored whole.

SQLite is copied by its own backup API, PostgreSQL by pg_dump. A backup appears under its name only when it is complete and on disk.
It holds no background jobs: what had been asked for when it was made has been done since, and must not be done again. Nor does it
hold sessions, whose keys would sign in whoever finds it.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from linklog import __version__
from linklog.core import vendor_sql
from linklog.core.disk import sync

MANIFEST = "manifest.json"
SQLITE_FILE = "linklog.sqlite3"
POSTGRESQL_FILE = "linklog.pgdump"
FOLDERS = ("incoming", "media", "templates")
UNFINISHED = {"incoming": ["making-*", "partial-*", "*.upload*"]}  # of what comes and is made; elsewhere hidden files
LEFT_OUT = ("django_tasks_database.DBTaskResult", "accounts.Session")


class BackupError(Exception):
    """A backup that cannot be made, or must not be restored; the message says what to do."""


def make(folder: Path) -> dict[str, Any]:
    """Write a verified backup into `folder`, which must not exist or be empty. Returns its manifest."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} is not empty. Name a folder that does not exist yet.")
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700, parents=True)
    try:
        database = partial / (SQLITE_FILE if vendor_sql.is_sqlite() else POSTGRESQL_FILE)
        _copy("incoming", partial)  # before the database and after it, for uploads come and are done with meanwhile
        _dump(database)
        for name in FOLDERS:
            _copy(name, partial)
        manifest = {
            "linklog": __version__,
            "made": timezone.now().isoformat(timespec="seconds"),
            "database": database.name,
            "migrations": sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
            "bucket": settings.LINKLOG_MEDIA if settings.LINKLOG_MEDIA.startswith("s3://") else "",
            "files": {path: _sha256(partial / path) for path in _files(partial)},
        }
        (partial / MANIFEST).write_text(json.dumps(manifest, indent=1))
        verify(partial)
        _sync_tree(partial)
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
        sync(folder.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return manifest


def verify(folder: Path) -> dict[str, Any]:
    """The manifest of a whole and unharmed backup; BackupError for any other folder."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        files: dict[str, str] = dict(manifest["files"])
        database = folder / manifest["database"]
        if manifest["database"] not in files:
            raise ValueError("it names no database")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(
            f"{folder} is not a backup made by linklog: its {MANIFEST} cannot be read ({error})."
        ) from error
    present = set(_files(folder)) - {MANIFEST}
    if missing := sorted(set(files) - present):
        raise BackupError(
            f"The backup lacks {missing[0]}" + (f" and {len(missing) - 1} more files." if missing[1:] else ".")
        )
    for path, checksum in files.items():
        if _sha256(folder / path) != checksum:
            raise BackupError(f"{path} in the backup is damaged: its checksum differs from the manifest's.")
    if database.name == SQLITE_FILE:
        if (answer := _sqlite_integrity(database)) != "ok":
            raise BackupError(f"The database in the backup is damaged: {answer}")
    elif database.name == POSTGRESQL_FILE:
        _run(["pg_restore", "--list", str(database)])
    return manifest


def _sqlite_integrity(database: Path) -> str:
    """ "ok", or what SQLite finds wrong."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            return str(copy.execute("PRAGMA integrity_check").fetchone()[0])
    except sqlite3.Error as error:
        return str(error)


def restore(folder: Path) -> dict[str, Any]:
    """Put a backup in the place of this site's database and media, after verifying it. Everyone must sign in again."""
    manifest = verify(folder)
    wanted = SQLITE_FILE if vendor_sql.is_sqlite() else POSTGRESQL_FILE
    if manifest["database"] != wanted:
        raise BackupError(
            f"This backup holds {manifest['database']}, but DATABASE_URL names the other kind. Use export and import."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(connection, ignore_no_migrations=True).disk_migrations}
    if unknown := sorted(set(manifest.get("migrations", [])) - known):
        raise BackupError(
            f"This backup was made by a newer Linklog ({manifest['linklog']}: {unknown[0]}). Upgrade first."
        )
    found = [(folder / name, live_folder(name)) for name in FOLDERS if (folder / name).is_dir()]
    if mounts := [live for _source, live in found if live.is_mount()]:
        raise BackupError(
            f"{mounts[0]} is where a file system is mounted, and cannot be replaced. Use a folder below it."
        )
    staged = [(_stage(source, live), live) for source, live in found]
    _load(folder / wanted)
    for new, live in staged:
        old = live.with_name(f".{live.name}.before-restore")
        shutil.rmtree(old, ignore_errors=True)
        if live.exists():
            live.rename(old)
        new.rename(live)
        shutil.rmtree(old, ignore_errors=True)
    return manifest


def live_folder(name: str) -> Path:
    """Where one of FOLDERS is in this site."""
    return Path(settings.MEDIA_ROOT) if name == "media" else settings.HOME / name


def _copy(name: str, target: Path) -> None:
    """Without what is not finished. The server goes on, so that a file may be gone before its turn comes."""

    def copy(source: str, copied: str) -> None:
        with suppress(FileNotFoundError):
            shutil.copy2(source, copied)

    if live_folder(name).is_dir():
        unfinished = shutil.ignore_patterns(*UNFINISHED.get(name, [".*"]))
        shutil.copytree(live_folder(name), target / name, copy_function=copy, ignore=unfinished, dirs_exist_ok=True)


def _stage(source: Path, live: Path) -> Path:
    """A complete copy of `source` beside its live place, so that the swap is one rename."""
    staged = live.with_name(f".{live.name}.restoring")
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(source, staged)
    return staged


def _dump(target: Path) -> None:
    left_out = [apps.get_model(name)._meta.db_table for name in LEFT_OUT]
    if not vendor_sql.is_sqlite():
        options = [
            "--format=custom",
            "--no-owner",
            f"--file={target}",
            *(f"--exclude-table-data={t}" for t in left_out),
        ]
        _run(["pg_dump", *options, *_pg_arguments()])
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=delete")
        copy.execute("PRAGMA secure_delete=on")
        for table in set(left_out) & set(connection.introspection.table_names()):
            copy.execute(f"DELETE FROM {table}")
        copy.commit()
    os.chmod(target, 0o600)


def _load(source: Path) -> None:
    if not vendor_sql.is_sqlite():
        _load_postgresql(source)
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
        copy.backup(connection.connection)
    connection.close()


def _load_postgresql(source: Path) -> None:
    """All in one transaction, which pg_restore alone cannot do: a table that the backup does not know may refer to one it replaces."""
    tables = [*connection.introspection.django_table_names(only_existing=True, include_views=False), "search_match"]
    drop = f"DROP TABLE IF EXISTS {', '.join(map(connection.ops.quote_name, tables))} CASCADE"
    connection.close()
    script = settings.HOME / ".database.restoring"
    try:
        script.touch(mode=0o600)
        _run(["pg_restore", "--clean", "--if-exists", "--no-owner", f"--file={script}", str(source)])
        options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", *_pg_arguments()]
        _run(["psql", *options, f"--command={drop}", f"--file={script}"])
    finally:
        script.unlink(missing_ok=True)


def _pg_arguments() -> list[str]:
    database = connection.settings_dict
    options = {
        "host": database["HOST"],
        "port": database["PORT"],
        "username": database["USER"],
        "dbname": database["NAME"],
    }
    return [f"--{name}={value}" for name, value in options.items() if value]


def _run(command: list[str]) -> None:
    """Run one of PostgreSQL's programs, found on the PATH or among the distribution's server binaries."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")])
    program = shutil.which(command[0], path=path)
    if program is None:
        raise BackupError(f"{command[0]} is not installed. On Debian: apt-get install postgresql-client")
    environment = {**os.environ, "PGPASSWORD": str(connection.settings_dict["PASSWORD"] or "")}
    result = subprocess.run([program, *command[1:]], env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        raise BackupError(f"{command[0]} failed: {result.stderr.strip()}")


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_tree(folder: Path) -> None:
    """Every file and folder below, onto the disk: a rename alone survives no power cut."""
    for path in [*folder.rglob("*"), folder]:
        sync(path)
