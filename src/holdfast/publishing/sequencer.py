"""The sequencer: it moves facts from the feed into the log, exactly once and in order. One runs at a time.

A step is a transaction, in which the next facts get the next indices and the log's cursor moves, and then the
publishing, outside of the database. The transaction stages the entries (an outbox): where the process or the
machine stopped in between, the next sequencer publishes them first.
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
"""The time to wait for the lock: the sequencer before may just be ending."""

BATCH = 5_000
"""The maximal number of facts of a step."""

_uuid = ENCODERS[SqlType.UUID]
_text = ENCODERS[SqlType.TEXT]


class Sequenced(NamedTuple):
    """The result of a step: the facts that got an index, and the sizes of the log."""

    facts: int
    size: int
    published: Published


class Sequencer:
    """The single sequencer of a database's facts into a log. It has one connection, which holds the lock."""

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
        """Get fresh cosignatures of the current head. See `Publisher.refresh`."""
        return self._publisher.refresh()

    def close(self) -> None:
        """Close the connection, which releases the lock."""
        self._connection.close()

    def _begin(self) -> tuple[int, CompactRange]:
        """Recover the log, and publish the staged entries that its head does not have yet.

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
        # A crash came between the transaction and the swap of the head. The same entries are published, byte
        # for byte: their indices are committed, and a promise may name their hashes.
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
        """Sequence and publish the next facts; where none waits, retry to publish the signed head.

        After `NoQuorum` it can be called again; after any other error a new sequencer has to be opened.

        Raises:
            NoQuorum: the recovered head is not confirmed by the witnesses yet.
            HeadUnknown: see `Publisher.confirm`.
            HeadMoved, HeadForked: see `Publisher.publish`.
        """
        self._publisher.confirm()
        self._bind()
        # First a transaction, which gives facts their indices for ever and stages their entries. Then files,
        # signature, swap, witnesses and checkpoint (see `Publisher.publish`): after a crash the next process
        # does them again from what is staged. What a signed head covers is in files, and leaves the stage.
        leaves = self._sequence()
        if not leaves:
            return Sequenced(0, self._size, self._publisher.retry())
        self._size += len(leaves)
        published = self._publisher.publish(leaves, self._tree.hashes)
        self._forget(published.signed)
        return Sequenced(len(leaves), self._size, published)

    def _bind(self) -> None:
        """Bind an unbound database to the log, once its head is confirmed: else the log might not go on."""
        if not self._bound:
            follower.bind(self._connection, self._publisher.log)
            self._bound = True

    def _sequence(self) -> list[bytes]:
        """Give the next facts of the feed their indices and leaves, and move the cursor, in one transaction.

        Return the leaves, which are none where no fact waits. Erased facts get none; after a batch of nothing
        else the next one is taken.
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
    """Take the lock of the sequencer of this schema, for as long as the connection is open.

    Raises:
        SequencerRunning: another process has it.
    """
    query = b"SELECT pg_advisory_lock(hashtextextended('holdfast trail ' || current_schema(), 0))"
    try:
        with connection.transaction():
            # The server releases the lock of a closed connection some time after it was closed.
            connection.execute(f"SET LOCAL lock_timeout = '{LEAVE_SECONDS}s'".encode())
            connection.execute(query)
    except LockNotAvailable as error:
        raise SequencerRunning("trail") from error


def keys_of(connection: Connection, names: Iterable[Name]) -> dict[Name, bytes]:
    """Return the keys of these names; missing ones are made and stored."""
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
    """Return the subjects and the deals of names, as two array parameters."""
    pairs = list(names)
    return (
        parameter(SqlType.TEXT, array(SqlType.TEXT, [_text(subject) for subject, _ in pairs])),
        parameter(SqlType.TEXT, array(SqlType.TEXT, [_text(deal) for _, deal in pairs])),
    )
