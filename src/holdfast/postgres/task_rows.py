"""Rows that wait for people, as SQL: each kind is read from an index of its own, from its place on."""

from holdfast.engine.tasks import Span
from holdfast.kernel.clock import Instant, moment
from holdfast.kernel.rows import Row
from holdfast.kernel.task import TaskKind
from holdfast.postgres.reading import Connection
from holdfast.postgres.tables import TABLES
from holdfast.postgres.wire import row_cursor

_FIRST: Instant = 0
"""Nothing has waited since before the Unix epoch."""


def query(kind: TaskKind) -> str:
    """Return the statement that finds the rows of a kind that wait. See `waiting`."""
    table = TABLES[kind.row]
    return (
        f"SELECT {', '.join(table.names)} FROM {table.name} WHERE {kind.sql}"  # noqa: S608 - our own names
        f" AND ({kind.since}, id) > (%(since)s, %(id)s) AND {kind.since} <= %(until)s"
        f" ORDER BY {kind.since}, id LIMIT %(most)s"
    )


def waiting(kind: TaskKind, span: Span, connection: Connection) -> list[Row]:
    """Return the rows of a kind that wait, in a span, in its order."""
    since, key = span.after
    cursor = row_cursor(connection)
    cursor.execute(
        query(kind).encode(),
        {
            "since": moment(max(since, _FIRST)),
            "id": key if since >= _FIRST else "",
            "until": moment(max(span.until, _FIRST)),
            "most": span.most,
        },
    )
    return list(map(TABLES[kind.row].decode, cursor.fetchall()))
