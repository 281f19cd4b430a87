"""Strategies beyond one debit of one order: parts, services, banks and authorities, other policies."""

from collections.abc import Callable

from holdfast.lab.attack.schedule import Do
from holdfast.lab.attack.script import FRIEND, ORDER, OTHER_FRIEND, Script

_MONTH = 30


def _others(s: Script, least: int = 1) -> list[int]:
    """Sell to honest consumers beside the attempt."""
    return [s.sell(s.honest()) for _ in range(s.rng.choice([least, least + 1, least + 2]))]


def _either(s: Script) -> bool:
    return s.rng.random() < 0.5  # noqa: PLR2004 - one or the other


def parts_apart(s: Script) -> None:
    """Split an accomplice's order: one part is refunded, one claimed, one completes and is claimed late."""
    if _either(s):
        s.grow_up()
    s.does(Do.PAY_DEPOSIT, minor=ORDER)
    first = s.sell(FRIEND, 4 * ORDER)
    parts = [s.split(first, s.rng.choice([25, 50, 1])) for _ in range(3)]
    s.wait(s.rng.choice([5, 8.5]))
    _others(s)
    s.wait(4)
    s.on(Do.REFUND, parts[0], s.rng.choice([100, 50]))
    s.claim(parts[1], s.rng.choice([100, 70]))
    s.wait(s.rng.choice([1, 5, 9]))
    for left in (parts[2], first):
        s.on(Do.REFUND if _either(s) else Do.CLAIM, left)
        s.on(Do.UPHOLD, left)
    s.does(Do.VANISH)


def parcels_one_by_one(s: Script) -> None:
    """Ship an order in parcels whose windows close at different times, and be gone in between."""
    first = s.ordered(Do.PLACE, s.honest(), 3 * ORDER)
    rest = [s.split(first, 33), s.split(first, 50)]
    for parcel in (first, *rest):
        s.on(Do.SHIP, parcel)
        s.on(Do.DELIVER, parcel)
        s.wait(s.rng.choice([1, 4, 8]))
    s.sell(FRIEND)
    s.wait(s.rng.choice([1, 8]))
    s.claim(rest[1], s.rng.choice([100, 50]))
    s.does(Do.VANISH)


def course_at_once(s: Script) -> None:
    """Sell a course in monthly steps, state every step at once, and be gone when they are debited."""
    course = s.ordered(Do.BOOK, s.honest(), 6 * ORDER)
    steps = [s.split(course, percent, days) for percent, days in ((50, s.rng.choice([0, _MONTH])), (50, 0))]
    for step in (course, *steps):
        s.on(Do.PERFORM, step, s.rng.choice([100, 100, 80]))
    s.wait(s.rng.choice([8, 9]))
    s.sell(FRIEND)
    s.on(Do.REFUND, steps[1], 50)
    s.wait(s.rng.choice([1, 8, 30]))
    s.on(Do.PERFORM, steps[0])
    s.wait(s.rng.choice([1, 9]))
    s.does(Do.VANISH)


def undelivered_by_a_friend(s: Script) -> None:
    """Have accomplices' deliveries withdrawn, before the debit and long after it: claims that draw cover."""
    s.does(Do.PAY_DEPOSIT, minor=ORDER * s.rng.choice([1, 2]))
    old = s.sell(FRIEND)
    s.wait(s.rng.choice([20, 40]))
    early = s.sell(OTHER_FRIEND)
    s.wait(s.rng.choice([1, 6.9]))
    s.on(Do.UNDELIVER, early)
    _others(s)
    s.wait(s.rng.choice([1, 8.5]))
    s.on(Do.DELIVER, early)
    for order in (old, early):
        s.on(Do.UNDELIVER, order)
        s.on(Do.UPHOLD, order)
    s.wait(s.rng.choice([1, 8]))
    s.does(Do.VANISH)


def undelivered_after_all(s: Script) -> None:
    """Tell honest consumers of deliveries that had not been, have that withdrawn after the debit, be gone."""
    if _either(s):
        s.grow_up()
    sold = _others(s, 2)
    s.wait(s.rng.choice([3, 7.01, 8]))
    for order in sold:
        s.on(Do.UNDELIVER, order)
    s.on(s.rng.choice([Do.UPHOLD, Do.REJECT]), sold[0])
    s.wait(s.rng.choice([1, 9]))
    if _either(s):
        s.on(Do.UPHOLD, sold[1])
        s.on(Do.DELIVER, sold[1])
    s.does(Do.VANISH)


def lost_and_found(s: Script) -> None:
    """Lose parcels, ship them anew, have both found, and be debited once."""
    orders = [s.ordered(Do.PLACE, who) for who in (s.honest(), FRIEND)]
    for order in orders:
        s.on(Do.SHIP, order)
        s.on(Do.LOSE, order)
    s.wait(s.rng.choice([1, 30]))
    s.on(s.rng.choice([Do.SHIP, Do.DELIVER]), orders[0])
    s.on(Do.DELIVER, orders[0])
    s.on(Do.DELIVER, orders[1])
    s.wait(8.5)
    s.on(Do.REFUND, orders[1])
    s.wait(s.rng.choice([1, 8]))
    s.does(Do.VANISH)


def refused_returns(s: Script) -> None:
    """Deny that a return came, be debited, and be gone before it is claimed."""
    sold = [s.sell(s.honest()), s.sell(FRIEND)]
    part = s.split(sold[0], 40)
    s.wait(s.rng.choice([1, 6]))
    for order in (part, *sold):
        s.on(Do.SEND_BACK, order)
    s.wait(s.rng.choice([1, 9]))
    for order in (part, *sold):
        s.on(s.rng.choice([Do.REFUSE_BACK, Do.REFUSE_BACK, Do.TAKE_BACK]), order)
    s.wait(s.rng.choice([5, 9]))
    s.claim(part)
    s.does(Do.VANISH)


def charged_back_in_the_window(s: Script) -> None:
    """Have an accomplice's bank take its debit back, beside a claim on it, from others' cover."""
    if _either(s):
        s.grow_up()
    s.does(Do.PAY_DEPOSIT, minor=ORDER)
    mine = [s.sell(who) for who in (FRIEND, OTHER_FRIEND)]
    _others(s)
    s.wait(s.rng.choice([8, 10]))
    s.on(Do.CLAIM, mine[0], s.rng.choice([100, 50]))
    for order in mine:
        s.on(Do.CHARGE_BACK, order, s.rng.choice([100, 60]))
    s.on(s.rng.choice([Do.UPHOLD, Do.REJECT]), mine[0])
    if _either(s):
        s.on(Do.CHARGE_BACK, mine[0])
    s.wait(s.rng.choice([1, 5]))
    s.does(Do.VANISH)


def charged_back_afterwards(s: Script) -> None:
    """Be paid out, then have accomplices' banks take debits back whose windows closed, also after the run."""
    s.does(Do.PAY_DEPOSIT, minor=ORDER * s.rng.choice([1, 2]))
    mine = s.grow_up(orders=s.rng.choice([2, 6]), days=s.rng.choice([20, 60]))
    s.wait(20)
    _others(s)
    s.wait(s.rng.choice([8.5, 12]))
    for order in mine[1:]:
        s.on(Do.CHARGE_BACK, order)
        s.wait(s.rng.choice([0.1, 1]))
    s.does(Do.VANISH)
    s.on(Do.CHARGE_BACK, mine[0])
    s.wait(1)


def charged_back_after_the_run(s: Script) -> None:
    """Be gone, and have banks take debits back while a sweep shares the money, and after it."""
    s.grow_up()
    mine, sold = s.sell(FRIEND), _others(s, 2)
    s.wait(8.5)
    s.claim(mine) if _either(s) else s.on(Do.CLAIM, mine)
    s.does(Do.VANISH)
    for order in (mine, sold[0]):
        s.on(Do.CHARGE_BACK, order, s.rng.choice([100, 50]))
        s.wait(s.rng.choice([0.1, 20]))
    s.on(Do.CHARGE_BACK, sold[1])


def seized(s: Script) -> None:
    """Let a deposit free the proceeds, lose it to an authority, sell on, and be gone."""
    if _either(s):
        s.grow_up()
    s.does(Do.PAY_DEPOSIT, minor=2 * ORDER)
    old, sold = s.sell(FRIEND), _others(s, 2)
    s.wait(s.rng.choice([8.5, 10]))
    s.does(Do.SEIZE, minor=ORDER * s.rng.choice([1, 2, 5]))
    s.wait(s.rng.choice([1, 3]))
    s.claim(s.rng.choice([old, sold[0]]), s.rng.choice([100, 40]))
    s.sell(s.honest())
    s.wait(s.rng.choice([1, 9]))
    s.does(Do.VANISH)
    s.does(Do.SEIZE, minor=ORDER)


def looser_then_stricter(s: Script) -> None:
    """Sell under a policy that lets much stand uncovered, have a stricter one adopted, claim and be gone."""
    s.grow_up(orders=10, days=60, who=s.honest())
    s.adopt(s.rng.choice(["covered(0.5)", "covered(0.95)"]))
    sold = [*_others(s, 2), s.sell(FRIEND)]
    s.wait(s.rng.choice([7.5, 9]))
    s.adopt(s.rng.choice(["full", "covered(0.99)"]))
    s.wait(s.rng.choice([0.1, 2]))
    s.claim(sold[-1])
    s.sell(s.honest())
    s.wait(s.rng.choice([1, 8.5]))
    s.does(Do.VANISH)


def stricter_then_looser(s: Script) -> None:
    """Sell under full, have less caution adopted while windows run, be paid the freed money, be gone."""
    s.adopt("full")
    s.grow_up(orders=10, days=60, who=s.honest())
    _others(s, 2)
    s.wait(8)
    s.adopt(s.rng.choice(["covered(0.5)", "covered(0.95)"]))
    s.wait(s.rng.choice([1, 3, 6]))
    if _either(s):
        s.adopt("full")
        s.sell(s.honest())
        s.wait(8)
    s.does(Do.VANISH)


BEYOND: tuple[Callable[[Script], None], ...] = (
    parts_apart,
    parcels_one_by_one,
    course_at_once,
    undelivered_by_a_friend,
    undelivered_after_all,
    lost_and_found,
    refused_returns,
    charged_back_in_the_window,
    charged_back_afterwards,
    charged_back_after_the_run,
    seized,
    looser_then_stricter,
    stricter_then_looser,
)
