"""Claims before, during and after the debit; their waterfall; recovery."""

import pytest

from holdfast.claims.facts import ClaimUpheld, ClaimWaits
from holdfast.claims.model import OpenClaim, RejectClaim, UpholdClaim
from holdfast.kernel.clock import DAY
from holdfast.ledger.model import Hold, HoldState
from holdfast.orders.model import ConfirmNotice, OrderState, ReduceOwed
from holdfast.settlement import recovery
from holdfast.settlement.facts import (
    ClaimForgiven,
    ClaimPaid,
    ClaimRecovered,
    FundRecovered,
    OrderWrittenOff,
    PayoutAsked,
    PayoutConfirmed,
    PayoutHeld,
)
from holdfast.settlement.model import (
    Claim,
    ClaimState,
    ConfirmPayout,
    Debt,
    FailPayout,
    PayDeposit,
    Payout,
    RecordCapture,
    RecordCaptureFailure,
    RecordRecovery,
    Refund,
)
from one_market import SILENT, OneMarket, of, policy, sale


def uphold(amount: int | None = None, claim_id: str = "k1") -> UpholdClaim:
    return UpholdClaim(claim_id=claim_id, amount_minor=amount)


def rejecting(claim_id: str = "k1") -> RejectClaim:
    return RejectClaim(claim_id=claim_id, reason="as shown")


def opening_claim(amount: int = 1, claim_id: str = "k9", order_id: str = "o1") -> OpenClaim:
    return OpenClaim(claim_id=claim_id, order_id=order_id, amount_minor=amount, reason="broken")


def debit_on_its_way(market: OneMarket, amount: int = 10_000) -> None:
    market.sell(amount=amount)
    market.wait(6 * DAY, SILENT)
    market.do(ConfirmNotice(order_id="o1"))
    market.wait(DAY, SILENT)


def test_a_claim_before_the_debit_lowers_it() -> None:
    market = OneMarket()
    market.sell()
    market.claim(3_000)
    [forgiven] = of(ClaimForgiven, market.do(uphold()))
    assert forgiven.amount_minor == 3_000
    market.wait(8 * DAY)
    assert market.order().captured_minor == 7_000


def test_a_claim_for_all_before_the_debit_ends_the_order() -> None:
    market = OneMarket()
    market.sell()
    market.claim(10_000)
    market.do(uphold())
    assert market.order().state is OrderState.CANCELLED
    assert not market.balance("psp/CNY")


def test_a_claim_on_a_debit_on_its_way_is_paid_from_it() -> None:
    market = OneMarket()
    debit_on_its_way(market)
    market.claim(4_000)
    assert of(ClaimWaits, market.do(uphold()))
    facts = market.do(RecordCapture(order_id="o1"))
    [paid] = of(ClaimPaid, facts)
    assert (paid.amount_minor, paid.from_order_minor) == (4_000, 4_000)
    assert market.balance("psp/CNY") == -6_000


def test_a_claim_on_a_debit_that_fails_is_forgiven() -> None:
    market = OneMarket()
    debit_on_its_way(market)
    market.claim(4_000)
    market.do(uphold())
    facts = market.do(RecordCaptureFailure(order_id="o1", reason="no money"))
    assert of(ClaimForgiven, facts)
    assert market.balance("consumer/c1/owed/CNY") == -6_000
    assert market.order().owed_minor == 6_000


def test_where_policy_does_not_stop_the_debit_a_claim_waits_for_it() -> None:
    market = OneMarket(policy("full", claim_stops_capture=False))
    market.sell()
    market.claim(10_000)
    assert of(ClaimWaits, market.do(uphold()))
    facts = market.wait(8 * DAY)
    assert [type(fact.body) for fact in facts if isinstance(fact.body, (ClaimUpheld, ClaimPaid))] == [
        ClaimUpheld,
        ClaimPaid,
    ]


def test_a_waiting_claim_gets_no_more_than_was_debited() -> None:
    market = OneMarket(policy("full", claim_stops_capture=False))
    market.sell()
    market.claim(9_000)
    market.do(uphold(), ReduceOwed(order_id="o1", owed_minor=50, reason="kindness"))
    [paid] = of(ClaimPaid, market.wait(8 * DAY))
    assert (paid.amount_minor, market.row(Claim, "k1").claimed_minor) == (50, 50)


def test_an_overdue_order_with_a_claim_is_not_written_off_until_it_is_decided() -> None:
    market = OneMarket(policy("full", claim_stops_capture=False))
    debit_on_its_way(market)
    market.do(RecordCaptureFailure(order_id="o1", reason="no money"))
    market.claim(4_000)
    market.wait(400 * DAY)
    assert market.order().state is OrderState.OVERDUE
    assert of(ClaimForgiven, market.do(uphold(1_000)))
    [written_off] = of(OrderWrittenOff, market.wait(1))
    assert written_off.owed_minor == 9_000


def test_a_claim_after_the_debit_is_paid_at_once_from_what_the_order_holds() -> None:
    market = OneMarket()
    market.sell_captured()
    market.claim(10_000)
    [paid] = of(ClaimPaid, market.do(uphold(6_000)))
    assert (paid.amount_minor, paid.from_order_minor, paid.missing_minor) == (6_000, 6_000, 0)
    assert market.order().held_minor == 4_000
    assert not of(PayoutHeld, market.wait(30 * DAY))
    assert market.of_merchant("held") == market.of_merchant("available") == 0


def test_claims_can_be_filed_up_to_the_last_millisecond() -> None:
    market = OneMarket()
    market.sell_captured()
    captured = market.order().captured_at
    assert captured is not None
    market.until(captured + 180 * DAY)
    market.claim(1)
    market.do(rejecting())
    market.wait(1)
    refusal = market.refusal(opening_claim())
    assert refusal.code == "claim_too_late"
    assert "12315" in refusal.fix


@pytest.mark.parametrize(
    ("amount", "code"), [(0, "nothing_to_claim"), (-1, "nothing_to_claim"), (10_001, "nothing_to_claim")]
)
def test_no_more_is_claimed_than_there_is(amount: int, code: str) -> None:
    market = OneMarket()
    market.sell()
    assert market.refused(opening_claim(amount)) == code


def test_a_claim_has_an_id_of_its_own_and_an_order_one_claim_at_a_time() -> None:
    market = OneMarket()
    market.sell()
    market.sell("o2")
    market.claim(100)
    assert market.refused(opening_claim(claim_id="k2")) == "claim_open_already"
    again = OpenClaim(claim_id="k1", order_id="o2", amount_minor=1, reason="broken")
    assert market.refused(again) == "claim_exists"
    assert market.refused(opening_claim(claim_id="o2/return")) == "claim_id_reserved"
    assert market.refused(Refund(order_id="o1", amount_minor=1, reason="x")) == "wrong_state"


@pytest.mark.parametrize("amount", [0, -1, 101])
def test_no_more_is_granted_than_was_claimed(amount: int) -> None:
    market = OneMarket()
    market.sell()
    market.claim(100)
    assert market.refused(uphold(amount)) == "decision_too_high"
    market.do(uphold(100))
    for command in (uphold(), rejecting()):
        assert market.refused(command) == "wrong_state"


def test_an_open_claim_holds_what_the_orders_own_proceeds_lack() -> None:
    market = OneMarket(policy("fixed_deposit(1)"))
    market.sell_captured()
    assert market.of_merchant("available") == 9_920
    market.claim(5_000)
    assert market.row(Hold, market.row(Claim, "k1").hold_id or "").amount_minor == 5_000
    [payout] = of(PayoutAsked, market.wait(2 * DAY))
    assert payout.amount_minor == 4_920
    [paid] = of(ClaimPaid, market.do(uphold()))
    assert paid.from_available_minor == 5_000


def test_what_a_claim_held_and_did_not_take_is_paid_out() -> None:
    market = OneMarket(policy("fixed_deposit(1)"))
    market.sell_captured()
    market.claim(5_000)
    market.wait(2 * DAY)
    market.do(uphold(1_000))
    assert [body.amount_minor for body in of(PayoutConfirmed, market.wait(2 * DAY))] == [4_000]


def test_what_a_rejected_claim_held_is_paid_out() -> None:
    market = OneMarket(policy("fixed_deposit(1)"))
    market.sell_captured()
    market.claim(9_920)
    assert not of(PayoutAsked, market.wait(2 * DAY))
    market.do(rejecting())
    hold = next(hold for hold in market.home.rows(Hold) if hold.reason == "claim")
    assert hold.state is HoldState.VOIDED
    assert [body.amount_minor for body in of(PayoutConfirmed, market.wait(2 * DAY))] == [9_920]


def test_the_waterfall_takes_each_source_in_its_order_and_says_what_each_gave() -> None:
    market = OneMarket(
        policy("rolling_reserve(15%, 30d)", payout_cycle=0, claim_holds_payout=False), fund=500
    )
    market.do(PayDeposit(merchant_id="m1", amount_minor=700))
    market.sell("o1", 10_000)
    market.sell("o2", 1_000)
    market.wait(7 * DAY + 600_000, SILENT)
    for order_id in ("o1", "o2"):
        market.do(ConfirmNotice(order_id=order_id))
    market.wait(DAY, SILENT)
    market.do(RecordCapture(order_id="o1"))
    payout = market.row(Payout, "m1")
    market.do(ConfirmPayout(merchant_id="m1", payout_id=payout.hold_id or ""))
    market.do(RecordCapture(order_id="o2"))
    again = market.row(Payout, "m1")
    market.do(FailPayout(merchant_id="m1", payout_id=again.hold_id or "", reason="wrong account"))
    assert market.of_merchant("available") == 842
    assert market.of_merchant("reserve") == 1_650
    fund = market.balance("fund/CNY")
    market.claim(10_000)
    [paid] = of(ClaimPaid, market.do(uphold()))
    assert (paid.from_order_minor, paid.from_available_minor, paid.from_reserve_minor) == (0, 842, 1_650)
    assert (paid.from_deposit_minor, paid.from_fund_minor) == (700, fund)
    assert paid.missing_minor == 10_000 - 842 - 1_650 - 700 - fund
    debt = market.row(Debt, "m1")
    assert (debt.fund_minor, debt.short_minor) == (fund, paid.missing_minor)
    assert market.of_merchant("owed") == -fund
    assert market.row(Claim, "k1").state is ClaimState.SHORT


def short_market(claims: int, amount: int, *, fund: int = 0) -> OneMarket:
    """A merchant whose proceeds were paid out, and claims that find nothing but the fund."""
    market = OneMarket(
        policy("fixed_deposit(1)", fee_bp=0, fund_share_bp=0, consumer_limit_minor=10**9), fund=fund
    )
    numbers = [f"{number:03}" for number in range(claims)]
    sales = [sale(f"o{n}", "m1", "c1", amount + int(n), 3) for n in numbers]
    market.run(*(command for commands in sales for command in commands))
    market.wait(10 * DAY)
    market.run(
        *(opening_claim(amount + int(n), f"k{n}", f"o{n}") for n in numbers),
        *(uphold(claim_id=f"k{n}") for n in numbers),
    )
    market.check()
    return market


def test_later_sales_pay_short_claims_first_and_then_the_fund() -> None:
    market = short_market(2, 1_000, fund=700)
    debt = market.row(Debt, "m1")
    assert (debt.fund_minor, debt.short_minor) == (700, 1_301)
    market.sell("late", 2_500)
    facts = market.wait(9 * DAY)
    recovered = of(ClaimRecovered, facts)
    assert {body.claim_id: body.missing_minor for body in recovered} == {"k000": 0, "k001": 0}
    assert [body.amount_minor for body in of(FundRecovered, facts)] == [700]
    assert [body.amount_minor for body in of(PayoutConfirmed, facts)] == [2_500 - 1_301 - 700]
    assert market.balance("fund/CNY") == 700
    assert not market.of_merchant("owed")


def test_what_is_recovered_is_shared_in_proportion() -> None:
    market = short_market(3, 1_000)
    market.do(RecordRecovery(merchant_id="m1", amount_minor=1_000, source="court"))
    paid = [market.row(Claim, f"k00{number}").paid_minor for number in range(3)]
    assert sum(paid) == 1_000
    assert all(abs(part * 3_003 - 1_000 * (1_000 + number)) < 2 * 3_003 for number, part in enumerate(paid))


def test_a_recovery_reaches_more_short_claims_than_a_slice_takes() -> None:
    number = recovery.SLICE + 5
    market = short_market(number, 10)
    missing = market.row(Debt, "m1").short_minor
    market.do(RecordRecovery(merchant_id="m1", amount_minor=missing + 5, source="court"))
    assert len(of(ClaimRecovered, market.wait(0))) == number
    assert market.row(Debt, "m1").short_minor == 0
    assert market.of_merchant("available") == 5


def test_nothing_is_recovered_where_nothing_is_owed() -> None:
    market = OneMarket()
    back = RecordRecovery(merchant_id="m1", amount_minor=1, source="court")
    assert market.refused(back) == "nothing_owed"
