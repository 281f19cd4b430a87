"""Beginning a new log for a database whose own cannot go on: lost, or ahead of the newest backup there is.

All facts of the journal go into the new one, in the order in which they stood in the old. What was shown of
the old stays true of it, and stays to be shown: whoever has receipts compares. Facts that were erased are
left out: what they said is to be shown by nobody.
"""

from random import SystemRandom

from holdfast.journal.model import LogRestarted
from holdfast.kernel.clock import Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact
from holdfast.postgres import reading, writing
from holdfast.postgres.writing import Connection
from holdfast.publishing import outbox
from holdfast.publishing.direct import check_empty
from holdfast.publishing.erasure import by_person
from holdfast.publishing.place import Place
from holdfast.publishing.refusals import LogThere
from holdfast.publishing.sequencer import take_turn


def restart(connection: Connection, place: Place, by: str, now: Instant) -> Fact:
    """Have the database's facts sequenced anew, into a log that is empty; return the fact that says so.

    All of it in one transaction. The engine's commits wait meanwhile.

    Args:
        connection: to the database, outside of a transaction.
        place: the new log.
        by: the person who decided it.
        now: the time.

    Raises:
        NobodyNamed: `by` is no name.
        LogThere: the log is not empty, or is the database's own.
        SequencerRunning: the database's log goes on at this moment.
    """
    actor = by_person(by)
    check_empty(place)
    take_turn(connection)
    with connection.transaction():
        outbox.lock(connection)
        row = connection.execute(b"SELECT size, log FROM trail_head").fetchone()
        assert row is not None
        if row[1] == place.signer.verifier.encode():
            raise LogThere(str(place.path))
        outbox.fill_with_all(connection)
        connection.execute(b"TRUNCATE trail_leaves, trail_batches")
        log = place.signer.verifier
        connection.execute(b"UPDATE trail_head SET size = 0, hashes = '', log = %s", (log.encode(),))
        body = LogRestarted(origin=log.name, former_size=row[0], by=by)
        fact = Fact(reading.follow_newest(connection, Ids(SystemRandom())).new(now), now, body, actor)
        writing.copy_facts(connection, [fact])
        writing.send_unsequenced(connection, [fact])
    return fact
