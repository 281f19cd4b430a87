"""What open claims ask is kept for them: of what comes in, before payouts, and of the deposit."""

import pytest

from holdfast.audit.checks import audit
from holdfast.claims.facts import KeptForClaim
from holdfast.claims.model import OpenClaim, RejectClaim, UpholdClaim
from holdfast.coverage.model import Coverage
from holdfast.kernel.clock import DAY, HOUR
from holdfast.ledger.model import Hold
from holdfast.settlement.facts import ClaimPaid, PayoutAsked, PayoutScheduled
from holdfast.settlement.model import Claim, PayDeposit, Refund, ReturnDeposit
from one_market import OneMarket, of, policy


def completed(*, deposit: int = 0, fee_bp: int = 0) -> OneMarket:
    """An order whose window has closed, and whose proceeds were paid out."""
    market = OneMarket(policy("full", fee_bp=fee_bp, fund_share_bp=0, late_fund_minor=10_000))
    market.sell("o1", 10_000)
    market.wait(30 * DAY)
    assert of(PayoutAsked, market.home.facts())
    if deposit:
        market.do(PayDeposit(merchant_id="m1", amount_minor=deposit))
    return market


def claim(market: OneMarket, amount: int = 10_000) -> None:
    market.do(OpenClaim(claim_id="k1", order_id="o1", amount_minor=amount, reason="it leaks"))


def right(market: OneMarket) -> bool:
    return not audit(market.home).findings


def test_what_comes_in_after_a_claim_is_kept_for_it_and_the_rest_paid_out() -> None:
    market = completed()
    claim(market)
    assert market.row(Claim, "k1").asked_minor == market.row(Coverage, "m1").asked_minor == 10_000
    kept: list[KeptForClaim] = []
    for order_id in ("o2", "o3", "o4"):
        market.sell(order_id, 4_000)
        kept += of(KeptForClaim, market.wait(20 * DAY))
        assert right(market)
    assert [(one.amount_minor, one.lacking_minor) for one in kept] == [
        (4_000, 6_000),
        (4_000, 2_000),
        (2_000, 0),
    ]
    asked = of(PayoutAsked, market.home.facts())
    assert sum(one.amount_minor for one in asked) == 10_000 + 2_000
    [paid] = of(ClaimPaid, market.do(UpholdClaim(claim_id="k1")))
    assert (paid.from_available_minor, paid.from_fund_minor, paid.missing_minor) == (10_000, 0, 0)
    assert right(market)


def test_a_claim_that_is_rejected_lets_go_what_was_kept() -> None:
    market = completed()
    claim(market)
    market.sell("o2", 4_000)
    market.wait(20 * DAY)
    market.do(RejectClaim(claim_id="k1", reason="as shown"))
    row = market.row(Claim, "k1")
    assert (row.asked_minor, row.hold_id, market.row(Coverage, "m1").asked_minor) == (0, None, 0)
    asked = of(PayoutAsked, market.wait(2 * DAY))
    assert [one.amount_minor for one in asked] == [4_000]
    assert right(market)


@pytest.mark.parametrize(("amount", "code"), [(10_001, "payout_breaks_cover"), (10_000, None)])
def test_of_a_deposit_stays_what_an_open_claim_asks(amount: int, code: str | None) -> None:
    market = completed(deposit=20_000)
    claim(market)
    taking = ReturnDeposit(merchant_id="m1", amount_minor=amount)
    if code is None:
        market.do(taking)
        [paid] = of(ClaimPaid, market.do(UpholdClaim(claim_id="k1")))
        assert (paid.from_deposit_minor, paid.missing_minor) == (10_000, 0)
    else:
        assert market.refused(taking) == code
    assert right(market)


def test_no_refund_takes_what_an_open_claim_asks() -> None:
    market = completed(deposit=12_000)
    market.sell("o2", 4_000)
    market.wait(30 * DAY)
    claim(market)
    assert market.refused(Refund(order_id="o2", amount_minor=2_001, reason="gift")) == "refund_not_covered"
    market.do(Refund(order_id="o2", amount_minor=2_000, reason="gift"))
    [paid] = of(ClaimPaid, market.do(UpholdClaim(claim_id="k1")))
    assert (paid.from_deposit_minor, paid.missing_minor) == (10_000, 0)
    assert right(market)


def test_a_claim_in_its_window_is_covered_and_asks_nothing_beside() -> None:
    market = OneMarket()
    market.sell_captured("o1", 10_000)
    claim(market)
    assert market.row(Claim, "k1").asked_minor == 0


def test_what_was_reserved_at_first_is_kept_with_what_comes_later() -> None:
    market = completed()
    market.sell("o2", 3_000)
    while not of(PayoutScheduled, market.wait(HOUR)):
        pass
    available = market.of_merchant("available")
    claim(market)
    lacking = market.row(Claim, "k1").asked_minor
    assert lacking == 10_000 - available
    market.sell("o3", 2_000)
    market.wait(20 * DAY)
    hold_id = market.row(Claim, "k1").hold_id
    assert hold_id is not None
    assert market.row(Hold, hold_id).open_minor == available + 2_000
    assert right(market)


def test_where_a_claim_holds_no_payout_nothing_is_kept_for_it() -> None:
    market = OneMarket(policy("full", claim_holds_payout=False, fund_share_bp=0))
    market.sell("o1", 10_000)
    market.wait(30 * DAY)
    claim(market)
    assert market.row(Claim, "k1").asked_minor == 0
