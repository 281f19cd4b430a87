"""Rows that are kept elsewhere than in a table of their own, and who keeps them.

A room declares their types, see `kernel.room.Room.elsewhere`; handlers find and put them as all others. So
what is decided by a command is done in its transaction, also where only another room knows how: the keys of
the log are destroyed when, and only when, it is recorded that they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from holdfast.kernel.rows import Fact, Row
from holdfast.postgres.reading import Connection


class Keeper(Protocol):
    """Keeps the rows of a type."""

    def load(self, connection: Connection, ids: Iterable[str]) -> Mapping[str, Row]:
        """Return the rows that there are, and see to it that they stay so until the transaction ends."""
        ...

    def save(self, connection: Connection, rows: Sequence[Row], facts: Sequence[Fact]) -> None:
        """Keep what a transaction has made of rows, and recorded: it commits next."""
        ...


Keepers = Mapping[Any, Keeper]
"""By the type of the rows."""
