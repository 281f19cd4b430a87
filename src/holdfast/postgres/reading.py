"""Reading rows: one statement a table, all in one round trip."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import psycopg

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import NotLoaded, Page
from holdfast.kernel.rows import Row
from holdfast.policy.model import InForce
from holdfast.postgres.codec import ENCODERS, SqlType, array
from holdfast.postgres.keys import SIGHTS, Keys, Seen
from holdfast.postgres.tables import TABLES, Table
from holdfast.postgres.wire import ArrayParameter, parameter, row_cursor

Connection = psycopg.Connection[tuple[Any, ...]]
Sent = psycopg.Cursor[tuple[Any, ...]]
"""A query that was sent, and is answered: the driver's cursor."""


class Rows(dict[str, Any]):
    """The rows of a kind that were loaded; None for those that are known not to exist."""

    def __init__(self, kind: type[Row]) -> None:
        super().__init__()
        self.kind = kind

    def __missing__(self, key: str) -> None:
        raise NotLoaded(self.kind, key)


class Loaded(dict[type[Row], Rows]):
    """Everything that was loaded, by kind."""

    def __missing__(self, kind: type[Row]) -> Rows:
        self[kind] = rows = Rows(kind)
        return rows


Asked = list[tuple[Table, list[str], Sent]]
"""Pipelined queries for rows: the table, the ids, and the cursor with the result."""

_text = ENCODERS[SqlType.TEXT]


def _select(table: Table, *, lock: bool) -> bytes:
    columns = ", ".join(table.names)
    query = f"SELECT {columns} FROM {table.name} WHERE id = ANY(%b)"  # noqa: S608 - our own names
    locking = lock and not table.row.immutable
    return (query + (" ORDER BY id FOR UPDATE" if locking else "")).encode()


_SELECTS = {
    (kind, lock): _select(table, lock=lock) for kind, table in TABLES.items() for lock in (False, True)
}


def ask(connection: Connection, keys: Keys, *, lock: bool) -> Asked:
    """Send the queries for rows, in a pipeline; with `lock`, rows that can change are locked (FOR UPDATE).

    Locks are taken in one total order, which excludes deadlocks: tables as in `TABLES`, ids ascending.
    """
    asked: Asked = []
    for kind, table in TABLES.items():
        wanted = keys.get(kind)
        if not wanted:
            continue
        ids = sorted(wanted)
        cursor = row_cursor(connection)
        cursor.execute(_SELECTS[kind, lock], (_texts(ids),))
        asked.append((table, ids, cursor))
    return asked


def look(connection: Connection, keys: Keys) -> list[Seen]:
    """Read, without locks, the columns of rows that lead to neighbours and pages."""
    with connection.pipeline():
        asked = [
            (kind, row_cursor(connection).execute(_LOOKS[kind], (_texts(sorted(ids)),)))
            for kind, ids in keys.items()
            if ids
        ]
    return [Seen(kind, _seen(kind, cursor.fetchall())) for kind, cursor in asked]


def _seen(kind: type[Row], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    decoders = _LOOK_DECODERS[kind]
    if not decoders:
        return rows
    found: list[tuple[Any, ...]] = []
    for row in rows:
        values = list(row)
        for place, decode in decoders:
            if values[place] is not None:
                values[place] = decode(values[place])
        found.append(tuple(values))
    return found


_LOOKS = {
    kind: f"SELECT {', '.join(sight.needs)} FROM {TABLES[kind].name} WHERE id = ANY(%b)".encode()  # noqa: S608
    for kind, sight in SIGHTS.items()
}

_LOOK_DECODERS = {
    kind: [
        (place, decode)
        for place, need in enumerate(sight.needs)
        if (decode := TABLES[kind].columns[TABLES[kind].names.index(need)].decode) is not None
    ]
    for kind, sight in SIGHTS.items()
}


def _texts(values: Iterable[str]) -> ArrayParameter:
    return parameter(SqlType.TEXT, array(SqlType.TEXT, [_text(value) for value in values]))


def take(asked: Asked, into: Loaded) -> None:
    """Receive the results; a row that does not exist becomes None."""
    for table, ids, cursor in asked:
        rows = into[table.row]
        rows.update(dict.fromkeys(ids))
        decode = table.decode
        for values in cursor.fetchall():
            row = decode(values)
            rows[row.id] = row


_PRESENT = """
SELECT policy.id, policy.version, policy.since, newest.id, newest.at
FROM (VALUES (0)) AS one
LEFT JOIN policy_in_force AS policy ON policy.id = 'policy'
LEFT JOIN LATERAL (SELECT id, at FROM facts ORDER BY id DESC LIMIT 1) AS newest ON true
"""


class Present(NamedTuple):
    """The state that every transaction reads first: the policy in force, the newest fact's id and time."""

    in_force: InForce | None
    newest_id: str | None
    newest_at: Instant | None


def ask_present(connection: Connection) -> Sent:
    """Send the query for the present, in a pipeline, behind those that lock rows.

    The earlier holders of these locks have committed by then, so their facts are visible. It locks nothing.
    """
    cursor = connection.cursor(binary=True)
    return cursor.execute(_PRESENT.encode())


def take_present(asked: Sent) -> Present:
    """Receive the result of `ask_present`."""
    [(key, version, since, newest_id, newest_at)] = asked.fetchall()
    in_force = None if key is None else InForce(id=key, version=version, since=since)
    return Present(in_force, newest_id, newest_at)


def page_ids(connection: Connection, page: Page) -> list[str]:
    """Return the ids of an index page, as committed in the database."""
    of = page.of
    query = (
        f"SELECT id FROM {TABLES[of.kind].name} WHERE {of.by} = %s AND {of.where} AND id > %s"  # noqa: S608
        " ORDER BY id LIMIT %s"
    )
    rows = connection.execute(query.encode(), (page.group, page.after, page.limit)).fetchall()
    return [key for (key,) in rows]


def rows_by_id(
    table: Table,
    place: str | None,
    most: int,
    connection: Connection,
    *,
    newest_first: bool,
) -> list[Any]:
    """Return the rows of a table after a place, by their ids, so many at most."""
    beyond = "<" if newest_first else ">"
    where = "" if place is None else f" WHERE id {beyond} %(place)s"
    query = (
        f"SELECT {', '.join(table.names)} FROM {table.name}{where}"  # noqa: S608 - our own names
        f" ORDER BY id {'DESC' if newest_first else ''} LIMIT %(most)s"
    )
    cursor = row_cursor(connection)
    cursor.execute(query.encode(), {"place": place, "most": most})
    return [table.decode(values) for values in cursor.fetchall()]


def entries_by_version(
    table: Table, account: str, place: int | None, most: int, connection: Connection, *, newest_first: bool
) -> list[Any]:
    """Return the transfers of an account after a version of it, in its order, so many at most."""
    columns = ", ".join(table.names)
    order = "DESC" if newest_first else ""
    sides = [
        f"(SELECT {columns}, {side}_version AS version FROM transfers WHERE {side}_id = %(account)s"  # noqa: S608
        + ("" if place is None else f" AND {side}_version {'<' if newest_first else '>'} %(place)s")
        + f" ORDER BY {side}_version {order} LIMIT %(most)s)"
        for side in ("from", "to")
    ]
    query = (
        f"SELECT {columns} FROM ({' UNION ALL '.join(sides)}) AS entries"  # noqa: S608 - our own names
        f" ORDER BY version {order} LIMIT %(most)s"
    )
    cursor = row_cursor(connection)
    cursor.execute(query.encode(), {"account": account, "place": place, "most": most})
    return [table.decode(values) for values in cursor.fetchall()]


def stream(connection: Connection, query: str, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query by a cursor of the server, so that no result has to fit into memory."""
    with connection.transaction(), connection.cursor(_STREAM, binary=True) as cursor:
        yield from _fetched(cursor, query, parameters)


def stream_rows(
    connection: Connection, table: Table, query: str, parameters: Mapping[str, Any]
) -> Iterator[Row]:
    """Yield a table's rows, of which the query selects the columns, as `stream` does."""
    with connection.transaction(), row_cursor(connection, _STREAM) as cursor:
        yield from map(table.decode, _fetched(cursor, query, parameters))


def _fetched(cursor: Any, query: str, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    cursor.itersize = _AT_ONCE
    cursor.execute(query.encode(), parameters)
    yield from cursor


_STREAM = "holdfast_stream"
_AT_ONCE = 5_000
