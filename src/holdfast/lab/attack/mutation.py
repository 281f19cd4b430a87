"""Mutation of schedules: one that came close is changed a little, and tried again."""

from collections.abc import Callable
from random import Random

from msgspec.structs import replace

from holdfast.lab.attack import chance
from holdfast.lab.attack.schedule import CONSUMERS, ORDERING, RING, Do, Schedule, Step, numbers, renumbered
from holdfast.lab.attack.strategies import scripted

MOST_STEPS = 260
"""Longer schedules are cut: they cost much and tell little more."""

Steps = list[Step]


def _drop(steps: Steps, rng: Random) -> None:
    start = rng.randrange(len(steps))
    del steps[start : start + rng.choice([1, 1, 2, 5, 12])]


def _insert(steps: Steps, rng: Random) -> None:
    sold = max(numbers(steps), default=0)
    for _ in range(rng.choice([1, 1, 2, 3])):
        one = chance.step(rng, sold)
        sold += len(numbers([one]))
        at = rng.randrange(len(steps) + 1)
        steps.insert(at, one)
        then = chance.follow(one, rng)
        if then is not None:
            steps.insert(min(len(steps), at + 1 + then[1]), then[0])


def _repeat(steps: Steps, rng: Random) -> None:
    """Repeat a part of it, with orders of its own."""
    start = rng.randrange(len(steps))
    part = steps[start : start + rng.choice([2, 4, 8, 16])]
    first = max(numbers(steps), default=0) + 1
    fresh = {old: first + place for place, old in enumerate(numbers(part))}
    copied = [renumbered(step, lambda number: fresh.get(number, number)) for step in part]
    steps[start + len(part) : start + len(part)] = copied


def _swap(steps: Steps, rng: Random) -> None:
    here, there = rng.randrange(len(steps)), rng.randrange(len(steps))
    steps[here], steps[there] = steps[there], steps[here]


def _retune(steps: Steps, rng: Random) -> None:
    """Change the numbers of some steps."""
    sold = max(numbers(steps), default=0)
    for _ in range(rng.choice([1, 2, 4])):
        at = rng.randrange(len(steps))
        old = steps[at]
        if old.do is Do.WAIT:
            nudged = max(1, old.hours + rng.choice([-24, -12, -1, 1, 12, 24]))
            steps[at] = rng.choice([chance.wait(rng), replace(old, hours=nudged)])
        elif old.do in ORDERING:
            minor = rng.choice([old.minor * 2, old.minor // 2, old.minor + 1, 3 * old.minor])
            steps[at] = replace(old, minor=max(1, minor), who=rng.choice([old.who, rng.choice(CONSUMERS)]))
        elif old.do is Do.ADOPT:
            steps[at] = chance.adoption(rng)
        elif old.order and sold:
            steps[at] = replace(old, order=chance.known(rng, sold), percent=rng.choice([100, 50, 99, 1]))
        else:
            steps[at] = replace(old, minor=max(1, rng.choice([old.minor * 2, old.minor // 2, old.minor])))


def _late(steps: Steps, rng: Random) -> None:
    """Have an order claimed, and decided, somewhere after it was sold."""
    places = [at for at, step in enumerate(steps) if step.do is Do.SELL]
    if not places:
        return
    at = rng.choice(places)
    order = steps[at].order
    where = rng.randrange(at + 1, len(steps) + 1)
    percent = rng.choice([100, 100, 50])
    steps[where:where] = [Step(Do.CLAIM, order=order, percent=percent), Step(Do.UPHOLD, order=order)]


_CHANGES: tuple[Callable[[Steps, Random], None], ...] = (
    _drop,
    _insert,
    _insert,
    _repeat,
    _swap,
    _retune,
    _retune,
    _late,
)


def mutated(parent: Schedule, other: Schedule, moments: tuple[int, ...], rng: Random) -> Schedule:
    """Return a schedule that is a little different.

    Args:
        parent: the schedule to change.
        other: a schedule that a part may be taken from.
        moments: steps after which vanishing seemed to pay most.
        rng: where chance comes from.
    """
    steps = list(parent.steps)
    die = rng.random()
    if moments and die < 0.25:  # noqa: PLR2004 - the shares of a die
        at = max(0, min(len(steps), rng.choice(moments) + 1 + rng.choice([0, 0, 0, -1, 1, 3])))
        steps = [*steps[:at], Step(Do.VANISH, shop=RING[0])]
    elif die < 0.35:  # noqa: PLR2004
        cut = rng.randrange(len(steps) + 1)
        steps = [step for step in steps[:cut] if step.do is not Do.VANISH]
        steps += _renumbered(other.steps[rng.randrange(len(other.steps)) :], steps) if other.steps else []
    elif die < 0.4:  # noqa: PLR2004
        steps += _renumbered(scripted(rng.randrange(99), rng), steps)
    if die > 0.2:  # noqa: PLR2004
        for _ in range(rng.choice([1, 1, 2, 3])):
            if steps:
                rng.choice(_CHANGES)(steps, rng)
    varied = rng.random() < 0.1  # noqa: PLR2004 - mostly the setting stays
    now = parent.setting
    setting = chance.setting(now.base, now.promise, rng) if varied else now
    return Schedule(setting, tuple(steps[-MOST_STEPS:]))


def _renumbered(steps: tuple[Step, ...], before: Steps) -> Steps:
    """Return steps whose orders' numbers follow those before."""
    above = max(numbers(before), default=0)
    return [renumbered(step, lambda number: number + above) for step in steps]
