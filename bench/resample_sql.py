"""The statements that `bench.resample` multiplies rows by, on each database."""

from collections.abc import Sequence
from importlib import import_module

from django.core.management.color import no_style
from django.db import connection, transaction

from linklog.core import vendor_sql
from linklog.posts.models import Credit, Post, PostTag
from linklog.search.models import Document, Facts

match_tables = import_module("linklog.search.migrations.0002_search_match")

COPY = "bench_copy"  # key, source, days


class Rows:
    """Copies of rows. What differs between the databases is in the classes below."""

    shifted: dict[str, str]  # columns of a post to their expressions, where dates are concerned

    def begin(self) -> None:
        """Take off what follows every row, until `finish`."""
        run(f"CREATE TEMPORARY TABLE {COPY} (key bigint PRIMARY KEY, source bigint, days integer)")

    def copy(self, keys: Sequence[int], sources: Sequence[int], days: Sequence[int]) -> None:
        """Add the posts `keys` as copies of `sources`, so many days younger, with all that belongs to them."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {COPY}")
            cursor.executemany(f"INSERT INTO {COPY} VALUES (%s, %s, %s)", list(zip(keys, sources, days, strict=True)))
            for statement in self.statements():
                cursor.execute(statement)

    def statements(self) -> list[str]:
        own = {
            "id": "c.key",
            "slug": "s.slug || '-' || c.key",
            "code": "'copy-' || c.key",
            "feed_id": "'tag:copy:' || c.key",
            "import_ref": "NULL",
        }
        later = {"day": "s.day + c.days", "published": f"s.published + c.days * {24 * 60 * 60}"}
        return [
            copying(Post, own | self.shifted),
            copying(PostTag, {"post_id": "c.key"}, without="id"),
            copying(Credit, {"post_id": "c.key"}, without="id"),
            copying(Document, {"post_id": "c.key"}),
            copying(Facts, {"post_id": "c.key"} | later),
        ]

    def finish(self) -> None:
        """Make the database what it would be had it followed every row."""
        run(f"DROP TABLE {COPY}", *connection.ops.sequence_reset_sql(no_style(), [Post]))
        vendor_sql.analyse()


class SqliteRows(Rows):
    shifted = {name: f"datetime(s.{name}, c.days || ' days')" for name in ("published", "updated", "created")} | {
        "day": "date(s.day, c.days || ' days')"
    }

    def begin(self) -> None:
        super().begin()
        run(*[statement for statement in match_tables.SQLITE_BACK if statement.startswith("DROP TRIGGER")])
        run("PRAGMA journal_mode=memory", "PRAGMA synchronous=off", "PRAGMA cache_size=-2000000")

    def finish(self) -> None:
        run(*[statement for statement in match_tables.SQLITE if statement.startswith("CREATE TRIGGER")])
        run("INSERT INTO search_match(search_match) VALUES ('rebuild')")
        super().finish()


class PostgresqlRows(Rows):
    shifted = {name: f"s.{name} + c.days * interval '1 day'" for name in ("published", "updated", "created")} | {
        "day": "s.day + c.days"
    }

    def begin(self) -> None:
        super().begin()
        run("ALTER TABLE search_document DISABLE TRIGGER USER", "DROP INDEX search_match_words")

    def statements(self) -> list[str]:
        match = f"INSERT INTO search_match SELECT c.key, s.words FROM {COPY} c JOIN search_match s ON s.document_id = c.source"
        return [*super().statements(), match]

    def finish(self) -> None:
        run("ALTER TABLE search_document ENABLE TRIGGER USER", "SET maintenance_work_mem = '1GB'")
        run(*[statement for statement in match_tables.POSTGRESQL if statement.startswith("CREATE INDEX")])
        super().finish()
        run("VACUUM ANALYZE")


def of_this_database() -> Rows:
    return SqliteRows() if vendor_sql.is_sqlite() else PostgresqlRows()


def copying(model: type, changed: dict[str, str], without: str = "") -> str:
    """INSERT … SELECT of every column of `model`, from the row of the source, `changed` apart."""
    meta = model._meta
    columns = [field.column for field in meta.concrete_fields if field.column != without]
    owner = "id" if model is Post else "post_id"
    values = ", ".join(changed.get(column, f"s.{column}") for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {meta.db_table} ({names}) SELECT {values} FROM {COPY} c JOIN {meta.db_table} s ON s.{owner} = c.source"


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()
