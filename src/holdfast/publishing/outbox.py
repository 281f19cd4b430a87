"""The outbox of a database: which facts its log has still to take, an array of ids a commit.

It is written only where a log is bound to the database, which is where `trail_head.log` names one: where no
log runs nobody would ever empty it. What was recorded before that is put in by whoever binds.
"""

from typing import NamedTuple

from holdfast.kernel.clock import Instant
from holdfast.postgres.writing import Connection
from holdfast.trail.keys import VerifierKey


class Waiting(NamedTuple):
    """How many facts are sequenced, how many are not yet, and when the first of those happened."""

    sequenced: int
    facts: int
    oldest: Instant | None


def is_bound(connection: Connection) -> bool:
    """Tell whether the database's facts go to a log."""
    row = connection.execute(b"SELECT log IS NOT NULL FROM trail_head").fetchone()
    assert row is not None
    return row[0]


def bind(connection: Connection, log: VerifierKey) -> None:
    """Have the facts of a database go to a log from now on, with all that it has no leaves of.

    A transaction of its own, for whoever has the turn of the log. The engine's commits wait meanwhile.

    Args:
        connection: to the database, outside of a transaction.
        log: the log; the database has none.
    """
    with connection.transaction():
        lock(connection)
        _fill(connection, b"leaf_index IS NULL")
        connection.execute(b"UPDATE trail_head SET log = %s", (log.encode(),))


def lock(connection: Connection) -> None:
    """Wait for all who may have written to the outbox, and have those who come wait for us.

    Whoever records facts sends its row with one statement that locks the table and only then looks for a log,
    also where it then writes nothing. So its facts are committed when we have the lock, and are seen by our
    next statement; or it waits, and then sees the log that we have bound.
    """
    connection.execute(b"LOCK TABLE unsequenced IN SHARE ROW EXCLUSIVE MODE")


def fill_with_all(connection: Connection) -> None:
    """Put in every fact, as if none had a leaf, in the order of the log that was; under `lock`."""
    _fill(connection, b"true")


def _fill(connection: Connection, which: bytes) -> None:
    """Put in facts instead of what is there; those that nobody can open any more are left out."""
    connection.execute(b"SET LOCAL enable_seqscan = on")
    connection.execute(b"SET LOCAL enable_hashjoin = on")
    connection.execute(b"DELETE FROM unsequenced")
    connection.execute(
        b"""
        INSERT INTO unsequenced (fact_ids) SELECT array_agg(id ORDER BY place) FROM (
            SELECT facts.id, row_number() OVER (ORDER BY leaf_index NULLS LAST, facts.id) - 1 AS place
            FROM facts LEFT JOIN trail_leaves ON fact_id = facts.id
            WHERE """
        + which
        + b""" AND NOT EXISTS (SELECT 1 FROM trail_erased WHERE trail_erased.fact_id = facts.id)
        ) AS placed GROUP BY place / 500 ORDER BY place / 500
        """
    )


def waiting(connection: Connection) -> Waiting:
    """Return how far the database's log is; where none is bound, all that has no leaf waits for one."""
    bound = b"""
        SELECT size, (SELECT coalesce(sum(cardinality(fact_ids)), 0)::bigint FROM unsequenced),
        (SELECT at FROM facts WHERE id = (SELECT fact_ids[1] FROM unsequenced ORDER BY id LIMIT 1))
        FROM trail_head WHERE log IS NOT NULL
    """
    unbound = b"""
        SELECT size, (SELECT count(*) FROM facts) - size,
        (SELECT at FROM facts WHERE NOT EXISTS (SELECT 1 FROM trail_leaves WHERE fact_id = facts.id)
        ORDER BY id LIMIT 1)
        FROM trail_head
    """
    cursor = connection.cursor(binary=True)
    row = cursor.execute(bound).fetchone() or cursor.execute(unbound).fetchone()
    assert row is not None
    return Waiting(*row)
