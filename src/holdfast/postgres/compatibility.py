"""The compatibility check: whether a database's schema is the one that this code works with."""

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql

from holdfast.kernel.text import Text
from holdfast.postgres.connection import connect, readable
from holdfast.postgres.refusals import (
    DatabaseEmpty,
    DatabaseForeign,
    SchemaAhead,
    SchemaBehind,
    SchemaUnlanded,
)
from holdfast.postgres.revisions import VERSION_TABLE, VERSIONS, revisions

_SHOWN = 3


class SchemaState(StrEnum):
    """The state of a database's schema, compared with the code's.

    `FOREIGN`: it holds tables of another application. `UNLANDED`: it was made by a revision that was edited
    afterwards.
    """

    EMPTY = "empty"
    FOREIGN = "foreign"
    BEHIND = "behind"
    CURRENT = "current"
    AHEAD = "ahead"
    UNLANDED = "unlanded"


class _Unlanded(NamedTuple):
    """A revision as it was before it landed, told by a column that its table `has`, or lacks."""

    table: str
    lacks: str | None
    has: str | None
    was: str


_UNLANDED = (
    _Unlanded("orders", "deliver_by", None, "0001 as it was before 2026-11-23 08:53 UTC (454e69d)"),
    _Unlanded("coverages", None, "window_minor", "0002 as it was before 2026-11-23 15:05 UTC (0a6fba1)"),
)
"""The two revisions that were changed after databases had been made by them; none has been since."""


def check_schema(
    database: psycopg.Connection | str, schema: str | None = None, *, versions: Path = VERSIONS
) -> None:
    """Refuse a database whose schema is not the one this code works with.

    Args:
        database: an open connection, or an address.
        schema: the PostgreSQL schema the tables are in; else the first of the search path.
        versions: the folder of the code's revisions.

    Raises:
        DatabaseEmpty: there is nothing in it yet.
        DatabaseForeign: it holds another application's tables.
        SchemaBehind: it is older than the code.
        SchemaAhead: it was migrated by a newer Holdfast.
        SchemaUnlanded: it was made by a revision that was changed since.
        ServerUnreachable, ServerTooOld: see `connection.connect`.
    """
    if isinstance(database, str):
        with connect(database) as connection:
            return check_schema(connection, schema, versions=versions)
    where = readable(database.info.dsn) + ("" if schema is None else f", schema {schema}")
    head = (revisions(versions) or (None,))[-1]
    found = schema_revision(database, schema)
    match schema_state(database, schema, versions=versions):
        case SchemaState.CURRENT:
            return None
        case SchemaState.EMPTY:
            raise DatabaseEmpty(where)
        case SchemaState.FOREIGN:
            raise DatabaseForeign(
                where, tables=summary(tables(database, schema)), version_table=VERSION_TABLE
            )
        case SchemaState.BEHIND:
            raise SchemaBehind(where, found=found or Text("尚未开始", "not begun"), head=head)
        case SchemaState.AHEAD:
            raise SchemaAhead(where, found=found, head=head)
        case SchemaState.UNLANDED:
            raise SchemaUnlanded(where, was=_unlanded(database, schema))


def check_there(url: str, schema: str) -> None:
    """Refuse an empty schema: its name is likely mistyped.

    Raises:
        DatabaseEmpty: it is one.
        ServerUnreachable, ServerTooOld: see `connection.connect`.
    """
    with connect(url) as connection:
        if schema_state(connection, schema) is SchemaState.EMPTY:
            raise DatabaseEmpty(f"{readable(url)}, schema {schema}")


def schema_state(
    connection: psycopg.Connection, schema: str | None = None, *, versions: Path = VERSIONS
) -> SchemaState:
    """Return the state of the database's schema, compared with the code's."""
    found = tables(connection, schema)
    if not found:
        return SchemaState.EMPTY
    if VERSION_TABLE not in found:
        return SchemaState.FOREIGN
    known = revisions(versions)
    revision = schema_revision(connection, schema)
    if revision is None:
        return SchemaState.BEHIND if known else SchemaState.CURRENT
    if revision not in known:
        return SchemaState.AHEAD
    if _unlanded(connection, schema) is not None:
        return SchemaState.UNLANDED
    return SchemaState.CURRENT if revision == known[-1] else SchemaState.BEHIND


def _unlanded(connection: psycopg.Connection, schema: str | None) -> str | None:
    """Return the edited revision that made the tables; None where all are as their revisions landed."""
    names = [each.table for each in _UNLANDED]
    found = connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = coalesce(%s, current_schema()) AND table_name = ANY(%s)",
        [schema, names],
    ).fetchall()
    columns = {(str(table), str(column)) for table, column in found}
    there = {table for table, _ in columns}
    for table, lacks, has, was in _UNLANDED:
        lacking = lacks is not None and (table, lacks) not in columns
        if table in there and (lacking or (table, has) in columns):
            return was
    return None


def schema_revision(connection: psycopg.Connection, schema: str | None = None) -> str | None:
    """Return the database's revision; None where no migration was ever committed."""
    if VERSION_TABLE not in tables(connection, schema):
        return None
    name = sql.Identifier(VERSION_TABLE) if schema is None else sql.Identifier(schema, VERSION_TABLE)
    row = connection.execute(sql.SQL("SELECT version_num FROM {}").format(name)).fetchone()
    return None if row is None else str(row[0])


def tables(connection: psycopg.Connection, schema: str | None = None) -> list[str]:
    """Return the names of the tables in `schema`, else in the first schema of the search path, in order."""
    rows = connection.execute(
        """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = coalesce(%s, current_schema()) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
           AND NOT EXISTS (SELECT 1 FROM pg_depend d
                           WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
           ORDER BY 1""",
        [schema],
    )
    return [str(name) for (name,) in rows]


def holdings(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """Return the schema and name of every table in the database that is not PostgreSQL's own, in order."""
    rows = connection.execute(
        """SELECT schemaname, tablename FROM pg_tables
           WHERE schemaname <> 'information_schema' AND schemaname NOT LIKE 'pg\\_%' ORDER BY 1, 2"""
    )
    return [(str(schema), str(name)) for schema, name in rows]


def all_revisions(connection: psycopg.Connection) -> dict[str, str]:
    """Return the revision of every PostgreSQL schema that Holdfast lives in: replays have their own.

    Empty for an empty database and for one of another application.
    """
    schemas = [schema for schema, name in holdings(connection) if name == VERSION_TABLE]
    found = {schema: schema_revision(connection, schema) for schema in schemas}
    return {schema: revision for schema, revision in found.items() if revision is not None}


def summary(names: list[str]) -> str:
    """Write a few of many names: `orders, payments, users and 12 more`."""
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
