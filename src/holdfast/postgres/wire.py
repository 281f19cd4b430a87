"""The wire: a connection set up for the engine, with binary values both ways and stable prepared plans."""

from typing import Any

import psycopg
from psycopg import sql
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.pq import Format
from psycopg.types.numeric import Int8BinaryLoader

from holdfast.postgres.codec import OIDS, SqlType, from_postgres
from holdfast.postgres.connection import connect, readable
from holdfast.postgres.refusals import ServerUnreachable


class ArrayParameter(bytes):
    """An encoded array; a subclass for each element type tells the driver its object id."""

    __slots__ = ()


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: bytes) -> Buffer:
        return obj


class _Instant(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> int:
        return from_postgres(data)


class _Json(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> bytes:
        return bytes(data)[1:]


class _Hexadecimal(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return bytes(data).hex()


def _parameter(kind: SqlType) -> tuple[type[ArrayParameter], type[Dumper]]:
    name = kind.name.title()
    parameter = type(f"{name}Array", (ArrayParameter,), {"__slots__": ()})
    return parameter, type(f"_{name}ArrayDumper", (_AsItIs,), {"oid": OIDS[kind][1]})


_PARAMETERS = {kind: _parameter(kind) for kind in SqlType}


def parameter(kind: SqlType, data: bytes) -> ArrayParameter:
    """Return an encoded array as a parameter of a statement."""
    return _PARAMETERS[kind][0](data)


_SETTINGS = {
    # Index scans and nested loops are right for every statement of the engine, whatever the statistics say
    # of tables that grew a hundredfold since the last analyze; and a plan is made once.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_bitmapscan": "off",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    # A statement that waited sees what it waited for: rows under their locks, the log that was bound.
    "default_transaction_isolation": "read committed",
    "timezone": "UTC",
    "application_name": "holdfast",
}


def open_wire(url: str, schema: str | None) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect for the engine: autocommit, prepared at first use, its rows in `schema`.

    Raises:
        ServerUnreachable, ServerTooOld, BadDatabaseUrl: see `connection.connect`.
    """
    connection = connect(url)
    for kind, (array, dumper) in _PARAMETERS.items():
        connection.adapters.register_dumper(array, dumper)
        if kind in _LOADERS:
            connection.adapters.register_loader(OIDS[kind][0], _LOADERS[kind])
    connection.prepare_threshold = 0
    settings = _SETTINGS if schema is None else {**_SETTINGS, "search_path": schema}
    statement = sql.SQL("SET {} = {}")
    each = [statement.format(sql.Identifier(name), sql.Literal(value)) for name, value in settings.items()]
    try:
        connection.execute(sql.SQL("; ").join(each), prepare=False)  # one round trip; many cannot be prepared
    except psycopg.OperationalError as error:  # it let us in, and was gone
        connection.close()
        raise ServerUnreachable(readable(url), reason=str(error).splitlines()[0]) from error
    return connection


def row_cursor(connection: psycopg.Connection[tuple[Any, ...]], name: str = "") -> Any:
    """Return a cursor for `tables.Table.decode`, which returns times as raw integers of microseconds.

    A row has up to twenty times, and a Python loader for each would cost more than the rest of reading it.
    """
    cursor = connection.cursor(name, binary=True) if name else connection.cursor(binary=True)
    cursor.adapters.register_loader(OIDS[SqlType.TIMESTAMP][0], Int8BinaryLoader)
    return cursor


_LOADERS: dict[SqlType, type[Loader]] = {
    SqlType.TIMESTAMP: _Instant,
    SqlType.JSONB: _Json,
    SqlType.UUID: _Hexadecimal,
}
