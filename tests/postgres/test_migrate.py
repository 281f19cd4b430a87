"""Migrations, and the refusal of databases that this code is not written for."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory

from holdfast.postgres.compatibility import SchemaState, check_schema, schema_revision, schema_state, tables
from holdfast.postgres.migrate import migrate
from holdfast.postgres.refusals import (
    DatabaseEmpty,
    DatabaseForeign,
    MigrationBlocked,
    SchemaAhead,
    SchemaBehind,
)
from holdfast.postgres.revisions import MIGRATIONS, VERSION_TABLE, VERSIONS, head, revisions
from waiting import GUARD_SECONDS

WriteRevision = Callable[[str, str], None]


@pytest.fixture
def two(versions: Path, write_revision: WriteRevision) -> Path:
    write_revision("0001", "CREATE TABLE a (n int)")
    write_revision("0002", "CREATE TABLE b (n int)")
    return versions


def run(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode())


def names(url: str, schema: str | None = None) -> list[str]:
    with psycopg.connect(url) as connection:
        return tables(connection, schema)


def test_the_files_numbers_are_the_line_that_alembic_walks() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS), version_locations=[str(VERSIONS)])
    walked = [script.revision for script in scripts.walk_revisions()][::-1]
    assert walked == list(revisions())
    assert scripts.get_current_head() == head()


def test_the_real_revisions_bring_an_empty_database_to_the_newest(database_url: str) -> None:
    assert migrate(database_url) == list(revisions())
    assert migrate(database_url) == []
    with psycopg.connect(database_url) as connection:
        assert schema_revision(connection) == head()


def test_lacking_revisions_are_applied_in_order_and_once(
    database_url: str, two: Path, write_revision: WriteRevision
) -> None:
    assert migrate(database_url, versions=two) == ["0001", "0002"]
    assert migrate(database_url, versions=two) == []
    write_revision("0003", "CREATE TABLE c (n int)")
    assert migrate(database_url, versions=two) == ["0003"]
    assert names(database_url) == ["a", "b", "c", VERSION_TABLE]


def test_everything_lives_in_the_schema_that_is_given(database_url: str, two: Path) -> None:
    for schema in ("replay_1", 'Odd "name" %'):
        assert migrate(database_url, schema, versions=two) == ["0001", "0002"]
        check_schema(database_url, schema, versions=two)
        assert names(database_url, schema) == ["a", "b", VERSION_TABLE]
    assert names(database_url) == []
    with pytest.raises(DatabaseEmpty):
        check_schema(database_url, versions=two)


def test_processes_that_migrate_at_once_take_turns(database_url: str, two: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from holdfast.postgres.migrate import migrate;"
        "print(*migrate(sys.argv[1], versions=Path(sys.argv[2])))"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", script, database_url, two], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    answers = sorted(process.communicate(timeout=GUARD_SECONDS)[0].strip() for process in started)
    assert [process.returncode for process in started] == [0, 0, 0]
    assert answers == ["", "", "0001 0002"]


def test_where_no_revision_lacks_what_applies_them_is_not_imported(migrated_url: str) -> None:
    """It takes as long to import as a small command takes, and each home looks for new revisions."""
    script = (
        "import sys; from holdfast.postgres.migrate import migrate; assert migrate(sys.argv[1]) == [];"
        "print(*{'alembic', 'sqlalchemy'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, migrated_url], check=True, capture_output=True, text=True
    )
    assert done.stdout == "\n"


def test_a_failing_revision_is_taken_back_and_those_before_it_stay(
    database_url: str, two: Path, write_revision: WriteRevision
) -> None:
    write_revision("0003", "CREATE TABLE c (n int); SELECT 1 / 0")
    with pytest.raises(Exception, match="division by zero"):
        migrate(database_url, versions=two)
    assert names(database_url) == ["a", "b", VERSION_TABLE]
    with psycopg.connect(database_url) as connection:
        assert schema_revision(connection) == "0002"


def test_a_revision_does_not_wait_long_for_a_lock(
    database_url: str, two: Path, write_revision: WriteRevision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast.postgres.applying._LOCK_SECONDS", 1)
    migrate(database_url, versions=two)
    write_revision("0003", "ALTER TABLE a ADD COLUMN m int")
    with psycopg.connect(database_url) as reader:
        reader.execute("SELECT * FROM a")
        with pytest.raises(MigrationBlocked, match="waited 1 s"):
            migrate(database_url, versions=two)
    assert migrate(database_url, versions=two) == ["0003"]


def test_an_empty_database_is_told_from_anothers(database_url: str, two: Path) -> None:
    with pytest.raises(DatabaseEmpty, match="holdfast db migrate"):
        check_schema(database_url, versions=two)
    run(database_url, "CREATE TABLE invoices (n int); CREATE TABLE alembic_version (version_num text)")
    with pytest.raises(DatabaseForeign, match="invoices"):
        check_schema(database_url, versions=two)
    with pytest.raises(DatabaseForeign):
        migrate(database_url, versions=two)
    assert names(database_url) == ["alembic_version", "invoices"]


def test_a_current_schema_is_let_through(database_url: str, two: Path) -> None:
    migrate(database_url, versions=two)
    check_schema(database_url, versions=two)
    with psycopg.connect(database_url) as connection:
        check_schema(connection, versions=two)
        assert schema_state(connection, versions=two) is SchemaState.CURRENT


def test_an_older_schema_is_refused_with_the_way_out(database_url: str, two: Path) -> None:
    migrate(database_url, versions=two)
    run(database_url, f"UPDATE {VERSION_TABLE} SET version_num = '0001'")
    with pytest.raises(
        SchemaBehind, match=r"is 0001, and this Holdfast works with 0002\. Run: holdfast db migrate"
    ):
        check_schema(database_url, versions=two)


def test_a_schema_whose_first_migration_was_taken_back_is_older(database_url: str, two: Path) -> None:
    migrate(database_url, versions=two)
    run(database_url, f"DELETE FROM {VERSION_TABLE}")
    with pytest.raises(SchemaBehind, match="not begun"):
        check_schema(database_url, versions=two)


def test_a_newer_schema_is_refused_and_not_touched(database_url: str, two: Path) -> None:
    migrate(database_url, versions=two)
    run(database_url, f"UPDATE {VERSION_TABLE} SET version_num = '9000'")
    for attempt in (check_schema, migrate):
        with pytest.raises(SchemaAhead, match="migrated by a newer Holdfast"):
            attempt(database_url, versions=two)
    with psycopg.connect(database_url) as connection:
        assert schema_revision(connection) == "9000"
