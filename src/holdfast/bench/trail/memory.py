"""The tree alone: entries of real facts to leaves, tiles, a root and a compact range, in memory."""

import hashlib
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from holdfast.bench import market
from holdfast.bench.figure import Measured
from holdfast.bench.load import Tell
from holdfast.bench.market import Orders
from holdfast.engine.execution import Submission
from holdfast.engine.memory import Memory
from holdfast.kernel.clock import Instant
from holdfast.kernel.ids import Ids
from holdfast.policy_files import reading
from holdfast.publishing.files import Files
from holdfast.publishing.promises import KeyRing
from holdfast.publishing.scribe import Entry, opening_of
from holdfast.publishing.sequencer import BATCH
from holdfast.trail.opening import Opening

_SEED = 7
_AT: Instant = 1_790_000_000_000
_ORDERS = 1_000

_LEAVES, _QUICK_LEAVES = 500_000, 100_000
_ROUNDS, _QUICK_ROUNDS = 7, 3
_NODE = bytes(65)


def openings() -> list[Opening]:
    """Return what opens the facts of orders, as the engine records them."""
    home = Memory(Ids(Random(_SEED)))  # noqa: S311 - no secrets
    home.adopt(reading.named("full"), _AT)
    market.open_market(home, _AT)
    orders = Orders(Random(_SEED))  # noqa: S311 - a load, repeatable on purpose
    outcomes = home.run([Submission(*_timed(orders)) for _ in range(_ORDERS)])
    keys = KeyRing()
    return [opening_of(keys, Entry.of(fact)) for outcome in outcomes for fact in outcome.facts]


def _timed(orders: Orders) -> tuple[market.Command, Instant, str | None]:
    command, key = orders.next()
    return command, _AT, key


def entries(known: Sequence[Opening], count: int) -> Iterator[bytes]:
    """Yield `count` entries, all different; the first of each `stretch` is that of an opening."""
    every = stretch(known, count)
    for index in range(count):
        number, later = divmod(index, every)
        leaf = known[number % len(known)].leaf
        yield (leaf._replace(at=leaf.at + later) if later else leaf).encode()


def stretch(known: Sequence[Opening], count: int) -> int:
    """Return how many entries stand between one opening's and the next one's."""
    return count // len(known)


def append(_folder: Path, tell: Tell, *, quick: bool) -> dict[str, Measured]:
    """Append leaves in batches as the sequencer does, and hash each entry.

    The floor is SHA-256 alone over as many hashes: each entry once, and one node a leaf.
    """
    count, rounds = (_QUICK_LEAVES, _QUICK_ROUNDS) if quick else (_LEAVES, _ROUNDS)
    made = list(entries(openings(), count))
    rates: list[float] = []
    floors: list[float] = []
    for number in range(rounds):
        tell(number / rounds)
        rates.append(count / _growing(made))
        floors.append(count / _hashing(made))
    return {"append_leaves_per_s": Measured(statistics.median(rates), statistics.median(floors))}


def _growing(made: Sequence[bytes]) -> float:
    files = Files()
    began = time.perf_counter()
    for start in range(0, len(made), BATCH):
        files.grow(made[start : start + BATCH])
    return time.perf_counter() - began


def _hashing(made: Sequence[bytes]) -> float:
    sha256 = hashlib.sha256
    began = time.perf_counter()
    for entry in made:
        sha256(entry).digest()
        sha256(_NODE).digest()
    return time.perf_counter() - began
