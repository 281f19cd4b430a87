"""Restarting a log: a new log for a database whose old one is lost, or ahead of the newest backup.

All facts of the journal go into the new log, in the order of the old one. Receipts of the old log stay valid
for it, so that whoever has some can compare. Erased facts are left out: nobody may show their content.
"""

from collections.abc import Iterable, Mapping, Sequence

from psycopg.errors import LockNotAvailable

from holdfast.journal.held import LOG, LogHeld
from holdfast.journal.model import RestartLog
from holdfast.kernel.rows import Fact, Row
from holdfast.postgres.writing import Connection
from holdfast.publishing.direct import check_empty
from holdfast.publishing.follower import READER
from holdfast.publishing.place import Place
from holdfast.publishing.sequencer import LEAVE_SECONDS
from holdfast.trail.keys import parse_vkey

_TURN = b"SELECT pg_advisory_xact_lock(hashtextextended('holdfast trail ' || current_schema(), 0))"


def restart(place: Place) -> RestartLog:
    """Return the command that binds the database to an empty log, for all facts; `LogKeeper` carries it out.

    Raises:
        LogThere: the log is not empty.
    """
    check_empty(place)
    log = place.signer.verifier
    return RestartLog(origin=log.name, vkey=log.encode())


class LogKeeper:
    """The keeper of `LogHeld`, the log of a database. A transaction holds the sequencer's lock to its end."""

    def load(self, connection: Connection, ids: Iterable[str]) -> Mapping[str, Row]:
        """See `Keeper.load`. A sequencer that may just be ending is waited for."""
        assert list(ids) == [LOG], "there is one log"
        running = False
        try:
            with connection.transaction():
                connection.execute(f"SET LOCAL lock_timeout = '{LEAVE_SECONDS}s'".encode())
                connection.execute(_TURN)
        except LockNotAvailable:
            running = True
        connection.execute(b"SET LOCAL lock_timeout TO DEFAULT")
        row = connection.execute(b"SELECT size, log FROM trail_head FOR UPDATE").fetchone()
        assert row is not None
        size, vkey = row
        origin = None if vkey is None else parse_vkey(vkey).name
        return {LOG: LogHeld(id=LOG, origin=origin, vkey=vkey, size=size, running=running)}

    def save(self, connection: Connection, rows: Sequence[Row], facts: Sequence[Fact]) -> None:
        """See `Keeper.save`. The new log begins with the first fact of all."""
        [row] = rows
        assert isinstance(row, LogHeld), "it keeps nothing else"
        assert facts, "that it was begun anew is a fact"
        # After this no entry of the old log can be put out any more: what was sequenced and not published is
        # gone with it. The facts are what they were, and the new log has them all.
        connection.execute(b"TRUNCATE trail_leaves, trail_batches")
        connection.execute(b"DELETE FROM cursors WHERE id = %s", (READER,))
        connection.execute(b"UPDATE trail_head SET size = 0, hashes = '', log = %s", (row.vkey,))
