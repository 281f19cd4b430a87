"""Set-based writes of a batch: new rows and facts by binary COPY, changed rows by one UPDATE a table."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain, repeat
from operator import attrgetter
from struct import Struct
from typing import Any, TypeVar

import psycopg
from psycopg.copy import LibpqWriter

from holdfast.kernel.actor import Actor
from holdfast.kernel.desk import Change
from holdfast.kernel.rows import Fact, FactBody, Row
from holdfast.postgres.codec import (
    COPY_HEADER,
    COPY_TRAILER,
    ENCODERS,
    NULL,
    SqlType,
    array,
)
from holdfast.postgres.tables import TABLES, Column, Table
from holdfast.postgres.wire import parameter

T = TypeVar("T")

Connection = psycopg.Connection[tuple[Any, ...]]

_COUNT = Struct(">h").pack
_FACT_COLUMNS = "id, at, kind, order_id, merchant_id, body, actor"
_FACT_COUNT = _COUNT(7)

_PIECE = 64
"""Rows that are encoded and sent at once."""

_uuid = ENCODERS[SqlType.UUID]
_at = ENCODERS[SqlType.TIMESTAMP]
_text = ENCODERS[SqlType.TEXT]
_jsonb = ENCODERS[SqlType.JSONB]
_id = attrgetter("id")


ByKind = dict[type[Row], list[Row]]


class Changed:
    """The changed rows of a batch, divided into new ones (inserts) and others (updates)."""

    def __init__(self) -> None:
        self._first: dict[tuple[type[Row], str], Row | None] = {}

    def note(self, changes: Iterable[Change]) -> None:
        """Note the version of each changed row before the batch."""
        first = self._first
        for kind, key, before in changes:
            if (kind, key) not in first:
                first[kind, key] = before

    def split(self, rows: Mapping[type[Row], Any]) -> tuple[ByKind, ByKind]:
        """Return new and changed rows, each by kind, as they are after the batch.

        New rows ascend by id: two processes that insert the same ones then cannot deadlock.
        """
        new: ByKind = {}
        changed: ByKind = {}
        for (kind, key), before in self._first.items():
            row = rows[kind][key]
            if row is None:
                continue
            if before is None:
                new.setdefault(kind, []).append(row)
            elif row != before:
                changed.setdefault(kind, []).append(row)
        for made in new.values():
            made.sort(key=_id)
        return new, changed


def copy_new(connection: Connection, new: ByKind, facts: Sequence[Fact]) -> None:
    """Insert new rows, table by table in the order of locks, then append to the journal."""
    for kind, table in TABLES.items():
        if kind in new:
            copy_rows(connection, table, new[kind])
    if facts:
        copy_facts(connection, facts)


def send_changed(connection: Connection, changed: ByKind) -> None:
    """Send the updates of changed rows, in a pipeline, table by table in the order of locks."""
    for kind in TABLES:
        if kind in changed:
            send_updates(connection, kind, changed[kind])


def copy_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert new rows."""
    count = _COUNT(len(table.columns))
    _copy(
        connection,
        f"{table.name} ({', '.join(table.names)})",
        (chain.from_iterable(zip(repeat(count), *table.encode(some), strict=False)) for some in _cut(rows)),
    )


def copy_facts(connection: Connection, facts: Sequence[Fact]) -> None:
    """Append to the journal."""
    _copy(connection, f"facts ({_FACT_COLUMNS})", map(_fact_values, _cut(facts)))


def _fact_values(facts: Iterable[Fact]) -> list[bytes]:
    values: list[bytes] = []
    for fact in facts:
        body = fact.body
        order_id: str | None = getattr(body, "order_id", None)
        merchant_id: str | None = getattr(body, "merchant_id", None)
        values += (
            _FACT_COUNT,
            _uuid(fact.id),
            _at(fact.at),
            _kind(type(body)),
            NULL if order_id is None else _text(order_id),
            NULL if merchant_id is None else _text(merchant_id),
            _jsonb(body),
            NULL if fact.actor is None else _actor(fact.actor),
        )
    return values


@lru_cache(1024)
def _actor(actor: Actor) -> bytes:
    return _text(actor.text())


@cache
def _kind(body: type[FactBody]) -> bytes:
    return _text(body.__name__)


def _cut(things: Sequence[T]) -> Iterator[Sequence[T]]:
    return (things[start : start + _PIECE] for start in range(0, len(things), _PIECE))


def _copy(connection: Connection, target: str, pieces: Iterable[Iterable[bytes]]) -> None:
    """Copy piece by piece, each sent at once: the server takes one in while the next is encoded."""
    query = f"COPY {target} FROM STDIN BINARY".encode()
    with connection.cursor() as cursor:
        writer = LibpqWriter(cursor, flush_threshold=0)
        with cursor.copy(query, writer=writer) as copy:
            copy.write(COPY_HEADER)
            for piece in pieces:
                copy.write(b"".join(piece))
            copy.write(COPY_TRAILER)


@cache
def _changing(kind: type[Row]) -> tuple[bytes, tuple[Column, ...], Callable[[Row], tuple[Any, ...]]]:
    """Return the UPDATE of a type, its columns, and the getter of their values."""
    table = TABLES[kind]
    columns = table.changing
    names = ", ".join(column.name for column in columns)
    values = ", ".join("%b" for _ in columns)
    sets = ", ".join(f"{column.name} = new.{column.name}" for column in columns[1:])
    statement = (
        f"UPDATE {table.name} AS old SET {sets}"  # noqa: S608 - our own names
        f" FROM unnest({values}) AS new ({names}) WHERE old.id = new.id"
    )
    return statement.encode(), columns, attrgetter(*(column.name for column in columns))


def send_updates(connection: Connection, kind: type[Row], rows: Sequence[Row]) -> None:
    """Send the update of changed rows, in a pipeline."""
    statement, columns, values_of = _changing(kind)
    parameters = [
        parameter(column.kind, array(column.kind, column.encode_all(values)))
        for column, values in zip(columns, zip(*map(values_of, rows), strict=True), strict=True)
    ]
    connection.execute(statement, parameters)
