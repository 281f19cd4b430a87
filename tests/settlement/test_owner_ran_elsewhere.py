"""An owner that ran away with one merchant is not paid through another, until a person has looked at that."""

import pytest

from holdfast.enforcement.model import DeclareAbsconded
from holdfast.kernel.clock import DAY
from holdfast.kernel.rows import Fact
from holdfast.parties.model import ClearMerchant, MerchantCleared, RegisterMerchant
from holdfast.settlement.facts import PayoutConfirmed, PayoutHeld
from holdfast.settlement.model import PayDeposit, Refund, ReturnDeposit
from one_market import OneMarket, of, policy
from who_asks import Said


def sisters(**owners: tuple[str, ...]) -> OneMarket:
    """The market's own merchant, and others with these owners."""
    market = OneMarket(policy("delivery_plus(0)"))
    for merchant, people in owners.items():
        market.do(RegisterMerchant(merchant_id=merchant, name=merchant, currency="CNY", owner_ids=people))
    return market


def run(market: OneMarket, merchant_id: str = "m1") -> None:
    for person in ("Li", "Wang"):
        market.do(Said(person, DeclareAbsconded(merchant_id=merchant_id, reason="nobody answers")))


def paid_to(merchant_id: str, facts: list[Fact]) -> int:
    confirmed = of(PayoutConfirmed, facts)
    return sum(body.amount_minor for body in confirmed if body.merchant_id == merchant_id)


def sold(market: OneMarket, order_id: str, merchant_id: str) -> list[Fact]:
    market.sell(order_id, 10_000, merchant=merchant_id)
    return market.wait(9 * DAY)


def test_the_other_shop_goes_on_selling_and_is_paid_nothing_until_somebody_looked() -> None:
    market = sisters(s2=("p1", "p2"), s3=("p3",))
    run(market)
    facts = sold(market, "o2", "s2")
    assert paid_to("s2", facts) == 0
    [held] = of(PayoutHeld, facts)
    assert (held.merchant_id, held.code, held.amount_minor) == ("s2", "owner_ran_elsewhere", 9_920)
    assert paid_to("s2", market.wait(60 * DAY)) == 0
    cleared = market.do(ClearMerchant(merchant_id="s2", reason="the owner left it in spring"))
    assert [body.owner_ids for body in of(MerchantCleared, cleared)] == [("p1",)]
    assert paid_to("s2", market.wait(2 * DAY)) == 9_920
    assert paid_to("s3", sold(market, "o3", "s3")) == 9_920


def test_who_was_cleared_waits_again_when_another_of_its_owners_runs() -> None:
    market = sisters(s2=("p1", "p4"), s4=("p4",))
    run(market)
    market.wait(DAY)
    market.do(ClearMerchant(merchant_id="s2", reason="looked at"))
    assert paid_to("s2", sold(market, "o2", "s2")) == 9_920
    run(market, "s4")
    assert paid_to("s2", sold(market, "o3", "s2")) == 0


def test_no_other_way_out_is_open_to_it() -> None:
    market = sisters(s2=("p1",))
    market.do(PayDeposit(merchant_id="s2", amount_minor=50_000))
    sold(market, "o2", "s2")
    market.wait(30 * DAY)
    run(market)
    assert market.refused(ReturnDeposit(merchant_id="s2", amount_minor=1)) == "owner_ran_elsewhere"
    assert market.refused(Refund(order_id="o2", amount_minor=1, reason="gift")) == "owner_ran_elsewhere"


@pytest.mark.parametrize(
    ("merchant_id", "code"),
    [("m1", "merchant_not_active"), ("s3", "nothing_to_clear")],
)
def test_what_is_not_cleared(merchant_id: str, code: str) -> None:
    market = sisters(s2=("p1",), s3=("p3",))
    run(market)
    assert market.refused(ClearMerchant(merchant_id=merchant_id, reason="x")) == code
