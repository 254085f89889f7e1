"""The one module that knows which database it is talking to.

SQLite durability follows measurements of simulated power cuts: WAL with synchronous=FULL loses nothing, but SQLite before
3.51.3 can corrupt a WAL database that several processes write (https://sqlite.org/wal.html, "the WAL-reset bug"), so those
versions get TRUNCATE, which also loses nothing and makes readers wait while a commit is written.
"""

import fcntl
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from django.db import OperationalError, connection, transaction
from django.db.models import Func, IntegerField
from django.db.models.expressions import RawSQL

Version = tuple[int, int, int]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]

BUSY_TIMEOUT_SECONDS = 20
SYNCHRONOUS_FULL = 2
GIN_FROM = 100_000  # documents in question from which the index is quicker than looking at each
QUERY_CANCELLED = "57014"  # PostgreSQL's code; its words are in the server's language
ADVISORY_LOCK = 0x6C696E6B  # any number that other users of the database do not take


def sqlite_journal_mode(version: Version = sqlite3.sqlite_version_info) -> str:
    """`wal` where this SQLite has the fix of the WAL-reset bug (3.51.3, 3.50.7, 3.44.6), `truncate` elsewhere."""
    is_fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)
    return "wal" if is_fixed else "truncate"


def connection_options(engine: str) -> dict[str, Any]:
    """What `DATABASES[...]["OPTIONS"]` must hold for this database engine."""
    if engine.endswith("sqlite3"):
        return {
            "transaction_mode": "IMMEDIATE",
            "timeout": BUSY_TIMEOUT_SECONDS,
            "init_command": f"PRAGMA journal_mode={sqlite_journal_mode()};PRAGMA synchronous=FULL;PRAGMA cache_size=-32000",
        }
    return {"connect_timeout": 5}


def database_facts() -> dict[str, str]:
    """What the open database says of itself: for `linklog doctor` and the check at start."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
            synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
        levels = {0: "off", 1: "normal", SYNCHRONOUS_FULL: "full", 3: "extra"}
        return {
            "vendor": "sqlite",
            "version": sqlite3.sqlite_version,
            "path": str(connection.settings_dict["NAME"]),
            "journal_mode": journal,
            "synchronous": levels[synchronous],
            "transaction_mode": str(connection.settings_dict["OPTIONS"].get("transaction_mode", "DEFERRED")).lower(),
        }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit')"
        )
        version, fsync, synchronous_commit = cursor.fetchone()
    return {"vendor": "postgresql", "version": version, "fsync": fsync, "synchronous_commit": synchronous_commit}


def durability_problems(facts: dict[str, str]) -> list[str]:
    """One sentence for each setting under which an acknowledged save could be lost; empty when all is well."""
    if facts["vendor"] == "sqlite":
        wanted = {"journal_mode": sqlite_journal_mode(), "synchronous": "full", "transaction_mode": "immediate"}
        if facts["journal_mode"] == "memory":  # an in-memory database has no journal on disk
            wanted.pop("journal_mode")
    else:
        wanted = {"fsync": "on"}
        if facts["synchronous_commit"] == "off":  # every other value waits for this server's disk
            wanted["synchronous_commit"] = "on"
    return [
        f"{name} is {facts[name]}, but must be {value}, or a saved post can be lost."
        for name, value in wanted.items()
        if facts[name] != value
    ]


class YearOf(Func):
    """The year of a date column, in the database's own arithmetic: Django's on SQLite calls back into Python for every row."""

    output_field = IntegerField()
    as_sqlite_template, as_postgresql_template = (
        "CAST(substr(%(expressions)s, 1, 4) AS INTEGER)",
        "EXTRACT(YEAR FROM %(expressions)s)::int",
    )

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, template=self.as_sqlite_template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, template=self.as_postgresql_template, **context)


class MonthOf(YearOf):
    """The month of a date column, 1 to 12; as `YearOf`."""

    as_sqlite_template = "CAST(substr(%(expressions)s, 6, 2) AS INTEGER)"
    as_postgresql_template = "EXTRACT(MONTH FROM %(expressions)s)::int"


@contextmanager
def writing() -> Iterator[None]:
    """A transaction in which nobody else writes posts, so that what was found free stays free until it is done.

    SQLite lets one writer in, but by chance: those who wait ask again at growing intervals, and under load some never get in. So
    they queue for a file lock first, which is fair. PostgreSQL takes an advisory lock, which lasts as long as the transaction.
    """
    with writers_queue(), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        yield


@contextmanager
def writers_queue() -> Iterator[None]:
    """Wait for one's turn to write. Within a transaction one's turn has come."""
    if connection.vendor != "sqlite" or is_in_memory() or connection.in_atomic_block:
        yield
        return
    path = sqlite_path().with_suffix(".lock")
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600)) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def analyse() -> None:
    """Let the database count what it holds, so that it plans well: after an import, and now and then. Takes a moment."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit=1000")
        cursor.execute("ANALYZE")


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def sqlite_path() -> Path:
    """The file of the SQLite database."""
    return Path(connection.settings_dict["NAME"])


def is_in_memory() -> bool:
    """Whether the SQLite database is in memory, as it is in tests."""
    return "memory" in str(connection.settings_dict["NAME"])


def integers(columns: Sequence[str], source: str, params: Sequence[Any] = ()) -> list[Integers]:
    """Whole columns of integers as arrays, in one row: `SELECT columns FROM source`, without a Python object per value.

    `columns` and `source` are SQL of our own. Rows stand in the same order in each column; NULL is not allowed.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            aggregates = ", ".join(f"group_concat({column})" for column in columns)
            cursor.execute(f"SELECT {aggregates} FROM {source}", params)
            return [np.fromstring(text or "", dtype=np.int64, sep=",") for text in cursor.fetchone()]
        aggregates = ", ".join(f"string_agg(int8send(({column})::bigint), ''::bytea)" for column in columns)
        cursor.execute(f"SELECT {aggregates} FROM {source}", params)
        return [np.frombuffer(bytes(value or b""), dtype=">i8").astype(np.int64) for value in cursor.fetchone()]


def rows_of(keys: Sequence[int]) -> RawSQL:
    """`keys` as the rows of a subquery, for `pk__in`: one parameter however many they are, where a list meets SQLite's limit."""
    if connection.vendor == "sqlite":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(keys))])
    return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])


class TimeLimitReached(Exception):
    """A statement was ended because it took longer than it may."""


@contextmanager
def time_limit(milliseconds: int) -> Iterator[None]:
    """End the statements within after this long, with TimeLimitReached. They may only read: on PostgreSQL they are one transaction,
    and there the last to begin in time has this long once more.
    """
    deadline = time.monotonic() + milliseconds / 1000

    def in_time(execute: Any, *call: Any) -> Any:
        if time.monotonic() > deadline:
            raise TimeLimitReached
        return execute(*call)

    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.set_progress_handler(lambda: time.monotonic() > deadline, 2000)
        try:
            with connection.execute_wrapper(in_time):
                yield
        except OperationalError as error:
            if "interrupted" in str(error):
                raise TimeLimitReached from error
            raise
        finally:
            connection.connection.set_progress_handler(None, 0)
        return
    lasts_longer = connection.in_atomic_block  # a setting made for a transaction stays until the outermost ends
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            setting = "current_setting('statement_timeout'), set_config('statement_timeout', %s, true)"
            cursor.execute(f"SELECT {setting}", [str(milliseconds)])
            [before, _now] = cursor.fetchone()
            with connection.execute_wrapper(in_time):
                yield
            if lasts_longer:
                cursor.execute(f"SELECT {setting}", [before])
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == QUERY_CANCELLED:
            raise TimeLimitReached from error
        raise


def holding_phrase(words: Sequence[str], among: Integers) -> Integers:
    """The ids of the documents in `search_match` that hold these words in a row: of the sorted ids `among` all that do, perhaps others.

    `words` come from `core.words`: they hold letters, digits, + and # only, and are quoted all the same.
    """
    return _holding(words, among, "", "")


def holding_beginning(words: Sequence[str], among: Integers) -> Integers:
    """As `holding_phrase`, but the last of `words` may be the beginning of one."""
    return _holding(words, among, " *", ":*")


def _holding(words: Sequence[str], among: Integers, fts5_end: str, tsquery_end: str) -> Integers:
    if connection.vendor == "sqlite":
        phrase = " + ".join('"' + word.replace('"', '""') + '"' for word in words) + fts5_end
        bounds = [phrase, int(among[0]), int(among[-1])]
        [found] = integers(["rowid"], "search_match WHERE search_match MATCH %s AND rowid BETWEEN %s AND %s", bounds)
        return found
    phrase = " <-> ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in words) + tsquery_end
    source = "search_match WHERE words @@ %s::tsquery"
    if len(among) > GIN_FROM:
        [found] = integers(["document_id"], source, [phrase])
        return found
    [found] = integers(["document_id"], source + " AND document_id = ANY(%s)", [phrase, among.tolist()])
    return found
