"""What the feed costs the engine, and a log that reads it: the same orders with and without, in turns."""

import statistics
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from holdfast.bench import market
from holdfast.bench.beside import Beside, beside
from holdfast.bench.figure import Measured
from holdfast.bench.load import Tell
from holdfast.bench.market import Orders
from holdfast.bench.schema import SCHEMA, Connection, Ground, Lane, ground
from holdfast.bench.trail.feed import commit, publisher
from holdfast.bench.trail.receipts import ORIGIN
from holdfast.engine.tuning import tune_process
from holdfast.kernel.ids import Ids
from holdfast.kernel.text import Text
from holdfast.policy_files import reading
from holdfast.postgres import writing
from holdfast.postgres.session import Session
from holdfast.postgres.transaction import Transactor
from holdfast.publishing import place
from holdfast.publishing.place import Place
from holdfast.publishing.sequencer import Sequencer
from holdfast.publishing.worker import pause_after

_SEED = 7
_UNFED = 200
_COPIES = 200
_BATCH = 200


class Turns(NamedTuple):
    """How often both sides are driven, and for how many seconds each time."""

    pairs: int
    seconds: float


_SHORT, _QUICK_SHORT = Turns(200, 0.15), Turns(20, 0.15)
"""What passes on the machine meets both sides of a pair, where each is short."""

_LONG, _QUICK_LONG = Turns(15, 2), Turns(3, 1)
"""Long enough for a sequencer to take some steps."""


class _UnfedTransactor(Transactor):
    def _commit(self, session: Session) -> None:
        """Commit as `Transactor` does, and give the facts no positions."""
        new, changed = session.split()
        writing.copy_new(self._connection, new, session.facts)
        with self._connection.pipeline():
            writing.send_changed(self._connection, changed)
            self._connection.execute("COMMIT")


class Unfed(Lane):
    """A home whose facts never come into the feed: what the engine would be without it."""

    def __init__(self, url: str, schema: str, ids: Ids) -> None:
        super().__init__(url, schema, ids)
        self._transactor.close()
        self._transactor = _UnfedTransactor(self._connect, ids)


@contextmanager
def two_lanes(url: str) -> Generator[tuple[Ground, Ground]]:
    """Give a market, once with the feed and once without it: the same rows, a lane each."""
    with ground(url) as found:
        without = Unfed(url, SCHEMA, Ids(Random(_UNFED)))  # noqa: S311 - no secrets
        with closing(without):
            without.adopt(reading.named("full"), found.clock.now())
            market.open_market(found.lanes[0], found.clock.now())
            yield found, found._replace(lanes=[without])


@contextmanager
def _log(folder: Path) -> Generator[Place]:
    """Give a log of its own, until the block ends."""
    with TemporaryDirectory(dir=folder) as made:
        yield place.make(Path(made) / "log", ORIGIN)


def feed(url: str, _folder: Path, tell: Tell, *, quick: bool) -> dict[str, Measured]:
    """Measure by how much slower orders are committed for the feed, which nobody reads."""
    with two_lanes(url) as lanes:
        return {"engine_cost_share": _lost(*lanes, _QUICK_SHORT if quick else _SHORT, nullcontext, tell)}


def sequencing(url: str, folder: Path, tell: Tell, *, quick: bool) -> dict[str, Measured]:
    """Measure the same where a sequencer runs on this machine, too, at the pace of its worker.

    The engine's process, the sequencer's and the server's two then share the processors.
    """
    with (
        _log(folder) as log,
        two_lanes(url) as lanes,
        beside(Text("排序", "sequence"), sequence, url, str(log.path)) as other,
    ):
        other.hear()
        turns = _QUICK_LONG if quick else _LONG
        return {"engine_cost_share_beside": _lost(*lanes, turns, partial(_at_work, other), tell)}


def _lost(
    fed: Ground,
    unfed: Ground,
    turns: Turns,
    beside_it: Callable[[], AbstractContextManager[None]],
    tell: Tell,
) -> Measured:
    """Drive both sides in turns, each first every other time, and return what is lost in the median pair.

    The floor is how long COPY takes for a commit's row of the feed, of the time of a whole commit.
    """
    orders = Orders(Random(_SEED))  # noqa: S311 - a load, repeatable on purpose
    tune_process()
    shares: list[float] = []
    per_s: dict[bool, float] = {}
    for number in range(-1, turns.pairs):
        tell(max(0, number) / turns.pairs)
        for side in (fed, unfed) if number % 2 else (unfed, fed):
            with beside_it() if side is fed else nullcontext():
                per_s[side is fed] = _driven(side.lanes[0], orders, turns.seconds)
        if number >= 0:  # the first pair warms up
            shares.append(1 - per_s[True] / per_s[False])
    return Measured(statistics.median(shares), _copying(fed.connection) * per_s[True])


def _driven(lane: Lane, orders: Orders, seconds: float) -> float:
    """Commit orders batch after batch, and return how many batches a second; making them does not count."""
    lasted: list[float] = []
    while sum(lasted) < seconds:
        batch = [orders.next() for _ in range(_BATCH)]
        began = time.perf_counter()
        commit(lane, batch)
        lasted.append(time.perf_counter() - began)
    return len(lasted) / sum(lasted)


def _copying(connection: Connection) -> float:
    """Return how long COPY takes for the newest row of the feed, in an open transaction, in seconds."""
    block = b""
    query = "COPY (SELECT * FROM feed ORDER BY first DESC LIMIT 1) TO STDOUT BINARY"
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        block = b"".join(copy)
    connection.execute("CREATE TABLE copied (LIKE feed)")
    lasted: list[float] = []
    for _ in range(_COPIES):
        with connection.transaction(), connection.cursor() as cursor:
            began = time.perf_counter()
            with cursor.copy("COPY copied FROM STDIN BINARY") as copy:
                copy.write(block)
            lasted.append(time.perf_counter() - began)
    return statistics.median(lasted)


@contextmanager
def _at_work(other: Beside) -> Generator[None]:
    other.tell("begin")
    try:
        yield
    finally:
        other.tell("wait")
        other.hear()


def sequence(pipe: Any, url: str, folder: str) -> None:
    """Sequence while told to; say when it has begun to wait."""
    where = place.load(Path(folder))
    with closing(Sequencer(url, SCHEMA, publisher(where, where.store()))) as sequencer:
        while sequencer.step().facts:
            pass
        while True:
            pipe.send("ready")
            pipe.recv()
            while not pipe.poll(pause_after(sequencer.step().facts)):
                pass
            pipe.recv()
