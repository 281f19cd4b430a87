"""The floor over PostgreSQL: the same bytes by COPY and commit, nothing else.

What a batch really wrote is found by the id of its transaction, which each row version carries: new rows,
facts, and the new versions of changed rows. These bytes are then copied into tables of the same form, in
transactions of the same size. Nothing is read, locked or decided: no engine over these tables is faster.
"""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from psycopg import sql

from holdfast.bench.load import quantile
from holdfast.bench.market import Asked
from holdfast.bench.schema import Connection, Ground
from holdfast.coverage.model import Coverage
from holdfast.engine.execution import Submission
from holdfast.ledger.model import Account
from holdfast.parties.model import Consumer
from holdfast.postgres.tables import TABLES

Blocks = dict[str, bytes]
"""What one batch wrote: a block in the form of binary COPY for each table."""

_UPDATED = {TABLES[kind].name for kind in (Account, Consumer, Coverage)}
"""Tables of which the loads change rows that were there: an update in place leaves their index alone."""

_EMPTY = 21
"""Bytes of a binary COPY without rows."""

_MILLISECONDS = 1_000


class Floor(NamedTuple):
    """What the machine takes for the bytes alone: commands a second, and the latency of a transaction."""

    per_s: float
    p50_ms: float
    p99_ms: float


def record(ground: Ground, ask: Callable[[], Asked], size: int, batches: int) -> list[Blocks]:
    """Run so many batches of `size` commands, and return what each of them wrote."""
    lane = ground.lanes[0]
    recorded: list[Blocks] = []
    for _ in range(batches):
        now = ground.clock.now()
        lane.run([Submission(command, now, key) for command, key in (ask() for _ in range(size))])
        recorded.append(_written(ground.connection))
    return recorded


def _written(connection: Connection) -> Blocks:
    """Return what the last transaction wrote."""
    found = connection.execute("SELECT xmin::text FROM facts ORDER BY id DESC LIMIT 1").fetchone()
    assert found is not None, "a batch left no fact"
    blocks: Blocks = {}
    for name in (*(table.name for table in TABLES.values()), "facts"):
        query = sql.SQL("COPY (SELECT * FROM {} WHERE xmin = {}::xid) TO STDOUT BINARY")
        with (
            connection.cursor() as cursor,
            cursor.copy(query.format(sql.Identifier(name), sql.Literal(found[0]))) as copy,
        ):
            block = b"".join(copy)
        if len(block) > _EMPTY:
            blocks[name] = block
    return blocks


def measure(connection: Connection, recorded: Sequence[Blocks], size: int, seconds: float) -> Floor:
    """Copy the recorded batches again and again for so many seconds; emptying the tables does not count."""
    names = sorted({name for blocks in recorded for name in blocks})
    targets = {name: _target(connection, name) for name in names}
    lasted: list[float] = []
    while sum(lasted) < seconds:
        lasted += [_copied(connection, targets, blocks) for blocks in recorded]
        connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(_copy_of, names))))
    connection.execute(sql.SQL("DROP TABLE {}").format(sql.SQL(", ").join(map(_copy_of, names))))
    milliseconds = [each * _MILLISECONDS for each in lasted]
    return Floor(size * len(lasted) / sum(lasted), quantile(milliseconds, 0.5), quantile(milliseconds, 0.99))


def _copy_of(name: str) -> sql.Identifier:
    return sql.Identifier(f"floor_{name}")


def _target(connection: Connection, name: str) -> sql.Composed:
    """Make an empty table of the same form, and return the statement that fills it."""
    form = "INCLUDING ALL EXCLUDING INDEXES" if name in _UPDATED else "INCLUDING ALL"
    query = sql.SQL("CREATE TABLE {} (LIKE {} {})")
    connection.execute(query.format(_copy_of(name), sql.Identifier(name), sql.SQL(form)))
    return sql.SQL("COPY {} FROM STDIN BINARY").format(_copy_of(name))


def _copied(connection: Connection, targets: dict[str, sql.Composed], blocks: Blocks) -> float:
    """Copy a batch in a transaction of its own; return how long it took, in seconds."""
    began = time.perf_counter()
    connection.execute("BEGIN")
    for name, block in blocks.items():
        with connection.cursor() as cursor, cursor.copy(targets[name]) as copy:
            copy.write(block)
    connection.execute("COMMIT")
    return time.perf_counter() - began
