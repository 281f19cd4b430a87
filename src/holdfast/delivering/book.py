"""The book of deliveries: what is written down, and read back by who goes on after an end.

All that happened since the last time is written in one transaction, in one round trip. An end before it means
that messages are sent again, under the same ids; nothing is ever passed over.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from holdfast.delivering.changes import Changes, Standing, Waiting
from holdfast.delivering.messages import Erased
from holdfast.kernel.clock import DAY, Duration, Instant, moment
from holdfast.postgres import exclusive
from holdfast.postgres.codec import ENCODERS, SqlType, array, encode_nullable
from holdfast.postgres.wire import parameter
from holdfast.postgres.writing import Connection

READER = "webhooks"
"""The name of the deliverer among the readers of the feed."""

KEPT_FOR: Duration = 14 * DAY
"""The time for which attempts are listed, and for which receivers can be told whom an erasure was of."""

_MOST_FORGOTTEN = 2_000
"""Old attempts that are forgotten at once: more than are added meanwhile."""

_LEAD = b"SELECT pg_try_advisory_lock(hashtextextended('holdfast webhooks ' || current_schema(), 0))"

_ATTEMPT = (
    ("endpoint_id", SqlType.TEXT),
    ("position", SqlType.BIGINT),
    ("fact_id", SqlType.UUID),
    ("kind", SqlType.TEXT),
    ("attempt", SqlType.BIGINT),
    ("at", SqlType.TIMESTAMP),
    ("took_ms", SqlType.BIGINT),
    ("outcome", SqlType.TEXT),
    ("status", SqlType.BIGINT),
    ("error", SqlType.TEXT),
    ("due", SqlType.TIMESTAMP),
)
_MESSAGE = (
    ("endpoint_id", SqlType.TEXT),
    ("position", SqlType.BIGINT),
    ("fact_id", SqlType.UUID),
    ("line", SqlType.TEXT),
    ("attempts", SqlType.BIGINT),
    ("first_at", SqlType.TIMESTAMP),
    ("due", SqlType.TIMESTAMP),
)
_STANDING = (
    ("endpoint_id", SqlType.TEXT),
    ("position", SqlType.BIGINT),
    ("failing_since", SqlType.TIMESTAMP),
    ("delivered_at", SqlType.TIMESTAMP),
)

Columns = tuple[tuple[str, SqlType], ...]


def _names(columns: Columns) -> str:
    return ", ".join(name for name, _ in columns)


def _given(columns: Columns) -> str:
    return f"unnest({', '.join('%b' for _ in columns)}) AS given ({_names(columns)})"


_INSERT_ATTEMPTS = (
    f"INSERT INTO webhook_attempts ({_names(_ATTEMPT)})"  # noqa: S608 - our own names, here and below
    f" SELECT {_names(_ATTEMPT)} FROM {_given(_ATTEMPT)}"
)
_INSERT_MESSAGES = (
    f"INSERT INTO webhook_messages ({_names(_MESSAGE)})"  # noqa: S608
    f" SELECT {_names(_MESSAGE)} FROM {_given(_MESSAGE)} ON CONFLICT DO NOTHING"
)
_UPDATE_MESSAGES = (
    "UPDATE webhook_messages AS old SET attempts = given.attempts, first_at = given.first_at,"  # noqa: S608
    f" due = given.due FROM {_given(_MESSAGE)}"
    " WHERE old.endpoint_id = given.endpoint_id AND old.position = given.position"
)
_DELETE_MESSAGES = (
    "DELETE FROM webhook_messages AS old USING unnest(%b, %b) AS given (endpoint_id, position)"
    " WHERE old.endpoint_id = given.endpoint_id AND old.position = given.position"
)
_UPSERT_STANDINGS = (
    f"INSERT INTO webhook_standings ({_names(_STANDING)})"  # noqa: S608
    f" SELECT {_names(_STANDING)} FROM {_given(_STANDING)} ON CONFLICT (endpoint_id) DO UPDATE"
    " SET position = excluded.position, failing_since = excluded.failing_since,"
    " delivered_at = excluded.delivered_at"
)
_MOVE = (
    b"INSERT INTO cursors (id, position, moved_at) VALUES (%s, %s, %s)"
    b" ON CONFLICT (id) DO UPDATE SET position = excluded.position, moved_at = excluded.moved_at"
)
_FORGET = (
    b"DELETE FROM webhook_attempts WHERE id = ANY (ARRAY("
    b"SELECT id FROM webhook_attempts WHERE at < %s ORDER BY at LIMIT %s))"
)
_FORGET_ERASURES = b"DELETE FROM webhook_erasures WHERE at < %s"

_ORDERS = msgspec.json.Decoder(dict[str, tuple[str, ...]])


class Book:
    """The book of one schema, over a connection of its own; who leads writes it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        exclusive.register(connection)

    def close(self) -> None:
        """Close the connection, and so let another one lead."""
        self._connection.close()

    def lead(self) -> bool:
        """Become the one that delivers, for as long as the connection stands; tell whether it came about.

        Whoever delivers holds the lock by the very session in which it writes: one that lost its session
        can write nothing more, so that nothing is written down by two.
        """
        row = self._connection.execute(_LEAD).fetchone()
        return row is not None and row[0] is True

    def position(self) -> int | None:
        """Return where the reader is; None where there was none yet."""
        row = self._connection.execute(b"SELECT position FROM cursors WHERE id = %s", (READER,)).fetchone()
        return None if row is None else row[0]

    def size(self) -> int:
        """Return the position after the last fact of the feed."""
        query = b"SELECT first + cardinality(fact_ids) FROM feed ORDER BY first DESC LIMIT 1"
        row = self._connection.execute(query).fetchone()
        return 0 if row is None else row[0]

    def standings(self) -> list[Standing]:
        """Return how the endpoints stand that the reader has come by."""
        query = f"SELECT {_names(_STANDING)} FROM webhook_standings"  # noqa: S608
        return [Standing(*row) for row in self._connection.cursor(binary=True).execute(query.encode())]

    def waiting(self, endpoint_ids: Sequence[str]) -> list[Waiting]:
        """Return what waits for endpoints, each in order."""
        query = (
            f"SELECT {_names(_MESSAGE)} FROM webhook_messages"  # noqa: S608
            " WHERE endpoint_id = ANY(%s) ORDER BY endpoint_id, position"
        )
        rows = self._connection.cursor(binary=True).execute(query.encode(), (list(endpoint_ids),))
        return [Waiting(*row) for row in rows]

    def position_of(self, fact_id: str) -> int | None:
        """Return the position of a fact; None where there is no such fact.

        It is looked for around the position of its time, and where clocks were wrong, everywhere.
        """
        query = b"SELECT at FROM facts WHERE id = %s::uuid"
        row = self._connection.cursor(binary=True).execute(query, (fact_id,)).fetchone()
        if row is None:
            return None
        low, high = self.position_since(row[0]), self.position_since(row[0] + 1)
        found = self._found(fact_id, low, high)
        return self._found(fact_id, 0, self.size()) if found is None else found

    def _found(self, fact_id: str, low: int, high: int) -> int | None:
        query = (
            b"SELECT first + array_position(fact_ids, %s::uuid) - 1 FROM feed"
            b" WHERE first >= coalesce((SELECT max(first) FROM feed WHERE first <= %s::bigint), 0)"
            b" AND first <= %s::bigint AND %s::uuid = ANY(fact_ids) LIMIT 1"
        )
        row = self._connection.execute(query, (fact_id, low, high, fact_id)).fetchone()
        return None if row is None else row[0]

    def position_since(self, at: Instant) -> int:
        """Return the first position from which on facts are of this time or later, by bisection."""
        low, high = 0, self.size()
        query = (
            b"SELECT at FROM facts WHERE id = (SELECT fact_ids[%s::bigint - first + 1] FROM feed"
            b" WHERE first <= %s::bigint ORDER BY first DESC LIMIT 1)"
        )
        while low < high:
            middle = (low + high) // 2
            row = self._connection.cursor(binary=True).execute(query, (middle, middle)).fetchone()
            if row is not None and row[0] < at:
                low = middle + 1
            else:
                high = middle
        return low

    def erasures(self, fact_ids: Sequence[str]) -> dict[str, Erased]:
        """Return whom erasures were of, by their facts; those that are kept no more are missing."""
        if not fact_ids:
            return {}
        query = b"SELECT fact_id, subject, orders FROM webhook_erasures WHERE fact_id = ANY(%s::uuid[])"
        rows = self._connection.cursor(binary=True).execute(query, (list(fact_ids),))
        return {key: Erased(subject, _ORDERS.decode(orders)) for key, subject, orders in rows}

    def write(self, changes: Changes) -> None:
        """Write all changes down, in one transaction."""
        run = self._connection.execute
        with self._connection.pipeline():
            run(b"BEGIN")
            for columns, statement, rows in (
                (_MESSAGE, _INSERT_MESSAGES, changes.new),
                (_MESSAGE, _UPDATE_MESSAGES, changes.later),
                (_MESSAGE[:2], _DELETE_MESSAGES, changes.gone),
                (_ATTEMPT, _INSERT_ATTEMPTS, changes.attempts),
                (_STANDING, _UPSERT_STANDINGS, changes.standings),
            ):
                if rows:
                    run(statement.encode(), _arrays(columns, rows))
            if changes.removed:
                run(b"DELETE FROM webhook_messages WHERE endpoint_id = ANY(%s)", (changes.removed,))
                run(b"DELETE FROM webhook_standings WHERE endpoint_id = ANY(%s)", (changes.removed,))
            if changes.position is not None:
                run(_MOVE, (READER, changes.position, moment(changes.read_at)))
            run(b"COMMIT")

    def forget(self, now: Instant) -> None:
        """Forget attempts and erasures that are too old to be listed, a bounded number at a time."""
        before = moment(now - KEPT_FOR)
        with self._connection.pipeline():
            self._connection.execute(_FORGET, (before, _MOST_FORGOTTEN))
            self._connection.execute(_FORGET_ERASURES, (before,))


def _arrays(columns: Columns, rows: Iterable[Sequence[Any]]) -> list[Any]:
    """Return rows as an array for each column, as the engine's own writes are."""
    values = zip(*rows, strict=True)
    return [
        parameter(kind, array(kind, encode_nullable(ENCODERS[kind], column)))
        for (_, kind), column in zip(columns, values, strict=True)
    ]
