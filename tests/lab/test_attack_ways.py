"""Where an order does not go the usual way: the oracle sees what is broken on purpose, and nothing else."""

from collections.abc import Callable
from random import Random

import pytest

from holdfast.engine.failures import Failure
from holdfast.kernel.clock import DAY
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import FactBody
from holdfast.lab.attack.captures import Captures
from holdfast.lab.attack.clauses import Clause
from holdfast.lab.attack.mutation import mutated
from holdfast.lab.attack.oracle import Oracle
from holdfast.lab.attack.schedule import (
    START,
    Do,
    Schedule,
    Setting,
    Step,
    adopted,
    numbers,
    promised,
    renumbered,
)
from holdfast.lab.attack.script import ORDER, Script
from holdfast.lab.attack.stage import Stage, perform
from holdfast.lab.attack.strategies_beyond import BEYOND
from holdfast.lab.attack.takings import Takings
from holdfast.lab.attack.watched import Watched
from holdfast.ledger.model import Transfer
from holdfast.orders.facts import (
    DeliveryWithdrawn,
    OrderDelivered,
    OrderPlaced,
    OrderSplit,
    PartBegan,
    ServicePerformed,
)
from holdfast.orders.model import Order, OrderState
from holdfast.policy.model import version_in_force
from holdfast.settlement.facts import CaptureAsked, ClaimPaid, OrderCaptured
from holdfast.settlement.model import Debt
from holdfast.settlement.otherwise_facts import ChargedBack, MoneySeized


def ordered(order: str = "o1", minor: int = 100) -> OrderPlaced:
    return OrderPlaced(
        order_id=order,
        merchant_id="m",
        consumer_id="anna",
        currency="CNY",
        amount_minor=minor,
        policy_version="v",
        snapshot_id="s",
        confirmed=True,
        ship_by=START,
    )


def began(part: str, minor: int) -> PartBegan:
    return PartBegan(
        order_id=part,
        merchant_id="m",
        consumer_id="anna",
        of_id="o1",
        first_id="o1",
        currency="CNY",
        amount_minor=minor,
        owed_minor=minor,
        policy_version="v",
        snapshot_id="s",
        what="",
        ship_by=START,
        not_before=None,
        exposed_minor=0,
        advanced_minor=0,
    )


def split(part: str, minor: int) -> list[FactBody]:
    told = OrderSplit(
        order_id="o1",
        merchant_id="m",
        consumer_id="anna",
        part_id=part,
        amount_minor=minor,
        left_minor=100 - minor,
    )
    return [told, began(part, minor)]


def delivered(order: str = "o1") -> OrderDelivered:
    return OrderDelivered(
        order_id=order, merchant_id="m", consumer_id="anna", amount_minor=100, capture_at=START
    )


def performed(minor: int) -> ServicePerformed:
    return ServicePerformed(
        order_id="o1", merchant_id="m", consumer_id="anna", amount_minor=minor, capture_at=START, statement=()
    )


def withdrawn(claim: str | None) -> DeliveryWithdrawn:
    return DeliveryWithdrawn(
        order_id="o1", merchant_id="m", consumer_id="anna", reason="another door", claim_id=claim
    )


def asked(order: str = "o1", minor: int = 100) -> CaptureAsked:
    return CaptureAsked(order_id=order, merchant_id="m", consumer_id="anna", amount_minor=minor)


def captured(order: str = "o1", minor: int = 100) -> OrderCaptured:
    return OrderCaptured(
        order_id=order,
        merchant_id="m",
        consumer_id="anna",
        amount_minor=minor,
        held_minor=minor,
        window_ends_at=START + 15 * DAY,
    )


@pytest.mark.parametrize(
    ("bodies", "wrong"),
    [
        ([ordered(), asked()], "has not arrived"),
        ([ordered(), delivered(), asked()], ""),
        ([ordered(), delivered(), withdrawn(None), asked()], "has not arrived"),
        ([ordered(), delivered(), withdrawn(None), delivered(), asked()], ""),
        ([ordered(), delivered(), withdrawn("o1/withdrawn"), asked()], ""),
        ([ordered(), *split("o2", 40), delivered(), asked("o2", 40)], "has not arrived"),
        ([ordered(), delivered(), *split("o2", 40), asked("o2", 40)], ""),
        ([ordered(), performed(80), asked("o1", 81)], "of which 80 was stated"),
        ([ordered(), performed(80), *split("o2", 30), asked("o1", 51)], "of which 50 was stated"),
        ([ordered(), performed(80), *split("o2", 30), asked("o1", 50), asked("o2", 30)], ""),
        ([ordered(), *split("o2", 40), captured("o1", 60), captured("o2", 40)], ""),
        ([ordered(), *split("o2", 40), captured("o1", 60), captured("o2", 41)], "101 is debited of o1"),
    ],
)
def test_a_debit_of_what_has_not_come_or_of_too_much_is_seen(bodies: list[FactBody], wrong: str) -> None:
    captures = Captures()
    found = [problem for body in bodies if (problem := captures.hear(body, START))]
    assert wrong in "\n".join(found)
    assert bool(found) is bool(wrong)


def left(source: str, minor: int, order: str | None = "o1") -> Transfer:
    return Transfer(
        id="t",
        from_id=source,
        to_id="psp/CNY",
        currency="CNY",
        amount_minor=minor,
        from_balance_minor=0,
        from_version=1,
        to_balance_minor=0,
        to_version=1,
        at=START,
        reason="charged back",
        order_id=order,
    )


def charged(*, order: int = 0, available: int = 0, platform: int = 0, twice: int = 0) -> ChargedBack:
    return ChargedBack(
        order_id="o1",
        merchant_id="m",
        consumer_id="anna",
        chargeback_id="b1",
        amount_minor=order + available + platform + twice,
        from_order_minor=order,
        from_available_minor=available,
        from_reserve_minor=0,
        from_deposit_minor=0,
        from_platform_minor=platform,
        twice_minor=twice,
        reason="not by me",
    )


def paid(minor: int, missing: int = 0, claim: str = "c") -> ClaimPaid:
    return ClaimPaid(
        order_id="o1",
        merchant_id="m",
        consumer_id="anna",
        claim_id=claim,
        amount_minor=minor,
        from_order_minor=minor,
        from_available_minor=0,
        from_reserve_minor=0,
        from_deposit_minor=0,
        from_fund_minor=0,
        missing_minor=missing,
    )


HELD, AVAILABLE, DEPOSIT = (f"merchant/m/{kind}/CNY" for kind in ("held", "available", "deposit"))
LOSSES, FUND = "platform/losses/CNY", "fund/CNY"


@pytest.mark.parametrize(
    ("before", "body", "transfers", "gone", "wrong"),
    [
        ([], charged(order=100), [left(HELD, 100)], True, ""),
        ([], charged(order=100), [left(HELD, 90), left(FUND, 10)], False, "the fund paid 10"),
        ([], charged(order=100), [left(HELD, 60), left(DEPOSIT, 40)], False, "is told as taken"),
        ([], charged(platform=100), [left(LOSSES, 100)], False, ""),
        ([], charged(available=100), [left(AVAILABLE, 100)], False, ""),
        ([], charged(available=100), [left(AVAILABLE, 100)], True, "of what sweeps share"),
        ([], charged(twice=100), [left(LOSSES, 100)], False, "at most 0 was"),
        ([paid(100)], charged(twice=100), [left(LOSSES, 100)], False, ""),
        ([paid(60)], charged(twice=100), [left(LOSSES, 100)], False, "at most 60 was"),
        ([paid(60, 40)], charged(twice=100), [left(LOSSES, 100)], False, "at most 60 was"),
        ([paid(1, 32), paid(0, 67, "d")], charged(twice=100), [left(LOSSES, 100)], False, "at most 1 was"),
        (
            [paid(60)],
            charged(platform=40, twice=60),
            [left(LOSSES, 40), left(LOSSES, 60)],
            False,
            "",
        ),
    ],
)
def test_a_chargeback_that_takes_of_others_or_is_told_otherwise_is_seen(
    before: list[FactBody], body: ChargedBack, transfers: list[Transfer], *, gone: bool, wrong: str
) -> None:
    takings = Takings()
    for one in (captured(), *before):
        assert takings.hear(one, (), gone=gone) is None
    found = takings.hear(body, transfers, gone=gone)
    assert wrong in (found or "")
    assert bool(found) is bool(wrong)


def seizure(*, deposit: int = 0, platform: int = 0) -> MoneySeized:
    return MoneySeized(
        merchant_id="m",
        seizure_id="s1",
        amount_minor=deposit + platform,
        from_available_minor=0,
        from_reserve_minor=0,
        from_deposit_minor=deposit,
        from_platform_minor=platform,
        authority="a court",
        document="an order",
    )


@pytest.mark.parametrize(
    ("body", "transfers", "gone", "wrong"),
    [
        (seizure(deposit=50, platform=50), [left(DEPOSIT, 50, None), left(LOSSES, 50, None)], False, ""),
        (seizure(deposit=50), [left(HELD, 50, None)], False, "is told as taken"),
        (seizure(deposit=50), [left(DEPOSIT, 50, None)], True, "of what sweeps share"),
        (seizure(platform=50), [left(LOSSES, 50, None)], True, ""),
    ],
)
def test_a_seizure_of_what_orders_hold_or_sweeps_share_is_seen(
    body: MoneySeized, transfers: list[Transfer], *, gone: bool, wrong: str
) -> None:
    found = Takings().hear(body, transfers, gone=gone)
    assert wrong in (found or "")
    assert bool(found) is bool(wrong)


def test_an_error_of_ours_is_a_break_and_not_a_refusal() -> None:
    home = Watched(Ids(Random(1)))
    oracle = Oracle(home, promised(Setting("full")))
    oracle.hear(START, [])
    assert not oracle.breaks
    home.failed = Failure("f1", "the deadline of Order o1", AssertionError("exposure below zero"))
    oracle.hear(START, [])
    assert "exposure below zero" in oracle.breaks[Clause.STUCK].what


def test_a_part_has_a_number_of_its_own_wherever_its_steps_go() -> None:
    steps = (Step(Do.SELL, shop="m", order=1, who="anna", minor=ORDER), Step(Do.SPLIT, order=1, part=2))
    assert numbers(steps) == [1, 2]
    moved = [renumbered(step, lambda number: number + 5) for step in steps]
    assert [(step.order, step.part) for step in moved] == [(6, 0), (6, 7)]
    parent = Schedule(Setting("full"), (*steps, Step(Do.REFUND, order=2)))
    rng = Random(5)
    for _ in range(200):
        child = mutated(parent, parent, (), rng)
        made = numbers(child.steps)
        assert len(made) == len(set(made)), child.steps


@pytest.mark.parametrize("strategy", BEYOND, ids=[one.__name__ for one in BEYOND])
def test_each_strategy_is_judged_by_what_is_promised(strategy: Callable[[Script], None]) -> None:
    script = Script(Random(3))
    strategy(script)
    steps = tuple(script.steps)
    for policy in ("full", "covered(0.95)"):
        assert perform(Schedule(Setting(policy), steps)).breaks == ()


def staged(*steps: Step, policy: str = "full") -> Stage:
    stage = Stage(Schedule(Setting(policy), steps))
    for number, step in enumerate(steps):
        assert stage.perform(number, step), step
    return stage


SOLD = Step(Do.SELL, shop="m", order=1, who="fan", minor=ORDER)


def test_steps_do_what_they_say() -> None:
    parted = Step(Do.SPLIT, order=1, percent=25, part=2)
    stage = staged(SOLD, parted, Step(Do.UNDELIVER, order=2))
    orders = {order.id: (order.amount_minor, order.state) for order in stage.home.rows(Order)}
    assert orders == {"o1": (75_000, OrderState.DELIVERED), "o2": (25_000, OrderState.SHIPPED)}
    assert not stage.perform(4, Step(Do.UNDELIVER, order=2))
    looser = Setting("full")
    assert stage.perform(5, Step(Do.ADOPT, policy="covered(0.5)"))
    assert version_in_force(stage.home.desk) == adopted(looser, "covered(0.5)").version


def test_the_ring_gains_nothing_by_what_the_platform_lost_to_its_banks() -> None:
    """An accomplice's order is complete and paid out; its bank takes the debit back, twice."""
    month = Step(Do.WAIT, hours=40 * 24)
    stage = staged(SOLD, month, Step(Do.CHARGE_BACK, order=1), Step(Do.CHARGE_BACK, order=1))
    stage.afterwards()
    debt = stage.home.row(Debt, "m")
    assert debt is not None
    assert debt.platform_minor == ORDER
    assert stage.oracle.breaks == {}
    order = stage.home.row(Order, "o1")
    assert order is not None
    assert (order.state, order.awarded_minor) == (OrderState.COMPLETED, ORDER)
