"""The search: scripted and random schedules first, then changes of those that came closest to a break."""

from collections.abc import Callable
from random import Random

import msgspec

from holdfast.lab.attack import chance, strategies
from holdfast.lab.attack.clauses import Break, Clause
from holdfast.lab.attack.mutation import mutated
from holdfast.lab.attack.schedule import Schedule
from holdfast.lab.attack.stage import Trial, perform
from holdfast.lab.attack.strategies import STRATEGIES

AIMS = ("loss", "unearned", "gain", "deficit", "bought")
"""The measures that the search climbs, each with a corpus of its own."""

KEPT = 12
"""Schedules that are kept for each aim."""


class Find(msgspec.Struct, frozen=True):
    """A schedule that broke a clause, and how; `trial` is the number of the trial that found it."""

    found: Break
    schedule: Schedule
    trial: int


class Searched(msgspec.Struct, frozen=True):
    """The result of a search: of each clause the shortest schedule, and how close it came to each aim."""

    trials: int
    broken: int
    steps: int
    finds: tuple[Find, ...]
    closest: dict[str, float]


class _Corpus:
    """The schedules that came closest, aim by aim."""

    def __init__(self) -> None:
        self._best: dict[str, list[tuple[float, int, Schedule, tuple[int, ...]]]] = {aim: [] for aim in AIMS}

    def add(self, number: int, schedule: Schedule, trial: Trial) -> None:
        """Keep a schedule where it came close."""
        closeness = trial.closeness
        moments = (closeness.deficit_step, closeness.bought_step)
        for aim, best in self._best.items():
            value: float = getattr(closeness, aim)
            if value <= -1.0 or any(value == one[0] for one in best):
                continue
            best.append((value, -number, schedule, moments))
            best.sort(key=lambda one: one[:2], reverse=True)
            del best[KEPT:]

    def pick(self, rng: Random) -> tuple[Schedule, tuple[int, ...]] | None:
        """Return one of those kept, mostly a good one, and its moments at which vanishing might pay."""
        filled = [best for best in self._best.values() if best]
        if not filled:
            return None
        best = rng.choice(filled)
        _, _, schedule, moments = best[int(len(best) * rng.random() ** 2)]
        return schedule, moments

    def closest(self) -> dict[str, float]:
        """Return how close it came to each aim."""
        return {aim: best[0][0] for aim, best in self._best.items() if best}


def search(
    base: str, promise: str, trials: int, rng: Random, tell: Callable[[float], None] = lambda _share: None
) -> Searched:
    """Search for schedules that break the promise of a policy.

    Args:
        base: the policy, as `policy_files.reading.named` takes it.
        promise: the release policy whose promise is judged; empty for that of the policy itself.
        trials: how many schedules are performed.
        rng: where chance comes from.
        tell: is told the share that is done.
    """
    corpus = _Corpus()
    finds: dict[Clause, Find] = {}
    broken = steps = 0
    for number in range(trials):
        schedule = _next(base, promise, number, corpus, rng)
        trial = perform(schedule)
        steps += len(schedule.steps)
        broken += bool(trial.breaks)
        for one in trial.breaks:
            known = finds.get(one.clause)
            if known is None or len(schedule.steps) < len(known.schedule.steps):
                finds[one.clause] = Find(one, schedule, number)
        corpus.add(number, schedule, trial)
        tell((number + 1) / trials)
    return Searched(trials, broken, steps, tuple(finds.values()), corpus.closest())


def _next(base: str, promise: str, number: int, corpus: _Corpus, rng: Random) -> Schedule:
    """Return the next schedule: each strategy once, then by chance, more and more near close ones."""
    setting = chance.setting(base, promise, rng)
    if number < len(STRATEGIES):
        return strategies.schedule(number, setting, rng)
    die = rng.random()
    parent = corpus.pick(rng)
    other = corpus.pick(rng)
    if die < 0.25 or parent is None or other is None:  # noqa: PLR2004 - the shares of a die
        return Schedule(setting, chance.random_steps(rng))
    if die < 0.35:  # noqa: PLR2004
        return strategies.schedule(rng.randrange(len(STRATEGIES)), setting, rng)
    return mutated(parent[0], other[0], parent[1], rng)
