"""Promises: signed statements, in the answer to a command, that its facts will be in the log by a time."""

import os
from collections.abc import Iterable, Sequence
from itertools import chain

from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.home import Lane
from holdfast.kernel.clock import HOUR, Clock, Duration, Instant
from holdfast.postgres.line import Line
from holdfast.postgres.writing import Connection
from holdfast.publishing.place import Place
from holdfast.publishing.scribe import KEY_SIZE, Entry, Keys, Name, leaf_of, names_of
from holdfast.publishing.sequencer import keys_of
from holdfast.trail import promise
from holdfast.trail.merkle import leaf_hash
from holdfast.trail.note import Note
from holdfast.trail.promise import Promised

WITHIN = HOUR
"""The maximal delay until a promised fact is published: mostly it is a second, but witnesses may be away."""


class Promiser:
    """Signs promises."""

    def __init__(self, place: Place, within: Duration = WITHIN) -> None:
        self._signer = place.promiser
        self._origin = place.signer.verifier.name
        self._within = within

    def promise(self, entries: Sequence[Entry], keys: Keys, now: Instant) -> Note:
        """Promise the facts of an accepted command, by one signature, whatever their number.

        Args:
            entries: the facts, one or more.
            keys: the stored keys, with which the leaves will be made.
            now: the time of the clock, not of the facts: the promise is judged by the witnesses' clocks.
        """
        promised = [Promised(one.fact_id, leaf_hash(leaf_of(keys, one).encode())) for one in entries]
        return promise.make(self._signer, self._origin, now + self._within, promised)


class Promising:
    """A decorator of a lane over PostgreSQL: it adds the log's promise to each answer that accepts a command.

    It costs a transaction for the keys of a batch, and a signature a command. A command whose answer was lost
    gets its promise when it is sent again with its idempotency key.
    """

    def __init__(self, lane: Lane, line: Line, promiser: Promiser, clock: Clock) -> None:
        """Decorate a lane.

        Args:
            lane: runs the commands.
            line: to the database of the lane, for nobody else at the same time.
            promiser: of the log that the database's facts go to.
            clock: the real one: promises are for people.
        """
        self._lane = lane
        self._line = line
        self._promiser = promiser
        self._clock = clock

    def run(self, batch: Sequence[Submission]) -> list[Outcome]:
        """See `Lane.run`.

        Raises:
            ServerUnreachable: see `Line.read`; what was committed stays so, and is not promised yet.
        """
        outcomes = self._lane.run(batch)
        replayed = list(chain.from_iterable(outcome.replayed_ids or () for outcome in outcomes))
        known = self._line.read(lambda connection: _entries(connection, replayed)) if replayed else {}
        entries = [
            [known[key] for key in outcome.replayed_ids or ()] or [Entry.of(fact) for fact in outcome.facts]
            for outcome in outcomes
        ]
        names = names_of(chain.from_iterable(entries))
        if not names:
            return outcomes
        keys = self._line.read(lambda connection: stored_keys(connection, names))
        now = self._clock.now()
        return [
            outcome._replace(promise=self._promiser.promise(some, keys, now).encode()) if some else outcome
            for outcome, some in zip(outcomes, entries, strict=True)
        ]


def _entries(connection: Connection, fact_ids: Sequence[str]) -> dict[str, Entry]:
    query = b"SELECT id, at, kind, body, actor FROM facts WHERE id = ANY(%s::uuid[])"
    found = connection.cursor(binary=True).execute(query, (list(fact_ids),)).fetchall()
    return {row[0]: Entry.stored(row) for row in found}


def stored_keys(connection: Connection, names: Iterable[Name]) -> Keys:
    """Return the keys of these names, committed to the database before anything is made with them.

    The lock excludes erasures (`keyring`): a key is destroyed either before it is read here, or after the
    leaves that were promised under it are in the log.
    """
    with connection.transaction():
        connection.execute(b"LOCK TABLE trail_keys IN ROW SHARE MODE")
        return keys_of(connection, names)


class KeyRing(dict[Name, bytes]):
    """Keys in memory, made at first use: for the log of a market that has no database."""

    def __missing__(self, name: Name) -> bytes:
        self[name] = key = os.urandom(KEY_SIZE)
        return key
