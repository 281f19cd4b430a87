"""The feed: the journal in commit order, for named readers (consumers of a log) with durable cursors.

Every fact has a position: the first one 0, each one more than the fact before it, without a gap, whatever the
number of lanes and processes. A reader moves its cursor in the transaction of its own writes: so it processes
every fact exactly once.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import Fact, Row
from holdfast.kernel.text import Text


class Cursor(Row, frozen=True, kw_only=True):
    """The cursor of a reader: it has taken all facts before `position`; the last was of `moved_at`."""

    called = Text("读取位置", "cursor")

    position: int
    moved_at: Instant


def _nothing(_fact: Fact) -> Iterable[tuple[type[Row], str]]:
    return ()


class Reader(NamedTuple):
    """A reader of the feed, by its name: a function that updates rows from each fact.

    `take` is pure, as a handler is: it gets the desk and a fact, and puts rows. `keys` are rows to prefetch:
    they only save round trips, like those that a room declares for its commands.
    """

    name: str
    take: Callable[[Desk, Fact], None]
    keys: Callable[[Fact], Iterable[tuple[type[Row], str]]] = _nothing


def read_on(desk: Desk, reader: Reader, position: int, facts: Iterable[Fact]) -> int:
    """Let a reader take facts, and move its cursor by compare-and-swap; return the number of facts taken.

    Args:
        desk: the rows.
        reader: the reader.
        position: the position of the first of these facts.
        facts: successive facts of the feed.

    Returns:
        0 where the cursor is not at `position`: another process has moved it.
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


class Lag(NamedTuple):
    """The lag of a reader: its `position`, and the number of facts that it has still to take.

    `since` is the time of the first of these; None where it has taken all.
    """

    name: str
    position: int
    behind: int
    since: Instant | None
