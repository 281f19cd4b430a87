"""In a sweep running windows come first, whoever had reserved the merchant's money before it ran."""

from holdfast.audit.checks import audit
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.kernel.clock import DAY, HOUR
from holdfast.ledger.model import Hold
from holdfast.settlement.facts import ClaimPaid, ClaimRecovered, PayoutScheduled
from holdfast.settlement.model import Claim, PayDeposit
from one_market import OneMarket, of, policy
from who_asks import Said


def released() -> OneMarket:
    """One order whose window has closed, and another whose proceeds were just released to the merchant."""
    market = OneMarket(policy("delivery_plus(0)", fee_bp=0, fund_share_bp=0))
    market.sell("o1", 1_000)
    market.wait(30 * DAY)
    market.sell("o2", 500, consumer="c2")
    while not of(PayoutScheduled, market.wait(HOUR)):
        pass
    assert market.of_merchant("available") == 500
    return market


def claim(market: OneMarket) -> None:
    market.do(OpenClaim(claim_id="k1", order_id="o1", amount_minor=1_000, reason="it leaks"))


def run(market: OneMarket) -> None:
    for person in ("Li", "Wang"):
        market.do(Said(person, DeclareAbsconded(merchant_id="m1", reason="nobody answers")))


def test_what_a_late_claim_had_reserved_goes_to_running_windows_first() -> None:
    market = released()
    claim(market)
    assert market.row(Claim, "k1").hold_id is not None
    run(market)
    [paid] = of(ClaimPaid, market.wait(0))
    assert (paid.order_id, paid.from_available_minor, paid.missing_minor) == ("o2", 500, 0)
    row = market.row(Claim, "k1")
    assert (row.hold_id, row.asked_minor) == (None, 1_000)
    market.do(UpholdClaim(claim_id="k1"))
    [late] = of(ClaimPaid, market.wait(0))
    assert (late.from_available_minor, late.missing_minor) == (0, 1_000)
    assert not audit(market.home).findings


def test_a_late_claim_on_one_that_ran_reserves_nothing() -> None:
    market = released()
    run(market)
    claim(market)
    assert market.row(Claim, "k1").hold_id is None
    market.do(UpholdClaim(claim_id="k1"))
    paid = of(ClaimPaid, market.wait(0))
    assert [(one.order_id, one.from_available_minor) for one in paid] == [("o2", 500), ("o1", 0)]
    assert not [hold for hold in market.home.rows(Hold) if hold.reason == "claim"]
    assert not audit(market.home).findings


def test_cover_that_a_closing_window_frees_goes_to_claims_that_are_short() -> None:
    """One order's consumer claims a hundredth; the rest of its share is kept until its window has closed."""
    changes: dict[str, object] = {"refund_without_claim": False, "fee_bp": 0, "fund_share_bp": 0}
    market = OneMarket(policy("delivery_plus(0)", **changes))
    market.do(PayDeposit(merchant_id="m1", amount_minor=1_500))
    for order, consumer in (("o1", "c1"), ("o2", "c2")):
        market.sell(order, 1_000, consumer=consumer)
    market.wait(9 * DAY)
    market.home.adopt(policy("full", **changes), market.now)
    run(market)
    for order, amount in (("o1", 1_000), ("o2", 10)):
        claim_id = f"k-{order}"
        market.do(OpenClaim(claim_id=claim_id, order_id=order, amount_minor=amount, reason="gone"))
        market.do(UpholdClaim(claim_id=claim_id))
    paid = of(ClaimPaid, facts := market.wait(60 * DAY))
    assert (
        sum(one.missing_minor for one in paid)
        == sum(one.amount_minor for one in of(ClaimRecovered, facts))
        > 0
    )
    assert [claim.missing_minor for claim in market.home.rows(Claim)] == [0, 0]
    assert not audit(market.home).findings
