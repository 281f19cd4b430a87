"""Promises at once: what was accepted will stand in the log by a time, and here is the log's word for it."""

import os
from collections.abc import Callable, Iterable, Sequence

from holdfast.kernel.clock import HOUR, Duration, Instant
from holdfast.kernel.rows import Fact
from holdfast.postgres.writing import Connection
from holdfast.publishing.place import Place
from holdfast.publishing.scribe import KEY_SIZE, Entry, Keys, Name, leaf_of, names_of
from holdfast.publishing.sequencer import keys_of
from holdfast.trail import promise
from holdfast.trail.merkle import leaf_hash
from holdfast.trail.note import Note
from holdfast.trail.promise import Promised

WITHIN = HOUR
"""Until when a promised fact is in a head that is out: mostly it takes a second; witnesses may be away."""

KeysOf = Callable[[Iterable[Name]], Keys]
"""Returns the keys of these names, made where there were none."""


class Promiser:
    """Promises facts that were just recorded."""

    def __init__(self, place: Place, keys: KeysOf, within: Duration = WITHIN) -> None:
        self._signer = place.promiser
        self._origin = place.signer.verifier.name
        self._keys = keys
        self._within = within

    def promise(self, facts: Sequence[Fact], now: Instant) -> Note:
        """Promise the facts of a command that was accepted: it is one signature, whatever their number.

        Args:
            facts: one or more.
            now: the time of the clock, not of the facts: the log keeps its word by clocks of witnesses.
        """
        entries = [Entry.of(fact) for fact in facts]
        keys = self._keys(names_of(entries))
        promised = [Promised(one.fact_id, leaf_hash(leaf_of(keys, one).encode())) for one in entries]
        return promise.make(self._signer, self._origin, now + self._within, promised)


def stored_keys(connection: Connection) -> KeysOf:
    """Return what keeps keys in the database: in it before anything that was made with them is handed out."""

    def of(names: Iterable[Name]) -> Keys:
        with connection.transaction():
            return keys_of(connection, names)

    return of


class KeyRing(dict[Name, bytes]):
    """Keys in memory, made when they are first asked for: for the log of a market that has no database."""

    def __missing__(self, name: Name) -> bytes:
        self[name] = key = os.urandom(KEY_SIZE)
        return key
