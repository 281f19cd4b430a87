"""Cover belongs to the orders whose window runs: whatever else asks for money, it is not theirs to take."""

import pytest

from holdfast.claims.facts import ClaimOpened
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.coverage import rules
from holdfast.coverage.model import Coverage
from holdfast.enforcement.model import DeclareAbsconded, WindDown
from holdfast.kernel.clock import DAY, HOUR
from holdfast.kernel.rows import Fact
from holdfast.orders.model import DeliverOrder, Order, OrderState, ShipOrder
from holdfast.parties.model import SetConsumerLimit
from holdfast.policy.model import Policy
from holdfast.settlement.facts import (
    ClaimPaid,
    ClaimRecovered,
    OrderRefunded,
    ProceedsReleased,
    ReserveReleased,
)
from holdfast.settlement.model import Claim, PayDeposit, RecordRecovery, Refund
from one_market import OneMarket, of, placing, policy
from who_asks import Said

BIG = 100_000


def young(fund: int = 0) -> OneMarket:
    """A market under `covered`, where merchant m1 is young and has a deposit."""
    market = OneMarket(policy("covered(0.99)"), fund=fund)
    for consumer in ("c1", "c2"):
        market.do(SetConsumerLimit(consumer_id=consumer, limit_minor=10**9))
    market.do(PayDeposit(merchant_id="m1", amount_minor=BIG))
    return market


def completed(market: OneMarket, order_id: str = "old") -> None:
    """Let an order of an accomplice, c2, run its course, and its money be paid out."""
    market.sell(order_id, BIG, consumer="c2")
    market.wait(30 * DAY)
    assert market.order(order_id).state is OrderState.COMPLETED
    assert market.of_merchant("available") == 0


def claimed(market: OneMarket, order_id: str, claim_id: str, amount: int = BIG) -> ClaimPaid:
    facts = market.do(
        OpenClaim(claim_id=claim_id, order_id=order_id, amount_minor=amount, reason="not as shown"),
        UpholdClaim(claim_id=claim_id),
    )
    [paid] = of(ClaimPaid, facts)
    return paid


def gone(market: OneMarket) -> list[Fact]:
    """Have m1 declared absconded, and its wind-down run."""
    facts = market.do(*(Said(by, DeclareAbsconded(merchant_id="m1", reason="gone")) for by in ("Li", "Wang")))
    return facts + market.wait(HOUR)


@pytest.mark.parametrize("fund", [0, 10**8])
def test_a_claim_after_its_window_does_not_take_the_deposit_that_covers_others(fund: int) -> None:
    market = young(fund)
    completed(market)
    market.sell("anna", BIG)
    market.wait(10 * DAY)
    assert market.order("anna").held_minor == 0  # released at the debit: the deposit covers it
    paid = claimed(market, "old", "late")
    earned = market.row(Coverage, "m1").earned_minor
    assert (paid.late, paid.from_deposit_minor, paid.from_reserve_minor) == (True, 0, 0)
    assert paid.from_fund_minor <= 20_000 + earned * 9 // 10
    [anna] = of(ClaimPaid, gone(market))
    assert (anna.order_id, anna.amount_minor, anna.missing_minor) == ("anna", BIG, 0)
    assert anna.from_fund_minor == 0


def test_a_claim_after_its_window_takes_what_of_the_deposit_nobody_needs() -> None:
    market = young()
    completed(market)
    [opened] = of(ClaimOpened, market.claim(BIG, "old", "late"))
    assert opened.late
    [paid] = of(ClaimPaid, market.do(UpholdClaim(claim_id="late")))
    assert (paid.amount_minor, paid.from_deposit_minor) == (BIG, BIG)


def kept_as_cover(market: OneMarket) -> None:
    """Bring about that a completed order's money is the cover of another, whose own was released."""
    completed(market)
    market.sell("anna", BIG)
    market.wait(DAY)
    market.sell("b", BIG, consumer="c2")
    market.wait(7 * DAY)
    market.claim(1, "anna", "pause")  # her window waits, b's goes on
    claimed(market, "old", "late")
    market.wait(9 * DAY)
    assert market.order("b").state is OrderState.COMPLETED
    sums = market.row(Coverage, "m1")
    assert sums.exposure_minor == BIG == sums.cover_minor


def test_cover_that_stood_on_a_completed_order_is_within_reach() -> None:
    market = young()
    kept_as_cover(market)
    assert [order.held_minor for order in market.home.rows(Order)] == [0, 0, 0]
    [anna] = [paid for paid in of(ClaimPaid, gone(market)) if paid.order_id == "anna"]
    assert (anna.amount_minor, anna.missing_minor) == (BIG, 0)


def test_a_refund_does_not_take_the_cover_of_others() -> None:
    market = young()
    kept_as_cover(market)
    assert market.refused(Refund(order_id="b", amount_minor=BIG, reason="kindness")) == "refund_not_covered"
    [anna] = [paid for paid in of(ClaimPaid, gone(market)) if paid.order_id == "anna"]
    assert anna.missing_minor == 0


def test_a_refund_takes_what_no_other_order_needs() -> None:
    market = young()
    market.sell_captured()
    market.wait(30 * DAY)
    [refunded] = of(OrderRefunded, market.do(Refund(order_id="o1", amount_minor=10_000, reason="a recall")))
    assert (refunded.from_deposit_minor, refunded.from_available_minor) == (10_000, 0)
    assert market.row(Coverage, "m1").cover_minor == BIG - 10_000


def test_a_refund_in_the_window_leaves_the_others_as_they_were() -> None:
    market = young()
    market.sell("anna", BIG)
    market.sell("b", BIG, consumer="c2")
    market.wait(8 * DAY)
    before = market.row(Coverage, "m1").uncovered_minor
    market.do(Refund(order_id="b", amount_minor=BIG // 2, reason="kindness"))
    assert market.row(Coverage, "m1").uncovered_minor == before == 0
    [anna] = [paid for paid in of(ClaimPaid, gone(market)) if paid.order_id == "anna"]
    assert anna.missing_minor == 0


def test_a_refund_is_no_way_around_payouts_that_are_held() -> None:
    market = young()
    completed(market)
    market.sell_captured("anna", 1_000)
    old, anna = (
        Refund(order_id=order_id, amount_minor=500, reason="kindness") for order_id in ("old", "anna")
    )
    market.do(Said("Li", DeclareAbsconded(merchant_id="m1", reason="gone")))
    assert market.refused(old) == "payouts_held"
    market.do(anna)
    market.do(Said("Wang", DeclareAbsconded(merchant_id="m1", reason="gone")))
    assert market.refused(anna) == "merchant_not_active"


def test_the_fee_waits_for_consumers_who_are_short() -> None:
    market = young()
    kept_as_cover(market)
    facts = gone(market)
    [late] = [claim for claim in market.home.rows(Claim) if claim.id == "late"]
    assert late.missing_minor == 0  # what the cover did not need came to it, and no fee before
    assert not [body for body in of(ProceedsReleased, facts) if body.fee_minor]
    assert not [body for body in of(ReserveReleased, facts) if body.fee_minor]


def test_what_is_recovered_comes_to_claims_of_their_window_first() -> None:
    chosen = policy("fixed_deposit(1)", fee_bp=0, fund_share_bp=0)
    market = OneMarket(chosen)
    for consumer in ("c1", "c2"):
        market.do(SetConsumerLimit(consumer_id=consumer, limit_minor=10**9))
    completed(market)
    market.sell("anna", BIG)
    market.wait(8 * DAY)
    claimed(market, "old", "late")
    gone(market)
    facts = market.do(RecordRecovery(merchant_id="m1", amount_minor=BIG + 10, source="police"))
    assert [(body.order_id, body.amount_minor) for body in of(ClaimRecovered, facts)] == [
        ("anna", BIG),
        ("old", 10),
    ]


def late_after_running(market: OneMarket) -> ClaimPaid:
    """Have a late claim upheld on a merchant that ran, and swept."""
    market.do(
        OpenClaim(claim_id="late", order_id="old", amount_minor=BIG, reason="it broke"),
        UpholdClaim(claim_id="late"),
    )
    [paid] = [body for body in of(ClaimPaid, market.wait(HOUR)) if body.claim_id == "late"]
    return paid


def test_late_claims_on_a_merchant_that_ran_are_swept_after_the_others() -> None:
    market = young()
    completed(market)
    market.sell("anna", BIG)
    market.wait(8 * DAY)
    assert market.order("anna").held_minor == 0
    market.do(*(Said(by, DeclareAbsconded(merchant_id="m1", reason="gone")) for by in ("Li", "Wang")))
    market.do(OpenClaim(claim_id="late", order_id="old", amount_minor=BIG, reason="it broke"))
    market.do(UpholdClaim(claim_id="late"))  # before the first sweep has even begun
    paid = {body.claim_id: body for body in of(ClaimPaid, market.wait(HOUR))}
    assert (paid["anna/abscond"].amount_minor, paid["anna/abscond"].from_deposit_minor) == (BIG, BIG)
    assert paid["late"].late
    assert paid["late"].from_deposit_minor == 0
    assert not market.row(WindDown, "m1").fund_hold_id


def test_a_late_claim_on_a_merchant_that_ran_gets_what_is_left() -> None:
    market = young()
    completed(market)
    gone(market)
    assert late_after_running(market).from_deposit_minor == BIG


def test_what_is_debited_after_a_run_away_covers_its_own_window() -> None:
    """Nothing of it is released for earlier debts before its window closes, whatever line there was."""
    chosen = policy("covered(0.5)", young_for=0, young_orders=0, prior_run_aways=0, floor_bp=0, line_bp=10**6)
    market = OneMarket(chosen)
    for consumer in ("c1", "c2"):
        market.do(SetConsumerLimit(consumer_id=consumer, limit_minor=10**9))
    for number in range(6):
        market.sell(f"r{number}", 20_000)
        market.wait(10 * DAY)
    market.sell("bo", 60_000, consumer="c2")
    market.wait(2 * DAY)
    gone(market)
    market.wait(16 * DAY)
    bo = market.order("bo")
    assert (bo.state, bo.held_minor) == (OrderState.CAPTURED, 60_000)
    market.do(OpenClaim(claim_id="kb", order_id="bo", amount_minor=60_000, reason="an empty box"))
    facts = market.do(UpholdClaim(claim_id="kb")) + market.wait(HOUR)
    [paid] = of(ClaimPaid, facts)
    assert (paid.from_order_minor, paid.missing_minor) == (60_000, 0)


def bought(market: OneMarket, chosen: Policy, orders: int) -> tuple[int, int]:
    """Build up a record with one accomplice's money; return the line that it made, and the fees it cost."""
    for number in range(orders):
        market.sell(f"w{number:03}", BIG, consumer="c2")
        market.wait(DAY)
    market.wait(30 * DAY)
    market.sell("last", BIG, consumer="c2")
    market.wait(8 * DAY)
    sums = market.row(Coverage, "m1")
    fees = market.balance("platform/fees/CNY") + market.balance("fund/CNY")
    return rules.line(sums, chosen, market.now), fees


def test_the_line_cannot_be_bought_at_a_profit() -> None:
    chosen = policy("covered(0.5)", young_for=30 * DAY, young_orders=5, prior_run_aways=0)
    market = OneMarket(chosen)
    market.do(SetConsumerLimit(consumer_id="c2", limit_minor=10**9))
    line, fees = bought(market, chosen, 60)
    assert 0 < line <= fees * 9 // 10


def test_what_stood_open_under_a_longer_line_stays_told_until_it_closes() -> None:
    """A claim shortens the line at once; what was let go under it before is still what may be lost."""
    chosen = policy("covered(0.5)", young_for=0, young_orders=0, prior_run_aways=0, line_bp=10**6)
    market = OneMarket(chosen)
    market.do(SetConsumerLimit(consumer_id="c1", limit_minor=10**9))
    for number in range(8):
        market.sell(f"r{number}", 20_000)
        market.wait(10 * DAY)
    market.sell("x", 20_000)
    market.wait(8 * DAY)
    before = market.row(Coverage, "m1")
    assert before.uncovered_minor > 0
    claimed(market, "x", "k", 4_000)
    sums = market.row(Coverage, "m1")
    line = rules.line(sums, chosen, market.now)
    assert line < sums.uncovered_minor <= sums.carried_minor <= before.uncovered_minor
    assert rules.required_cover(sums, chosen, market.now) == sums.exposure_minor - sums.carried_minor
    market.wait(30 * DAY)
    market.sell("y", 1_000)
    assert market.row(Coverage, "m1").carried_minor == 0


def test_durable_goods_may_be_claimed_on_for_six_months() -> None:
    market = OneMarket()
    market.do(*(placing(order_id=order_id, durable=order_id == "washer") for order_id in ("socks", "washer")))
    for order_id in ("socks", "washer"):
        market.do(*_delivering(order_id))
    market.wait(8 * DAY)
    market.wait(181 * DAY)
    assert market.refused(_leaking("socks")) == "claim_too_late"
    market.do(_leaking("washer"))


def _leaking(order_id: str) -> OpenClaim:
    return OpenClaim(claim_id=f"k-{order_id}", order_id=order_id, amount_minor=100, reason="it leaks")


def _delivering(order_id: str) -> tuple[ShipOrder, DeliverOrder]:
    return ShipOrder(order_id=order_id), DeliverOrder(order_id=order_id)
