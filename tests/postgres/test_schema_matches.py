"""The migrated tables are those that the row types ask for: no column more, none less, none other."""

from collections.abc import Iterator

import psycopg
import pytest

from holdfast.house import INDEXES, TASKS
from holdfast.kernel.clock import moment
from holdfast.kernel.task import TaskKind
from holdfast.postgres.migrate import migrate
from holdfast.postgres.revisions import VERSION_TABLE
from holdfast.postgres.tables import TABLES, Table
from holdfast.postgres.task_rows import query
from holdfast.reactions import WAKERS

Connection = psycopg.Connection[tuple[str, ...]]

DELIVERIES = {"webhook_standings", "webhook_messages", "webhook_attempts", "webhook_erasures"}

TRAIL = {"feed", "trail_leaves", "trail_batches", "trail_head", "trail_keys", "trail_erased"}

MARKETS = {"markets", "test_clock", "test_clock_moves", "scripted_acts"}

SQL_NAMES = {"timestamptz": "timestamp with time zone"}
TABLE_PARAMETERS = [pytest.param(table, id=table.name) for table in TABLES.values()]


@pytest.fixture(scope="module")
def connection(postgres_url: str) -> Iterator[Connection]:
    """A connection to a schema with all migrations."""
    migrate(postgres_url, "matches")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection
        connection.execute("DROP SCHEMA matches CASCADE")


def columns(connection: Connection, table: str) -> dict[str, tuple[str, str, str | None]]:
    """Return each column's type, whether it may be null, and its collation where that is not the default."""
    found = connection.execute(
        "SELECT column_name, data_type, is_nullable, collation_name FROM information_schema.columns"
        " WHERE table_schema = 'matches' AND table_name = %s ORDER BY ordinal_position",
        (table,),
    )
    return {name: (kind, nullable, collation) for name, kind, nullable, collation in found}


def index_definitions(connection: Connection, table: str) -> list[str]:
    query = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'matches' AND tablename = %s"
    return [definition for (definition,) in connection.execute(query, (table,))]


@pytest.mark.parametrize("table", TABLE_PARAMETERS)
def test_columns_are_the_fields(connection: Connection, table: Table) -> None:
    found = {name: each[:2] for name, each in columns(connection, table.name).items()}
    assert found == {
        column.name: (SQL_NAMES.get(column.kind.value, column.kind.value), "YES" if column.optional else "NO")
        for column in table.columns
    }


@pytest.mark.parametrize("table", TABLE_PARAMETERS)
def test_ids_are_primary_keys_that_sort_as_python_sorts(connection: Connection, table: Table) -> None:
    assert columns(connection, table.name)["id"][2] == "C"
    assert any(
        "UNIQUE INDEX" in each and "(id)" in each for each in index_definitions(connection, table.name)
    )


def test_there_are_no_other_tables(connection: Connection) -> None:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'matches'"
    found = {name for (name,) in connection.execute(query)}
    ours = {table.name for table in TABLES.values()} | TRAIL | MARKETS | DELIVERIES
    assert found == ours | {"facts", VERSION_TABLE}


def test_every_kind_that_wakes_has_its_index(connection: Connection) -> None:
    for kind in WAKERS:
        wanted = "USING btree (wake_at, id) WHERE (wake_at IS NOT NULL)"
        assert any(wanted in each for each in index_definitions(connection, TABLES[kind].name))


def test_every_page_of_an_index_is_read_from_one(connection: Connection) -> None:
    """The planner takes the partial index for the very condition that the engine asks with."""
    connection.execute("SET search_path = matches")
    connection.execute("SET enable_seqscan = off")
    connection.execute("SET enable_bitmapscan = off")
    for index in INDEXES:
        table = TABLES[index.kind]
        plan = connection.execute(
            f"EXPLAIN SELECT id FROM {table.name} WHERE {index.by} = 'm' AND {index.where} AND id > 'a'"
            " ORDER BY id LIMIT 100".encode()
        ).fetchall()
        text = "\n".join(line for (line,) in plan)
        assert "Index Only Scan" in text
        assert "_pkey" not in text
        assert "Sort" not in text


@pytest.mark.parametrize("kind", TASKS, ids=lambda kind: kind.name)
def test_every_task_is_read_from_an_index(connection: Connection, kind: TaskKind) -> None:
    """From its place on, in its order: a page costs what it has, however many rows wait."""
    connection.execute("SET search_path = matches")
    connection.execute("SET enable_seqscan = off")
    connection.execute("SET enable_bitmapscan = off")
    asked = {"since": moment(0), "id": "a", "until": moment(1), "most": 5}
    plan = connection.execute(f"EXPLAIN {query(kind)}".encode(), asked).fetchall()
    text = "\n".join(line for (line,) in plan)
    assert f"ROW({kind.since}, id)" in text.partition("Index Cond:")[2]
    assert "Filter" not in text
    assert "Sort" not in text


def test_fixed_columns_are_fields() -> None:
    for table in TABLES.values():
        assert table.fixed <= set(table.names) - {"id", "wake_at"}
