"""The log as a reader of the feed: the log that a database is bound to, and its cursor."""

from typing import Final, NamedTuple

from holdfast.kernel.clock import Instant
from holdfast.postgres.journal import BETWEEN
from holdfast.postgres.writing import Connection
from holdfast.publishing.refusals import LogOther
from holdfast.publishing.scribe import Entry
from holdfast.trail.keys import VerifierKey, parse_vkey

READER: Final = "trail"
"""The log's name among the readers of the feed."""


class Waiting(NamedTuple):
    """The backlog of the log: the facts recorded, those with leaves, and the time of the first that waits."""

    recorded: int
    sequenced: int
    oldest: Instant | None


class Taken(NamedTuple):
    """The next facts of the feed to make leaves of, and the cursor behind them.

    Erased facts are left out: nobody can open them any more. `moved_at` is the time of the last fact.
    """

    entries: list[Entry]
    position: int
    moved_at: Instant


def is_bound(connection: Connection) -> bool:
    """Tell whether the database is bound to a log."""
    row = connection.execute(b"SELECT log IS NOT NULL FROM trail_head").fetchone()
    assert row is not None
    return row[0]


def bind(connection: Connection, log: VerifierKey) -> None:
    """Bind a database to a log: from now on its facts go there, those that have no leaf yet included.

    Args:
        connection: to the database, holding the sequencer's lock.
        log: the log; the database is bound to none.
    """
    connection.execute(b"UPDATE trail_head SET log = %s", (log.encode(),))


def check_log(connection: Connection, log: VerifierKey) -> None:
    """Refuse a log other than the one that the database is bound to.

    Raises:
        LogOther: it is another.
    """
    row = connection.execute(b"SELECT log FROM trail_head").fetchone()
    assert row is not None
    if row[0] not in {None, log.encode()}:
        raise LogOther(log.name, known=parse_vkey(row[0]).name)


def take(connection: Connection, most: int) -> Taken | None:
    """Return the next facts of the feed, `most` at most; None where there is none.

    Args:
        connection: in a transaction, which ends with `move`.
        most: positions that are read.
    """
    row = connection.execute(b"SELECT position FROM cursors WHERE id = %s", (READER,)).fetchone()
    after: int = 0 if row is None else row[0]
    query = f"""
        SELECT erased.fact_id IS NOT NULL, facts.id, at, kind, body, actor FROM (
            SELECT first + place AS position, facts.* FROM {BETWEEN}
        ) AS facts LEFT JOIN trail_erased AS erased ON erased.fact_id = facts.id ORDER BY position
    """  # noqa: S608 - our own
    cursor = connection.cursor(binary=True).execute(query.encode(), {"after": after, "most": most})
    found = cursor.fetchall()
    if not found:
        return None
    entries = [Entry.stored((key, *told)) for erased, key, *told in found if not erased]
    return Taken(entries, after + len(found), found[-1][2])


def move(connection: Connection, taken: Taken) -> None:
    """Move the cursor behind the facts that were taken."""
    connection.execute(
        b"INSERT INTO cursors (id, position, moved_at) VALUES (%s, %s, to_timestamp(%s / 1000.0))"
        b" ON CONFLICT (id) DO UPDATE SET position = excluded.position, moved_at = excluded.moved_at",
        (READER, taken.position, taken.moved_at),
    )


def waiting(connection: Connection) -> Waiting:
    """Return the backlog of the database's log."""
    query = b"""
        SELECT recorded, size, (
            SELECT at FROM facts WHERE facts.id = (
                SELECT fact_ids[position - first + 1] FROM feed WHERE first <= position
                AND position < first + cardinality(fact_ids) ORDER BY first DESC LIMIT 1
            )
        )
        FROM trail_head
        CROSS JOIN (SELECT coalesce((SELECT position FROM cursors WHERE id = 'trail'), 0)) AS mine (position)
        CROSS JOIN (
            SELECT coalesce((SELECT first + cardinality(fact_ids) FROM feed ORDER BY first DESC LIMIT 1), 0)
        ) AS feed_now (recorded)
    """
    row = connection.cursor(binary=True).execute(query).fetchone()
    assert row is not None
    return Waiting(*row)
