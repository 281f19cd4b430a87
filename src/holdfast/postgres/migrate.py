"""Bring a database's schema to the code's newest revision."""

import zlib
from pathlib import Path

import psycopg
from psycopg import errors, sql

from holdfast.kernel.text import Text
from holdfast.postgres.compatibility import SchemaState, check_schema, schema_state
from holdfast.postgres.connection import connect, readable
from holdfast.postgres.refusals import MigrationBlocked
from holdfast.postgres.revisions import VERSIONS

_LOCK_SPACE = 0x686F6C64
"""The first half of our advisory locks' keys ("hold"); the second is the schema's checksum."""

_REFUSED = frozenset({SchemaState.FOREIGN, SchemaState.AHEAD, SchemaState.UNLANDED})

_TURN_SECONDS = 600


def migrate(url: str, schema: str | None = None, *, versions: Path = VERSIONS) -> list[str]:
    """Apply the revisions that the database lacks, each in its own transaction, and return them in order.

    Processes that migrate at once take turns under an advisory lock; the later ones find nothing to do. No
    step waits longer than five seconds for a lock: while it waits, whoever wants that table next waits too.

    Args:
        url: the database's address.
        schema: the PostgreSQL schema that everything lives in, made where missing; else the first on the
            search path.
        versions: the folder of the revisions.

    Raises:
        DatabaseForeign: it holds another application's tables; they are left alone.
        SchemaAhead: a newer Holdfast migrated it.
        SchemaUnlanded: a revision made it that was changed since.
        MigrationBlocked: a lock was not to be had; the steps before stay, and a later run goes on there.
        ServerUnreachable, ServerTooOld: see `connection.connect`.
    """
    with connect(url) as turn:
        _take_turn(turn, schema)
        if schema is not None:
            turn.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        found = schema_state(turn, schema, versions=versions)
        if found is SchemaState.CURRENT:
            return []
        if found in _REFUSED:
            # Looked at in our turn, and before the first statement: tables that another process or another
            # application has made meanwhile are never migrated over.
            check_schema(turn, schema, versions=versions)
        from holdfast.postgres.applying import apply  # noqa: PLC0415 - see there

        return apply(url, schema, versions)


def _take_turn(connection: psycopg.Connection, schema: str | None) -> None:
    # A session's lock on an idle connection: it holds no transaction open, and ends with the process.
    key = zlib.crc32((schema or "").encode()) - 2**31
    try:
        connection.execute(f"SET lock_timeout = '{_TURN_SECONDS}s'".encode())
        connection.execute("SELECT pg_advisory_lock(%s::int, %s::int)", [_LOCK_SPACE, key])
    except errors.LockNotAvailable as error:
        where = readable(connection.info.dsn)
        raise MigrationBlocked(
            where, seconds=_TURN_SECONDS, awaited=Text("另一次迁移结束", "another migration to end")
        ) from error
