"""Random merchants: steps and settings by the throw of a die."""

from random import Random

from holdfast.lab.attack.schedule import (
    ACCOMPLICES,
    CONSUMERS,
    HONEST,
    OTHER,
    RING,
    Do,
    Setting,
    Step,
    numbers,
)
from holdfast.lab.attack.script import ORDER

_SHOPS = (RING[0],) * 7 + (RING[1],) * 2 + (OTHER,)
_BUYERS = HONEST + ACCOMPLICES * 2
_HOURS = (1, 12, 24, 24, 48, 72, 120, 172, 180, 240, 360, 480)
_QUIET = (720, 1_080, 2_400, 4_300)
_MINOR = (ORDER, ORDER, ORDER, 1, 777, ORDER // 2, 3 * ORDER)
_PERCENT = (100, 100, 100, 1, 33, 50, 99)

_ON_ORDERS = (
    Do.CLAIM,
    Do.CLAIM,
    Do.CLAIM,
    Do.UPHOLD,
    Do.REJECT,
    Do.REFUND,
    Do.REFUND,
    Do.SEND_BACK,
    Do.REDUCE,
    Do.ASK,
    Do.PAY_LATE,
    Do.PAY_LATE,
    Do.SPLIT,
    Do.SPLIT,
    Do.PERFORM,
    Do.LOSE,
    Do.UNDELIVER,
    Do.CHARGE_BACK,
    Do.CHARGE_BACK,
)
_BY_SHOPS = (
    Do.PAY_DEPOSIT,
    Do.PAY_DEPOSIT,
    Do.TAKE_DEPOSIT,
    Do.SUSPEND,
    Do.DECLARE,
    Do.RECOVER,
    Do.PAYOUTS_FAIL,
    Do.SEIZE,
)
_CAPTURES = (Do.CAPTURES_FAIL, Do.CAPTURES_SLOW, Do.CAPTURES_WORK, Do.CAPTURES_WORK)

POLICIES = ("full", "covered(0.95)", "covered(0.99)", "covered(0.5)")
"""Policies to be adopted while orders run: all promise cover, one with little caution."""

_LATER_HOURS = (0, 0, 24, 30 * 24)
"""How much later a step of a service begins."""

LATEST = 12
"""Orders back that a step most often reaches."""


def setting(base: str, promise: str, rng: Random) -> Setting:
    """Return a policy's variation."""
    return Setting(
        base=base,
        promise=promise,
        short_youth=rng.random() < 0.9,  # noqa: PLR2004 - a long youth makes long schedules
        capital_minor=rng.choice([0, 0, 10**6, 10**9]),
        advance=rng.random() < 0.1,  # noqa: PLR2004 - few platforms lend
        unasked=rng.random() < 0.75,  # noqa: PLR2004 - most refund unasked
        payout_hours=rng.choice([0, 24, 24, 24, 168]),
    )


def step(rng: Random, sold: int) -> Step:
    """Return a step that may follow when `sold` orders are numbered from 1 on."""
    die = rng.random()
    if die < 0.3 or not sold:  # noqa: PLR2004 - the shares of a die
        do = Do.SELL if rng.random() > 0.12 else rng.choice((Do.PLACE, Do.PLACE, Do.BOOK))  # noqa: PLR2004
        return Step(
            do, shop=rng.choice(_SHOPS), order=sold + 1, who=rng.choice(_BUYERS), minor=rng.choice(_MINOR)
        )
    if die < 0.55:  # noqa: PLR2004
        return wait(rng)
    if die < 0.87:  # noqa: PLR2004
        return _on_order(rng, sold)
    if die < 0.88:  # noqa: PLR2004
        return adoption(rng)
    if die < 0.97:  # noqa: PLR2004
        return Step(rng.choice(_BY_SHOPS), shop=rng.choice(_SHOPS), minor=rng.choice(_MINOR))
    return Step(rng.choice(_CAPTURES), who=rng.choice(CONSUMERS))


def _on_order(rng: Random, sold: int) -> Step:
    do, order = rng.choice(_ON_ORDERS), known(rng, sold)
    if do is Do.SPLIT:
        percent, hours = rng.choice((50, 33, 1, 99)), rng.choice(_LATER_HOURS)
        return Step(do, order=order, percent=percent, hours=hours, part=sold + 1)
    return Step(do, order=order, percent=rng.choice(_PERCENT))


def adoption(rng: Random) -> Step:
    """Return the adoption of one of the policies."""
    return Step(Do.ADOPT, policy=rng.choice(POLICIES))


def wait(rng: Random) -> Step:
    """Return a wait, now and then a long one."""
    return Step(Do.WAIT, hours=rng.choice(_QUIET if rng.random() < 0.08 else _HOURS))  # noqa: PLR2004


def known(rng: Random, sold: int) -> int:
    """Return the number of an order that was sold, mostly a late one."""
    return max(1, sold - int(rng.triangular(0, min(sold, LATEST), 0)))


_FOLLOWS: dict[Do, tuple[Do, ...]] = {
    Do.PLACE: (Do.SHIP, Do.SHIP, Do.SHIP, Do.CANCEL),
    Do.BOOK: (Do.PERFORM, Do.PERFORM, Do.PERFORM, Do.CANCEL),
    Do.SPLIT: (Do.WAIT, Do.REFUND, Do.CLAIM, Do.SEND_BACK, Do.SHIP, Do.PERFORM, Do.CHARGE_BACK),
    Do.SHIP: (Do.DELIVER, Do.DELIVER, Do.DELIVER, Do.LOSE),
    Do.LOSE: (Do.SHIP, Do.DELIVER, Do.WAIT),
    Do.PERFORM: (Do.WAIT, Do.WAIT, Do.CLAIM, Do.REFUND),
    Do.UNDELIVER: (Do.UPHOLD, Do.UPHOLD, Do.REJECT, Do.DELIVER, Do.WAIT),
    Do.CHARGE_BACK: (Do.CHARGE_BACK, Do.CLAIM, Do.WAIT, Do.WAIT),
    Do.SEND_BACK: (Do.TAKE_BACK, Do.TAKE_BACK, Do.REFUSE_BACK, Do.WAIT),
    Do.ASK: (Do.ANSWER, Do.WAIT),
    Do.CLAIM: (Do.UPHOLD, Do.UPHOLD, Do.UPHOLD, Do.REJECT, Do.CHARGE_BACK, Do.WAIT),
    Do.SELL: (Do.WAIT,) * 8
    + (Do.REFUND, Do.REFUND, Do.CLAIM, Do.CLAIM, Do.SEND_BACK, Do.ASK, Do.REDUCE)
    + (Do.UNDELIVER, Do.CHARGE_BACK),
    Do.SUSPEND: (Do.REINSTATE,),
    Do.DECLARE: (Do.WITHDRAW, Do.WITHDRAW, Do.VANISH),
    Do.PAYOUTS_FAIL: (Do.PAYOUTS_WORK,),
    Do.PAY_DEPOSIT: (Do.TAKE_DEPOSIT, Do.TAKE_DEPOSIT, Do.WAIT),
    Do.CAPTURES_FAIL: (Do.CAPTURES_WORK, Do.WAIT),
    Do.CAPTURES_SLOW: (Do.CAPTURES_WORK, Do.WAIT),
    Do.VANISH: (Do.RECOVER, Do.WAIT, Do.WAIT),
}
"""The steps that may follow a step; a wait stands for none."""

_SOON = frozenset({Do.SEND_BACK, Do.ASK, Do.REDUCE, Do.UPHOLD, Do.SHIP, Do.PERFORM, Do.REFUSE_BACK})
"""Steps that have to follow soon, before it is too late."""


def follow(one: Step, rng: Random) -> tuple[Step, int] | None:
    """Return the step that follows one, and after how many others; None where none does."""
    do = rng.choice(_FOLLOWS.get(one.do, (Do.WAIT,)))
    if do is Do.WAIT:
        return None
    lag = rng.choice((0, 0, 1, 2) if do in _SOON else (1, 2, 4, 8, 15))
    if do in {Do.VANISH, Do.REINSTATE, Do.WITHDRAW, Do.PAYOUTS_WORK, Do.TAKE_DEPOSIT, Do.RECOVER}:
        return Step(do, shop=one.shop, minor=one.minor or ORDER), lag
    if do is Do.CAPTURES_WORK:
        return Step(do, who=one.who), lag
    return Step(do, order=one.part or one.order, percent=rng.choice(_PERCENT)), lag


def random_steps(rng: Random) -> tuple[Step, ...]:
    """Return a random life of tens to hundreds of steps; most end by vanishing."""
    steps: list[Step] = []
    coming: list[tuple[int, Step]] = []
    sold = 0
    length = rng.choice([15, 30, 30, 60, 60, 120, 250])
    while len(steps) < length:
        due = next((entry for entry in coming if entry[0] <= len(steps)), None)
        if due is None:
            one = step(rng, sold)
        else:
            coming.remove(due)
            one = due[1]
        sold += len(numbers([one]))
        steps.append(one)
        then = follow(one, rng)
        if then is not None:
            coming.append((len(steps) + then[1], then[0]))
    if rng.random() < 0.85:  # noqa: PLR2004 - those that stay are judged, too
        steps.append(Step(Do.VANISH, shop=rng.choice(_SHOPS)))
        steps += _aftermath(steps[-1].shop, sold, rng)
    return tuple(steps)


def _aftermath(shop: str, sold: int, rng: Random) -> list[Step]:
    """Return the steps after a shop is gone: late claims, and money that is found."""
    steps: list[Step] = []
    for _ in range(rng.choice([0, 0, 0, 2, 4])):
        order = known(rng, max(1, sold))
        steps += rng.choice(
            [
                [wait(rng)],
                [Step(Do.CLAIM, order=order), Step(Do.UPHOLD, order=order)],
                [Step(Do.RECOVER, shop=shop, minor=rng.choice(_MINOR))],
            ]
        )
    return steps
