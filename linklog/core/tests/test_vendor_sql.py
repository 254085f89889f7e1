"""How the database is opened, and what is said when it is opened another way."""

import pytest
from django.db import connection

from linklog.core import vendor_sql


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 2)])
def test_sqlite_with_the_wal_reset_bug_gets_truncate(version: tuple[int, int, int]) -> None:
    assert vendor_sql.sqlite_journal_mode(version) == "truncate"


@pytest.mark.parametrize("version", [(3, 44, 6), (3, 50, 7), (3, 51, 3), (3, 52, 0), (4, 0, 0)])
def test_sqlite_without_it_gets_wal(version: tuple[int, int, int]) -> None:
    assert vendor_sql.sqlite_journal_mode(version) == "wal"


def test_a_well_opened_database_has_no_problems() -> None:
    sqlite = {"vendor": "sqlite", "journal_mode": vendor_sql.sqlite_journal_mode(), "synchronous": "full"}
    assert vendor_sql.durability_problems(sqlite | {"transaction_mode": "immediate"}) == []
    assert vendor_sql.durability_problems({"vendor": "postgresql", "fsync": "on", "synchronous_commit": "on"}) == []


@pytest.mark.parametrize(
    ("name", "value"), [("journal_mode", "delete"), ("synchronous", "normal"), ("transaction_mode", "deferred")]
)
def test_each_unsafe_setting_of_sqlite_is_named(name: str, value: str) -> None:
    good = {
        "vendor": "sqlite",
        "journal_mode": vendor_sql.sqlite_journal_mode(),
        "synchronous": "full",
        "transaction_mode": "immediate",
    }
    (problem,) = vendor_sql.durability_problems(good | {name: value})
    assert name in problem


@pytest.mark.parametrize(("name", "value"), [("fsync", "off"), ("synchronous_commit", "off")])
def test_each_unsafe_setting_of_postgresql_is_named(name: str, value: str) -> None:
    good = {"vendor": "postgresql", "fsync": "on", "synchronous_commit": "on"}
    (problem,) = vendor_sql.durability_problems(good | {name: value})
    assert name in problem


@pytest.mark.django_db
def test_the_open_database_says_what_it_is() -> None:
    facts = vendor_sql.database_facts()
    assert facts["vendor"] == ("sqlite" if vendor_sql.is_sqlite() else "postgresql")
    if vendor_sql.is_sqlite():
        assert (facts["synchronous"], facts["transaction_mode"]) == ("full", "immediate")


def ask_for_ever() -> None:
    with vendor_sql.time_limit(50), connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT 1")


@pytest.mark.django_db
def test_many_quick_statements_come_to_an_end_as_one_slow_one_does() -> None:
    with pytest.raises(vendor_sql.TimeLimitReached):
        ask_for_ever()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 2")
        assert cursor.fetchone() == (2,)
