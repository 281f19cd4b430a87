"""The journal and its feed, read out of the database; and how a commit's facts get their positions."""

from collections.abc import Sequence
from typing import Any

from holdfast.journal.feed import Standing
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
    WHERE first >= coalesce((SELECT max(first) FROM feed WHERE first <= %(after)s), 0)
    AND first < %(after)s + %(most)s
    AND first + place - 1 >= %(after)s AND first + place - 1 < %(after)s + %(most)s
"""
"""What follows FROM, for facts from the position `after` on, `most` at most: a commit's row has many."""


def send_to_feed(connection: Connection, facts: Sequence[Fact]) -> None:
    """Send, in a pipeline and last before COMMIT, the positions of a transaction's facts.

    Whoever commits facts has its turn from here until its commit is done. So a position that is seen has none
    below it that is still to come; and as nothing else is waited for meanwhile, it is held no longer than the
    disk takes. The look at the last position is a statement of its own: it sees what the one before has done.
    """
    ids = parameter(SqlType.UUID, array(SqlType.UUID, [_uuid(fact.id) for fact in facts]))
    connection.execute(_TURN)
    connection.execute(_APPEND, (ids,))


def stored_facts(connection: Connection, after: int, most: int) -> list[tuple[Any, ...]]:
    """Return the id, at, body and actor of facts from a position on, in the order of the feed."""
    query = f"SELECT facts.id, at, body, actor FROM {BETWEEN} ORDER BY first, place"  # noqa: S608 - our own
    cursor = connection.cursor(binary=True).execute(query.encode(), {"after": after, "most": most})
    return cursor.fetchall()


def standings(connection: Connection) -> list[Standing]:
    """Return how the readers of the feed stand, by their names."""
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
    return [Standing(*row) for row in connection.cursor(binary=True).execute(query).fetchall()]
