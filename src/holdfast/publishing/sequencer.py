"""From the feed of the database to the log: one at a time, all in order, nothing twice, nothing left out.

A step is one transaction, in which the next facts of the feed get the next indices and the cursor of
the log moves, and after it the publishing, which needs the database no more. What was sequenced and not
published, because the process or the machine stopped between, is published first by whoever comes next.
"""

import os
from collections.abc import Iterable
from typing import Any, NamedTuple

from psycopg.errors import LockNotAvailable

from holdfast.journal.refusals import SequencerRunning
from holdfast.postgres.codec import SqlType, array
from holdfast.postgres.wire import ArrayParameter, open_wire, parameter
from holdfast.postgres.writing import ENCODERS, Connection
from holdfast.publishing import follower
from holdfast.publishing.publisher import Published, Publisher
from holdfast.publishing.refusals import BatchesMissing
from holdfast.publishing.scribe import KEY_SIZE, Entry, Name, leaves_of, names_of
from holdfast.trail.merkle import HASH_SIZE, CompactRange, leaf_hash

LEAVE_SECONDS = 5.0
"""How long the one before is waited for, which may just be leaving."""

BATCH = 5_000
"""Facts that a step takes."""

_uuid = ENCODERS[SqlType.UUID]
_text = ENCODERS[SqlType.TEXT]


class Sequenced(NamedTuple):
    """What a step did: facts that got an index, and how far the log is."""

    facts: int
    size: int
    published: Published


class Sequencer:
    """Sequences the facts of a database into a log. One of these is one connection, and holds a lock."""

    def __init__(self, url: str, schema: str | None, publisher: Publisher) -> None:
        self._publisher = publisher
        self._connection = open_wire(url, schema)
        try:
            take_turn(self._connection)
            self._size, self._tree = self._begin()
            self._bound = follower.is_bound(self._connection)
        except BaseException:
            self._connection.close()
            raise

    def refresh(self) -> Published:
        """Have what is signed cosigned anew. See `Publisher.refresh`."""
        return self._publisher.refresh()

    def close(self) -> None:
        """Close the connection, and so give the turn to another."""
        self._connection.close()

    def _begin(self) -> tuple[int, CompactRange]:
        """Take up the log, and publish what was sequenced and is not in its head.

        Raises:
            BatchesMissing: these entries are gone.
            LogOther: the database's facts stand in another log.
            HeadAhead, HeadForked, HeadForeign, TilesMissing: see `Publisher.resume`.
        """
        follower.check_log(self._connection, self._publisher.log)
        row = self._connection.execute(b"SELECT size, hashes FROM trail_head").fetchone()
        assert row is not None
        size, packed = row
        hashes = [packed[at : at + HASH_SIZE] for at in range(0, len(packed), HASH_SIZE)]
        signed = self._publisher.resume(size, hashes)
        if signed < size:
            self._publisher.publish(self._pending(signed, size), hashes)
        self._forget(size)
        return size, CompactRange(size, hashes)

    def _pending(self, first: int, size: int) -> list[bytes]:
        query = (
            b"SELECT first, entries FROM trail_batches WHERE first + cardinality(entries) > %s ORDER BY first"
        )
        entries: list[bytes] = []
        for begins, some in self._connection.execute(query, (first,)):
            at = first + len(entries)
            if begins > at:
                break
            entries += [bytes(entry) for entry in some[at - begins :]]
        if first + len(entries) != size:
            raise BatchesMissing("trail", first=first + len(entries))
        return entries

    def _forget(self, size: int) -> None:
        query = b"DELETE FROM trail_batches WHERE first + cardinality(entries) <= %s"
        self._connection.execute(query, (size,))

    def step(self) -> Sequenced:
        """Sequence and publish what waits; with nothing to do, see that what is signed comes out.

        After `NoQuorum` it can be called again; after any other error the sequencer is to be opened anew.

        Raises:
            NoQuorum: the head that was taken up is not confirmed by the witnesses yet.
            HeadUnknown: see `Publisher.confirm`.
            HeadMoved, HeadForked: see `Publisher.publish`.
        """
        self._publisher.confirm()
        self._bind()
        leaves = self._sequence()
        if not leaves:
            return Sequenced(0, self._size, self._publisher.retry())
        self._size += len(leaves)
        published = self._publisher.publish(leaves, self._tree.hashes)
        self._forget(published.signed)
        return Sequenced(len(leaves), self._size, published)

    def _bind(self) -> None:
        """Bind the log to a database that has none, once it is confirmed: what may not go on is not bound."""
        if not self._bound:
            follower.bind(self._connection, self._publisher.log)
            self._bound = True

    def _sequence(self) -> list[bytes]:
        """Give the next facts of the feed their leaves, and move the cursor; return the leaves.

        None where nothing waits. Facts that were erased get none: where a whole batch was, the next is taken.
        """
        leaves: list[bytes] = []
        waits = True
        while waits and not leaves:
            with self._connection.transaction():
                taken = follower.take(self._connection, BATCH)
                waits = taken is not None
                if taken is not None:
                    leaves = leaves_of(keys_of(self._connection, names_of(taken.entries)), taken.entries)
                    if leaves:
                        self._write(taken.entries, leaves)
                    follower.move(self._connection, taken)
        return leaves

    def _write(self, taken: list[Entry], leaves: list[bytes]) -> None:
        for leaf in leaves:
            self._tree.append(leaf_hash(leaf))
        ids = parameter(SqlType.UUID, array(SqlType.UUID, [_uuid(entry.fact_id) for entry in taken]))
        with self._connection.pipeline():
            self._connection.execute(
                b"INSERT INTO trail_leaves (leaf_index, fact_id)"
                b" SELECT %s + place - 1, id FROM unnest(%b) WITH ORDINALITY AS one (id, place)",
                (self._size, ids),
            )
            self._connection.execute(
                b"INSERT INTO trail_batches (first, entries) VALUES (%s, %b)", (self._size, leaves)
            )
            self._connection.execute(
                b"UPDATE trail_head SET size = %s, hashes = %s",
                (self._size + len(leaves), b"".join(self._tree.hashes)),
            )


def take_turn(connection: Connection) -> None:
    """Become the one that sequences this schema, as long as the connection is open.

    Raises:
        SequencerRunning: another is.
    """
    query = b"SELECT pg_advisory_lock(hashtextextended('holdfast trail ' || current_schema(), 0))"
    try:
        with connection.transaction():
            # The server gives the turn of a connection that was closed back when it gets to it.
            connection.execute(f"SET LOCAL lock_timeout = '{LEAVE_SECONDS}s'".encode())
            connection.execute(query)
    except LockNotAvailable as error:
        raise SequencerRunning("trail") from error


def keys_of(connection: Connection, names: Iterable[Name]) -> dict[Name, bytes]:
    """Return the keys of these names, made where there were none."""
    wanted = sorted(names)
    asked = b"""
        SELECT subject, deal, key FROM unnest(%b, %b) AS one (subject, deal)
        JOIN trail_keys USING (subject, deal)
    """
    made = b"""
        INSERT INTO trail_keys (subject, deal, key) SELECT * FROM unnest(%b, %b, %b) ON CONFLICT DO NOTHING
    """

    def read(some: Iterable[Name]) -> dict[Name, bytes]:
        found: Any = connection.cursor(binary=True).execute(asked, _arrays(some)).fetchall()
        return {(subject, deal): bytes(key) for subject, deal, key in found}

    keys = read(wanted)
    if missing := [name for name in wanted if name not in keys]:
        fresh = [os.urandom(KEY_SIZE) for _ in missing]
        done = connection.execute(made, (*_arrays(missing), fresh)).rowcount
        all_are_ours = done == len(missing)
        keys |= dict(zip(missing, fresh, strict=True)) if all_are_ours else read(missing)
    return keys


def _arrays(names: Iterable[Name]) -> tuple[ArrayParameter, ArrayParameter]:
    """Return the subjects and the deals of names, as parameters."""
    pairs = list(names)
    return (
        parameter(SqlType.TEXT, array(SqlType.TEXT, [_text(subject) for subject, _ in pairs])),
        parameter(SqlType.TEXT, array(SqlType.TEXT, [_text(deal) for _, deal in pairs])),
    )
