"""From the feed to a signed head over PostgreSQL: how fast a log takes it."""

import os
import statistics
import time
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from holdfast.bench import market
from holdfast.bench.figure import Measured
from holdfast.bench.load import Tell
from holdfast.bench.market import Asked, Orders
from holdfast.bench.schema import SCHEMA, Ground, Lane, ground
from holdfast.bench.trail.receipts import ORIGIN
from holdfast.engine.execution import Submission
from holdfast.kernel.clock import SystemClock
from holdfast.publishing import place
from holdfast.publishing.files import File
from holdfast.publishing.place import Place
from holdfast.publishing.publisher import Prove, Publisher
from holdfast.publishing.sequencer import Sequencer
from holdfast.publishing.store import Store
from holdfast.trail.folder import Folder
from holdfast.trail.note import Note, Signature

_SEED = 7
_FACTS, _QUICK_FACTS = 60_000, 20_000
_ROUNDS = 5
_COMMIT = 250
_AT_ONCE = 8


class Recorder(Folder):
    """The log's folder; remembers what was written since it was last asked."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._written: list[File] = []

    def write_all(self, files: Iterable[File]) -> None:
        """See `Folder.write_all`."""
        some = list(files)
        self._written += some
        super().write_all(some)

    def taken(self) -> list[File]:
        """Return what was written, and forget it."""
        written, self._written = self._written, []
        return written


class Step(NamedTuple):
    """A step of the sequencer: when it was done, on the clock of all processes, and what it wrote."""

    ended: float
    facts: int
    files: list[File]


class Trail(NamedTuple):
    """A market with a log of its own, in which its parties are; its sequencer is at hand."""

    ground: Ground
    sequencer: Sequencer
    recorder: Recorder
    scratch: Path

    def step(self) -> Step:
        """Have the sequencer take a step."""
        done = self.sequencer.step()
        ended = time.monotonic()
        assert done.published.published == done.size, "what was signed is not out"
        return Step(ended, done.facts, self.recorder.taken())

    def emptied(self) -> list[Step]:
        """Step until nothing waits."""
        steps: list[Step] = []
        while (step := self.step()).facts:
            steps.append(step)
        return steps


@contextmanager
def trail(url: str, folder: Path) -> Generator[Trail]:
    """Give a market and its log, until the block ends."""
    with ground(url) as found, TemporaryDirectory(dir=folder) as made:
        market.open_market(found.lanes[0], found.clock.now())
        where = place.make(Path(made) / "log", ORIGIN)
        recorder = Recorder(where.log)
        with closing(Sequencer(url, SCHEMA, publisher(where, recorder))) as sequencer:
            given = Trail(found, sequencer, recorder, Path(made))
            given.emptied()
            yield given


def publisher(where: Place, store: Store) -> Publisher:
    """Return what publishes without witnesses: how long they take is theirs to say."""
    return Publisher(store, where.head(), where.signer, where.trust, _unwitnessed)


def _unwitnessed(_note: Note, _prove: Prove, _hint: int) -> list[Signature]:
    return []


def signed(url: str, folder: Path, tell: Tell, *, quick: bool) -> dict[str, Measured]:
    """Measure facts a second from the feed to a signed head whose files are on the disk.

    The facts are those of orders that the engine has committed, each with a deal, and so with a key, of its
    own: none costs the sequencer more. The floor writes the same bytes to the disk, and commits once a step.
    """
    count, rounds = (_QUICK_FACTS, 1) if quick else (_FACTS, _ROUNDS)
    rates: list[float] = []
    floors: list[float] = []
    orders = Orders(Random(_SEED))  # noqa: S311 - a load, repeatable on purpose
    with trail(url, folder) as given:
        for number in range(rounds):
            facts = 0
            while facts < count:
                facts += commit(given.ground.lanes[0], [orders.next() for _ in range(_COMMIT)])
                tell((number + facts / count) / rounds)
            began = time.perf_counter()
            steps = given.emptied()
            rates.append(facts / (time.perf_counter() - began))
            floors.append(facts / sum(least(given, steps)))
    return {"feed_to_signed_per_s": Measured(statistics.median(rates), statistics.median(floors))}


def commit(lane: Lane, batch: Sequence[Asked]) -> int:
    """Have the engine commit a batch, and return how many facts it left."""
    now = SystemClock().now()
    outcomes = lane.run([Submission(command, now, key) for command, key in batch])
    assert all(outcome.accepted for outcome in outcomes), "the load was refused"
    return sum(len(outcome.facts) for outcome in outcomes)


def least(given: Trail, steps: Sequence[Step]) -> list[float]:
    """Return how long the bytes of each step take to the disk, with one commit that changes nothing.

    The files go to a folder of their own, without order, names that change, or anything that is made of them.
    """
    lasted: list[float] = []
    with TemporaryDirectory(dir=given.scratch) as made, ThreadPoolExecutor(_AT_ONCE) as threads:
        for number, step in enumerate(steps):
            folder = Path(made) / str(number)
            folder.mkdir()
            files = [(folder / str(at), data) for at, (_, data) in enumerate(step.files)]
            began = time.perf_counter()
            list(threads.map(_write, files))
            given.ground.connection.execute("SELECT pg_current_xact_id()")  # so that it is written
            lasted.append(time.perf_counter() - began)
    return lasted


def _write(file: tuple[Path, bytes]) -> None:
    path, data = file
    with path.open("wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
