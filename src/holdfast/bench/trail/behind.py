"""How far the log is behind a market that commits at a steady rate, in a process of its own."""

import statistics
import time
from array import array
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from holdfast.bench.beside import Beside, beside
from holdfast.bench.figure import Measured
from holdfast.bench.load import Tell, quantile
from holdfast.bench.market import Orders
from holdfast.bench.schema import SCHEMA, Lane
from holdfast.bench.trail.feed import Step, Trail, commit, least, trail
from holdfast.engine.tuning import tune_process
from holdfast.kernel.clock import SystemClock
from holdfast.kernel.ids import Ids
from holdfast.kernel.text import Text
from holdfast.policy_files import reading
from holdfast.publishing.worker import pause_after

_SEED = 7
_WRITER = 100
_MOST_AT_ONCE = 500
_NAP_SECONDS = 0.01
_WORST = 0.99
_ENOUGH = 0.95


class Offer(NamedTuple):
    """What a market commits: so many facts a second, for so long, and that several times."""

    per_s: int
    seconds: float
    rounds: int


THOROUGH = Offer(5_000, 10, 5)
QUICK = Offer(5_000, 3, 1)


class Commits(NamedTuple):
    """When commits were answered, on the clock of all processes, and how many facts each has."""

    began: float
    ended: list[float]
    facts: list[int]

    @property
    def per_s(self) -> float:
        """Return how many facts a second there were."""
        return sum(self.facts) / (self.ended[-1] - self.began)


def behind(url: str, folder: Path, tell: Tell, *, quick: bool) -> dict[str, Measured]:
    """Measure how far the log is behind 5,000 facts a second. See `followed`."""
    found = followed(url, folder, QUICK if quick else THOROUGH, tell)
    return {} if found is None else {"behind_s": found}


def followed(url: str, folder: Path, offer: Offer, tell: Tell) -> Measured | None:
    """Measure how old facts are when they are signed; None where the engine never committed them so fast.

    The engine commits orders in a process of its own, on the same machine; the sequencer looks as its worker
    does. The value is the age that one fact in a hundred exceeds. The floor is how long the bytes of a step
    take to the disk, and one commit.
    """
    ages: list[float] = []
    floors: list[float] = []
    with (
        trail(url, folder) as given,
        beside(Text("下单", "place orders"), place_orders, url, *offer) as market,
    ):
        for number in range(offer.rounds):
            market.hear()
            tell(number / offer.rounds)
            commits, steps = _round(given, market)
            if commits.per_s < offer.per_s * _ENOUGH:
                continue
            ages.append(quantile(aged(commits, steps), _WORST))
            floors.append(statistics.median(least(given, steps)))
    return Measured(statistics.median(ages), statistics.median(floors)) if ages else None


def _round(given: Trail, market: Beside) -> tuple[Commits, list[Step]]:
    """Let the market begin, and step until it is done and nothing waits."""
    market.tell("begin")
    steps: list[Step] = []
    done = False
    while True:
        step = given.step()
        if step.facts:
            steps.append(step)
        elif done:
            return Commits(*market.hear()), steps
        else:
            done = market.has_said()
        time.sleep(pause_after(step.facts))


def aged(commits: Commits, steps: Sequence[Step]) -> list[float]:
    """Return the age of each fact when the head that has it was out, in seconds: first in, first out."""
    assert sum(commits.facts) == sum(step.facts for step in steps), (
        "the log has other facts than were committed"
    )
    ages: list[float] = []
    coming = iter(steps)
    room, ended = 0, 0.0
    for at, facts in zip(commits.ended, commits.facts, strict=True):
        left = facts
        while left:
            if not room:
                step = next(coming)
                room, ended = step.facts, step.ended
            some = min(room, left)
            ages += [ended - at] * some
            room -= some
            left -= some
    return ages


def place_orders(pipe: Any, url: str, per_s: int, seconds: float, rounds: int) -> None:
    """Commit orders at a steady rate each time when told to begin, and say when each commit was answered."""
    clock = SystemClock()
    lane = Lane(url, SCHEMA, Ids(Random(_WRITER)))  # noqa: S311 - no secrets
    lane.adopt(reading.named("full"), clock.now())
    orders = Orders(Random(_SEED))  # noqa: S311 - a load, repeatable on purpose
    tune_process()
    count = round(per_s * seconds)
    for _ in range(rounds):
        coming = [orders.next() for _ in range(count)]
        pipe.send("ready")
        pipe.recv()
        ended, facts = array("d"), array("q")
        done = 0
        began = time.monotonic()
        while done < count:
            due = min(count, round((time.monotonic() - began) * per_s)) - done
            if due:
                batch = coming[done : done + min(due, _MOST_AT_ONCE)]
                facts.append(commit(lane, batch))
                ended.append(time.monotonic())
                done += len(batch)
            if due < _MOST_AT_ONCE:
                time.sleep(_NAP_SECONDS)
        pipe.send((began, list(ended), list(facts)))
    pipe.recv()
