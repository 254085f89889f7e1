"""The databases' own indexes of phrases, which follow `search_document` by triggers: FTS5 over external content, tsvector with GIN.

Words come analysed, one blank between them, so neither database may cut or change them: the `ascii` tokenizer keeps every
character that is not ASCII, and + and #; on PostgreSQL the tsvector is written out instead of parsed. Positions leave a gap between
columns, for no phrase reaches from one into the next.
"""

from typing import Any

from django.db import migrations

COLUMNS = "title, tags, body, page"
NEW, OLD = (", ".join(f"{row}.{name}" for name in COLUMNS.split(", ")) for row in ("new", "old"))

SQLITE = [
    f"""CREATE VIRTUAL TABLE search_match USING fts5({COLUMNS}, content='search_document', content_rowid='post_id',
        columnsize=0, tokenize="ascii tokenchars '+#'")""",
    f"""CREATE TRIGGER search_document_inserted AFTER INSERT ON search_document BEGIN
        INSERT INTO search_match(rowid, {COLUMNS}) VALUES (new.post_id, {NEW}); END""",
    f"""CREATE TRIGGER search_document_deleted AFTER DELETE ON search_document BEGIN
        INSERT INTO search_match(search_match, rowid, {COLUMNS}) VALUES ('delete', old.post_id, {OLD}); END""",
    f"""CREATE TRIGGER search_document_updated AFTER UPDATE OF {COLUMNS} ON search_document BEGIN
        INSERT INTO search_match(search_match, rowid, {COLUMNS}) VALUES ('delete', old.post_id, {OLD});
        INSERT INTO search_match(rowid, {COLUMNS}) VALUES (new.post_id, {NEW}); END""",
    f"INSERT INTO search_match(rowid, {COLUMNS}) SELECT post_id, {COLUMNS} FROM search_document",
]
POSTGRESQL = [
    """CREATE TABLE search_match (
        document_id bigint PRIMARY KEY,
        words tsvector NOT NULL)""",
    "CREATE INDEX search_match_words ON search_match USING gin (words)",
    """CREATE OR REPLACE FUNCTION search_words(text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
        SELECT coalesce(string_agg(quote_literal(word) || ':' || least(place, 16383), ' '), '')::tsvector
        FROM unnest(string_to_array($1, ' ')) WITH ORDINALITY AS found(word, place) WHERE word <> '' $$""",
    """CREATE OR REPLACE FUNCTION search_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO search_match VALUES (new.post_id, search_words(concat_ws('   ', new.title, new.tags, new.body, new.page)))
        ON CONFLICT (document_id) DO UPDATE SET words = excluded.words;
        RETURN NULL; END $$""",
    """CREATE TRIGGER search_document_written AFTER INSERT OR UPDATE OF title, tags, body, page ON search_document
        FOR EACH ROW EXECUTE FUNCTION search_follow()""",
    # Not a foreign key: PostgreSQL would refuse to empty the documents by TRUNCATE, which `flush` does
    """CREATE OR REPLACE FUNCTION search_forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'TRUNCATE' THEN DELETE FROM search_match;
        ELSE DELETE FROM search_match WHERE document_id = old.post_id; END IF;
        RETURN NULL; END $$""",
    """CREATE TRIGGER search_document_deleted AFTER DELETE ON search_document
        FOR EACH ROW EXECUTE FUNCTION search_forget()""",
    """CREATE TRIGGER search_document_emptied AFTER TRUNCATE ON search_document
        FOR EACH STATEMENT EXECUTE FUNCTION search_forget()""",
    """INSERT INTO search_match
        SELECT post_id, search_words(concat_ws('   ', title, tags, body, page)) FROM search_document""",
]
SQLITE_BACK = [
    *(f"DROP TRIGGER search_document_{event}" for event in ("inserted", "deleted", "updated")),
    "DROP TABLE search_match",
]
POSTGRESQL_BACK = [
    *(f"DROP TRIGGER search_document_{event} ON search_document" for event in ("written", "deleted", "emptied")),
    "DROP FUNCTION search_follow()",
    "DROP FUNCTION search_forget()",
    "DROP FUNCTION search_words(text)",
    "DROP TABLE search_match",
]


def forwards(apps: Any, editor: Any) -> None:
    run(editor, SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL)


def backwards(apps: Any, editor: Any) -> None:
    run(editor, SQLITE_BACK if editor.connection.vendor == "sqlite" else POSTGRESQL_BACK)


def run(editor: Any, statements: list[str]) -> None:
    with editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
