"""Scripted strategies: first ideas of a clever merchant. Each draws its amounts and waits by chance."""

from collections.abc import Callable
from random import Random

from msgspec.structs import replace

from holdfast.lab.attack.schedule import ACCOMPLICES, Do, Schedule, Setting, Step
from holdfast.lab.attack.script import FRIEND, ORDER, SISTER, Script
from holdfast.lab.attack.strategies_beyond import BEYOND


def late_claim(s: Script) -> None:
    """Pay a deposit, complete an accomplice's order, sell to others, claim late, and be gone."""
    s.does(Do.PAY_DEPOSIT, minor=ORDER * s.rng.choice([1, 1, 2]))
    first = s.sell(FRIEND)
    s.wait(s.rng.choice([20, 30, 60]))
    for _ in range(s.rng.choice([1, 1, 2])):
        s.sell(s.honest())
    s.wait(s.rng.choice([8, 10, 13]))
    s.claim(first, s.rng.choice([100, 100, 60]))
    s.does(Do.VANISH)


def cover_on_completed(s: Script) -> None:
    """A dispute pauses a window, so that cover stands on an order that is complete; then it is refunded."""
    s.does(Do.PAY_DEPOSIT, minor=ORDER)
    old = s.sell(FRIEND)
    s.wait(30)
    paused = s.sell(s.honest())
    s.wait(1)
    kept = s.sell(FRIEND)
    s.wait(7.5)
    s.on(Do.CLAIM, paused, 1)
    s.claim(old)
    s.wait(9)
    s.on(Do.REJECT, paused)
    if s.rng.random() < 0.5:  # noqa: PLR2004 - one or the other
        s.on(Do.REFUND, kept, s.rng.choice([100, 50]))
    s.does(Do.VANISH)


def refunds(s: Script) -> None:
    """Refund accomplices, in parts, from money that covers others."""
    s.grow_up()
    mine = [s.sell(FRIEND) for _ in range(2)]
    others = [s.sell(s.honest()) for _ in range(2)]
    s.wait(s.rng.choice([8, 9, 12]))
    if s.rng.random() < 0.5:  # noqa: PLR2004 - one or the other
        s.on(Do.CLAIM, others[0], 1)
    for order in mine:
        s.on(Do.REFUND, order, s.rng.choice([40, 80, 100]))
        s.wait(s.rng.choice([1, 4]))
    s.does(Do.VANISH)


def written_off(s: Script) -> None:
    """Be paid ahead, be written off, be paid by the consumer after all, and be claimed against."""
    who = s.honest()
    s.provider(Do.CAPTURES_FAIL, who)
    order = s.sell(who)
    s.wait(s.rng.choice([60, 200]))
    s.on(Do.PAY_LATE, order)
    if s.rng.random() < 0.5:  # noqa: PLR2004 - one or the other
        s.wait(s.rng.choice([1, 5]))
    s.claim(order)
    s.does(Do.VANISH)


def wash(s: Script) -> None:
    """Let accomplices buy the same money again and again, then sell to others at once and be gone."""
    step = s.rng.choice([1, 2, 4])
    for _ in range(s.rng.choice([16, 24, 40])):
        s.sell(s.rng.choice(ACCOMPLICES))
        s.wait(step)
    for _ in range(s.rng.choice([6, 12])):
        s.sell(s.honest())
        s.wait(0.5)
    s.wait(s.rng.choice([4.5, 7, 8]))
    s.does(Do.VANISH)


def deposit_in_and_out(s: Script) -> None:
    """Pay a deposit so that proceeds are released, take it out when it is counted as free."""
    if s.rng.random() < 0.5:  # noqa: PLR2004 - one or the other
        s.grow_up()
    s.does(Do.PAY_DEPOSIT, minor=2 * ORDER)
    mine, other = s.sell(FRIEND), s.sell(s.honest())
    s.wait(8.5)
    if s.rng.random() < 0.5:  # noqa: PLR2004 - one or the other
        s.claim(mine)
    for part in (ORDER, ORDER, ORDER // 2, ORDER // 2):
        s.does(Do.TAKE_DEPOSIT, minor=part)
    s.on(Do.CLAIM, other, 1)
    s.on(Do.REJECT, other)
    s.does(Do.VANISH)


def pooled_cover(s: Script) -> None:
    """Let accomplices claim in their windows, so that the cover of all pays them; then be gone."""
    s.grow_up(orders=s.rng.choice([6, 10]), days=60)
    mine = [s.sell(FRIEND) for _ in range(s.rng.choice([1, 3]))]
    for _ in range(3):
        s.sell(s.honest())
    s.wait(s.rng.choice([8.5, 10]))
    for order in mine:
        s.claim(order, s.rng.choice([100, 70]))
    s.wait(s.rng.choice([1, 2]))
    s.does(Do.VANISH)


def sister_shop(s: Script) -> None:
    """Run with one shop, and go on selling in the other."""
    s.grow_up()
    s.sell(s.honest(), shop=SISTER)
    s.sell(s.honest())
    s.wait(8.5)
    s.does(Do.VANISH)
    s.sell(s.honest(), shop=SISTER)
    s.wait(s.rng.choice([1, 9, 20]))
    s.does(Do.VANISH, shop=SISTER)


def run_twice(s: Script) -> None:
    """Be declared once, have it withdrawn, be suspended and reinstated, sell on, and be gone."""
    s.grow_up()
    s.sell(s.honest())
    s.does(Do.DECLARE)
    s.wait(9)
    s.does(Do.WITHDRAW)
    s.does(Do.SUSPEND)
    s.sell(s.honest())
    s.does(Do.REINSTATE)
    s.sell(s.honest())
    s.wait(8.5)
    s.does(Do.VANISH)
    s.does(Do.RECOVER, minor=ORDER // 2)


def captures_on_their_way(s: Script) -> None:
    """Be gone while debits are on their way: their money is others' and goes to debts."""
    s.grow_up(orders=10, days=60, who=s.honest())
    s.sell(s.honest())
    s.wait(5)
    slow = s.honest()
    s.provider(Do.CAPTURES_SLOW, slow)
    s.sell(slow)
    s.wait(s.rng.choice([3, 7.2]))
    s.does(Do.VANISH)


def from_the_fund(s: Script) -> None:
    """Be paid out, then have accomplices claim long after their windows, from the fund."""
    orders = s.grow_up(orders=s.rng.choice([1, 3]), days=30)
    s.wait(s.rng.choice([20, 100]))
    for order in orders:
        s.claim(order)
        s.wait(1)
    if s.rng.random() < 0.5:  # noqa: PLR2004 - one or the other
        s.sell(s.honest())
        s.wait(20)


def short_and_selling(s: Script) -> None:
    """Leave a consumer short, and sell on: the platform's fee must wait."""
    order = s.sell(s.honest())
    s.wait(25)
    s.claim(order)
    s.sell(FRIEND, ORDER // 4)
    s.wait(30)


def quiet_then_burst(s: Script) -> None:
    """Trade, be quiet for long so that the record ages, then sell much at once."""
    s.grow_up(orders=8, days=60, who=s.honest())
    s.wait(s.rng.choice([30, 100, 180]))
    for _ in range(s.rng.choice([4, 8])):
        s.sell(s.honest(), s.rng.choice([ORDER, 3 * ORDER]))
    s.wait(s.rng.choice([7.5, 9]))
    s.does(Do.VANISH)


def disputes_hold_windows_open(s: Script) -> None:
    """Keep windows open by disputes while the record moves on, then be gone."""
    s.grow_up(orders=8, days=60)
    orders = [s.sell(s.honest()) for _ in range(3)]
    s.wait(8.5)
    for order in orders:
        s.on(Do.CLAIM, order, 1)
    s.wait(s.rng.choice([16, 40, 70]))
    for order in orders[:1]:
        s.on(Do.REJECT, order)
    s.does(Do.VANISH)


STRATEGIES: tuple[Callable[[Script], None], ...] = (
    late_claim,
    cover_on_completed,
    refunds,
    written_off,
    wash,
    deposit_in_and_out,
    pooled_cover,
    sister_shop,
    run_twice,
    captures_on_their_way,
    from_the_fund,
    short_and_selling,
    quiet_then_burst,
    disputes_hold_windows_open,
    *BEYOND,
)


LENT_ON: frozenset[Callable[[Script], None]] = frozenset({written_off})
"""Strategies that live on advances."""


def scripted(number: int, rng: Random) -> tuple[Step, ...]:
    """Return the steps of a strategy, by its number, with its random draws."""
    script = Script(rng)
    STRATEGIES[number % len(STRATEGIES)](script)
    return tuple(script.steps)


def schedule(number: int, setting: Setting, rng: Random) -> Schedule:
    """Return a strategy's steps under a setting, with advances where it lives on them."""
    lent = setting.advance or STRATEGIES[number % len(STRATEGIES)] in LENT_ON
    return Schedule(replace(setting, advance=lent), scripted(number, rng))
