"""The journal and its feed in SQL: reading facts, and assigning positions to the facts of a commit."""

from collections.abc import Sequence
from typing import Any

from holdfast.journal.feed import Lag
from holdfast.kernel.rows import Fact
from holdfast.postgres.codec import ENCODERS, SqlType, array
from holdfast.postgres.reading import Connection
from holdfast.postgres.wire import parameter

_uuid = ENCODERS[SqlType.UUID]

_TURN = b"SELECT pg_advisory_xact_lock(hashtextextended('holdfast feed ' || current_schema(), 0))"
_APPEND = (
    b"INSERT INTO feed (first, fact_ids) SELECT coalesce("
    b"(SELECT first + cardinality(fact_ids) FROM feed ORDER BY first DESC LIMIT 1), 0), %b::uuid[]"
)

BETWEEN = """
    feed CROSS JOIN LATERAL unnest(fact_ids) WITH ORDINALITY AS one (fact_id, place)
    JOIN facts ON facts.id = one.fact_id
    WHERE first >= coalesce((SELECT max(first) FROM feed WHERE first <= %(after)s::bigint), 0)
    AND first < %(after)s::bigint + %(most)s::bigint
    AND first + place - 1 >= %(after)s::bigint AND first + place - 1 < %(after)s::bigint + %(most)s::bigint
"""
"""The FROM clause of `most` facts from the position `after` on: a row of the feed has those of one commit."""


def send_to_feed(connection: Connection, facts: Sequence[Fact]) -> None:
    """Send, in a pipeline and last before COMMIT, the positions of a transaction's facts.

    Commits take turns from here: a lock is held until the commit is done, so that positions become visible in
    ascending order, and a reader at a position can have missed none below it. It is the last lock of every
    transaction, so it is held no longer than the disk takes. The last position is read in a statement of its
    own, after the lock: its snapshot then has the commit before.
    """
    ids = parameter(SqlType.UUID, array(SqlType.UUID, [_uuid(fact.id) for fact in facts]))
    connection.execute(_TURN)
    connection.execute(_APPEND, (ids,))


def stored_facts(connection: Connection, after: int, most: int) -> list[tuple[Any, ...]]:
    """Return the id, at, body and actor of facts from a position on, in the order of the feed."""
    query = f"SELECT facts.id, at, body, actor FROM {BETWEEN} ORDER BY first, place"  # noqa: S608 - our own
    cursor = connection.cursor(binary=True).execute(query.encode(), {"after": after, "most": most})
    return cursor.fetchall()


def stored_facts_of_ids(connection: Connection, ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return the id, at, body and actor of the facts that there are of these ids, ascending by id."""
    query = b"SELECT id, at, body, actor FROM facts WHERE id = ANY(%b::uuid[]) ORDER BY id"
    known = parameter(SqlType.UUID, array(SqlType.UUID, [_uuid(each) for each in ids]))
    return connection.cursor(binary=True).execute(query, (known,)).fetchall()


def lags(connection: Connection) -> list[Lag]:
    """Return the lag of each reader of the feed, by name: its cursor, and how many facts wait for it."""
    query = b"""
        SELECT cursors.id, position, size - position, (
            SELECT at FROM facts WHERE facts.id = (
                SELECT fact_ids[position - first + 1] FROM feed WHERE first <= position
                AND position < first + cardinality(fact_ids) ORDER BY first DESC LIMIT 1
            )
        )
        FROM cursors CROSS JOIN (
            SELECT coalesce((SELECT first + cardinality(fact_ids) FROM feed ORDER BY first DESC LIMIT 1), 0)
        ) AS feed_now (size) ORDER BY cursors.id
    """
    return [Lag(*row) for row in connection.cursor(binary=True).execute(query).fetchall()]
