"""The feed: the journal in the order of its commits, and who reads it.

Every fact has a position: the first one 0, each one more than the fact before it, without a gap, whatever the
number of lanes and processes. A named reader has a cursor, and moves it in the transaction of what it keeps:
so it misses no fact and takes none twice.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import Fact, Row
from holdfast.kernel.text import Text


class Cursor(Row, frozen=True, kw_only=True):
    """How far a reader is: it has taken the facts before `position`; the last was of `moved_at`."""

    called = Text("读取位置", "cursor")

    position: int
    moved_at: Instant


def _nothing(_fact: Fact) -> Iterable[tuple[type[Row], str]]:
    return ()


class Reader(NamedTuple):
    """Who reads the feed under a name, and puts what it makes of each fact on the desk.

    `take` is pure, as a handler is: the desk and the fact in, rows put. `keys` are rows that it will look
    for: they save round trips, as those that a room says its commands touch.
    """

    name: str
    take: Callable[[Desk, Fact], None]
    keys: Callable[[Fact], Iterable[tuple[type[Row], str]]] = _nothing


def read_on(desk: Desk, reader: Reader, position: int, facts: Iterable[Fact]) -> int:
    """Have a reader take facts, and move its cursor; return how many it took.

    Args:
        desk: the rows.
        reader: who reads.
        position: that of the first of these facts.
        facts: one after the other in the feed.

    Returns:
        None of them, where the cursor is not at `position`: another process has moved it.
    """
    cursor = desk.find(Cursor, reader.name)
    if (0 if cursor is None else cursor.position) != position:
        return 0
    count = 0
    last: Fact | None = None
    for fact in facts:
        reader.take(desk, fact)
        count += 1
        last = fact
    if last is not None:
        desk.put(Cursor(id=reader.name, position=position + count, moved_at=last.at), cursor)
    return count


class Standing(NamedTuple):
    """How a reader stands: its `position`, and how many facts it has still to take.

    `since` is when the first of these happened; None where it has taken all.
    """

    name: str
    position: int
    behind: int
    since: Instant | None
