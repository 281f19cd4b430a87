"""Keepers: custom storage for types of rows that have no table of their own.

A room declares such types (`kernel.room.Room.elsewhere`); handlers read and put their rows like all others.
So a decision is carried out in the transaction that records it, even where only a room above knows how: the
keys of the log are destroyed if and only if the fact that says so is committed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from holdfast.kernel.rows import Fact, Row
from holdfast.postgres.reading import Connection


class Keeper(Protocol):
    """The storage of one type of rows."""

    def load(self, connection: Connection, ids: Iterable[str]) -> Mapping[str, Row]:
        """Return the rows that exist, locked until the transaction ends."""
        ...

    def save(self, connection: Connection, rows: Sequence[Row], facts: Sequence[Fact]) -> None:
        """Store the new versions of rows, with the facts that tell why; the transaction commits next."""
        ...


Keepers = Mapping[Any, Keeper]
"""By the type of the rows."""
