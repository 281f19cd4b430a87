"""Repayments that arrive twice, late or in another amount, and chargebacks: each gets its own."""

import pytest

from holdfast.audit.checks import audit
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.kernel.clock import DAY
from holdfast.orders.model import AskReturn, ConfirmNotice, ConfirmReturn, OrderState
from holdfast.parties.model import Owner
from holdfast.settlement.model import Claim, ClaimState, Debt, RecordCapture
from holdfast.settlement.otherwise import (
    ConfirmRepayment,
    FailRepayment,
    OwedBack,
    RecordChargeback,
    RecordChargebackWon,
    RecordPaidTwice,
    RecordRefundReturned,
    Repayment,
    RepaymentState,
    RetryRepayment,
)
from holdfast.settlement.otherwise_facts import (
    ChargebackWon,
    ChargedBack,
    ClaimMet,
    PaidTwice,
    RefundReturned,
    RepaymentAsked,
    RepaymentConfirmed,
    RepaymentFailed,
)
from one_market import SILENT, OneMarket, of, policy
from who_asks import Said

CREDIT, BACK = "consumer/c1/credit/CNY", "consumer/c1/back/CNY"


def doubled(market: OneMarket) -> RepaymentAsked:
    """Debit an order of 100.00 twice."""
    market.sell_captured()
    [ask] = of(RepaymentAsked, market.do(RecordCapture(order_id="o1", amount_minor=10_000, debit_id="again")))
    return ask


def paid(ask: RepaymentAsked, amount: int | None = None) -> ConfirmRepayment:
    return ConfirmRepayment(repayment_id=ask.repayment_id, payment_id=ask.payment_id, amount_minor=amount)


def failed(ask: RepaymentAsked, amount: int | None = None) -> FailRepayment:
    return FailRepayment(
        repayment_id=ask.repayment_id, payment_id=ask.payment_id, reason="closed", amount_minor=amount
    )


def retried(market: OneMarket, ask: RepaymentAsked) -> RepaymentAsked:
    market.do(failed(ask))
    [newer] = of(RepaymentAsked, market.do(RetryRepayment(repayment_id=ask.repayment_id)))
    return newer


def state(market: OneMarket, ask: RepaymentAsked) -> RepaymentState:
    return market.row(Repayment, ask.repayment_id).state


def test_an_older_payment_and_the_newer_both_arrive_and_one_is_owed_back() -> None:
    market = OneMarket()
    older = doubled(market)
    newer = retried(market, older)
    [confirmed] = of(RepaymentConfirmed, market.do(paid(older)))
    assert confirmed.owed_back_minor == 10_000
    assert market.balance(BACK) == -10_000
    assert state(market, newer) is RepaymentState.ASKED
    market.do(paid(newer))
    assert market.balance(CREDIT) == 0
    [waits] = audit(market.home).astray
    assert waits.held_by == "consumer of order:o1"
    assert market.refused(paid(older)) == "repayment_not_asked"


def test_an_older_payment_arrives_and_the_newer_fails() -> None:
    market = OneMarket()
    older = doubled(market)
    newer = retried(market, older)
    market.do(paid(older))
    [fails] = of(RepaymentFailed, market.do(failed(newer)))
    assert fails.owed_back_minor == 10_000
    assert market.balance(BACK) == market.balance(CREDIT) == market.balance("platform/losses/CNY") == 0
    assert state(market, newer) is RepaymentState.PAID
    assert audit(market.home).astray == []


def test_both_arrive_and_one_comes_back() -> None:
    market = OneMarket()
    older = doubled(market)
    newer = retried(market, older)
    market.do(paid(older), paid(newer))
    [back] = of(RefundReturned, market.do(failed(newer)))
    assert back.owed_back_minor == 10_000
    assert market.balance(BACK) == market.balance(CREDIT) == 0
    market.do(failed(older))
    assert market.balance(CREDIT) == 10_000
    assert state(market, older) is RepaymentState.BOUNCED


@pytest.mark.parametrize(
    ("told", "left", "owed", "then"),
    [
        (4_000, 6_000, 0, RepaymentState.ASKED),
        (10_000, 0, 0, RepaymentState.PAID),
        (13_000, 0, 3_000, RepaymentState.PAID),
    ],
)
def test_a_repayment_of_another_amount_than_was_asked(
    told: int, left: int, owed: int, then: RepaymentState
) -> None:
    market = OneMarket()
    ask = doubled(market)
    market.do(paid(ask, told))
    assert (market.balance(CREDIT), market.balance(BACK)) == (left, -owed)
    assert state(market, ask) is then
    if left:
        market.do(failed(ask))
        assert state(market, ask) is RepaymentState.BOUNCED
        [again] = of(RepaymentAsked, market.do(RetryRepayment(repayment_id=ask.repayment_id)))
        assert again.amount_minor == left
    for none in (0, -1):
        assert market.refused(paid(ask, none)) == "told_no_amount"


def test_a_payment_that_came_back_in_part() -> None:
    market = OneMarket()
    ask = doubled(market)
    market.do(paid(ask), failed(ask, 4_000))
    assert (market.balance(CREDIT), state(market, ask)) == (4_000, RepaymentState.BOUNCED)
    assert market.refused(failed(ask, 6_001)) == "told_no_amount"
    market.do(failed(ask))
    assert market.balance(CREDIT) == 10_000
    assert market.refused(failed(ask)) == "repayment_not_asked"


def compensated(market: OneMarket) -> None:
    market.sell_captured()
    market.do(
        OpenClaim(claim_id="k1", order_id="o1", amount_minor=10_000, reason="broken"),
        UpholdClaim(claim_id="k1"),
    )


def test_a_compensation_that_was_sent_twice_and_then_bounces() -> None:
    market = OneMarket()
    compensated(market)
    sent = RecordPaidTwice(payment_id="p1", order_id="o1", amount_minor=10_000, reason="sent twice")
    [twice] = of(PaidTwice, market.do(sent))
    assert (twice.met_minor, twice.owed_back_minor) == (0, 10_000)
    assert market.refused(sent) == "taking_recorded"
    bounced = RecordRefundReturned(repayment_id="b1", order_id="o1", amount_minor=12_000, reason="closed")
    [back] = of(RefundReturned, market.do(bounced))
    assert back.owed_back_minor == 10_000
    assert (market.balance(BACK), market.balance(CREDIT)) == (0, 2_000)
    assert market.refused(bounced) == "taking_recorded"


def test_a_bounced_compensation_that_the_provider_pays_unasked_is_met_from_what_waits() -> None:
    market = OneMarket()
    compensated(market)
    market.do(
        RecordRefundReturned(repayment_id="b1", order_id="o1", amount_minor=10_000, reason="closed"),
        RecordPaidTwice(payment_id="p1", order_id="o1", amount_minor=10_000, reason="tried again"),
    )
    assert market.balance(CREDIT) == market.balance(BACK) == 0
    assert audit(market.home).astray == []


def short(market: OneMarket) -> None:
    """Leave a claim after its window short: nothing is left of the merchant's, and the fund gives nothing."""
    market.sell_captured()
    market.wait(30 * DAY)
    market.do(
        OpenClaim(claim_id="k1", order_id="o1", amount_minor=10_000, reason="broken"),
        UpholdClaim(claim_id="k1"),
    )
    assert market.row(Claim, "k1").state is ClaimState.SHORT


def test_a_chargeback_on_a_short_claim_is_twice_only_as_far_as_it_was_had() -> None:
    """What the claim misses the consumer has from its bank now; the merchant owes it to the platform."""
    market = OneMarket(policy("full", late_fund_minor=0))
    short(market)
    missing = market.row(Claim, "k1").missing_minor
    command = RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=10_000, reason="not me")
    facts = market.do(command)
    [charged] = of(ChargedBack, facts)
    assert (charged.met_minor, charged.twice_minor) == (missing, 10_000 - missing)
    assert [each.missing_minor for each in of(ClaimMet, facts)] == [0]
    assert market.row(Claim, "k1").state is ClaimState.PAID
    debt = market.row(Debt, "m1")
    assert (debt.short_minor, debt.platform_minor) == (0, missing)


def test_a_chargeback_won_on_a_short_claim_pays_the_consumer_what_it_still_had_to_get() -> None:
    market = OneMarket(policy("full", late_fund_minor=0))
    short(market)
    missing = market.row(Claim, "k1").missing_minor
    market.do(RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=10_000, reason="not me"))
    [won] = of(ChargebackWon, market.do(RecordChargebackWon(chargeback_id="b1")))
    assert (won.to_consumer_minor, won.owed_back_minor) == (missing, 10_000 - missing)
    assert market.balance(BACK) == 0


def test_a_chargeback_that_is_won_within_the_window_is_the_orders_again() -> None:
    market = OneMarket()
    market.sell_captured()
    market.do(RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=10_000, reason="not me"))
    [won] = of(ChargebackWon, market.do(RecordChargebackWon(chargeback_id="b1", amount_minor=7_000)))
    assert (won.to_order_minor, won.exposed_minor) == (7_000, 7_000)
    order = market.order()
    assert (order.held_minor, order.exposed_minor, order.awarded_minor) == (7_000, 7_000, 3_000)
    more = RecordChargebackWon(chargeback_id="b1", amount_minor=3_001)
    assert market.refused(more) == "taking_recorded"
    market.claim(7_000)
    market.do(UpholdClaim(claim_id="k1"))
    assert market.row(Claim, "k1").state is ClaimState.PAID
    market.do(RecordChargebackWon(chargeback_id="b1"))
    assert market.refused(RecordChargebackWon(chargeback_id="b1")) == "taking_recorded"


def test_a_chargeback_that_is_won_after_completion_returns_to_whom_bore_it() -> None:
    market = OneMarket()
    market.sell_captured()
    market.wait(30 * DAY)
    market.do(RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=10_000, reason="not me"))
    assert market.row(Debt, "m1").platform_minor == 10_000
    [won] = of(ChargebackWon, market.do(RecordChargebackWon(chargeback_id="b1")))
    assert won.to_platform_minor == 10_000
    assert market.row(Debt, "m1").platform_minor == market.balance("platform/losses/CNY") == 0
    assert audit(market.home).astray == []


def test_a_chargeback_that_is_won_when_the_goods_are_back_is_the_consumers() -> None:
    market = OneMarket()
    market.sell()
    market.wait(6 * DAY, SILENT)
    market.do(ConfirmNotice(order_id="o1"))
    market.wait(DAY, SILENT)
    market.do(
        RecordCapture(order_id="o1"),
        AskReturn(order_id="o1"),
        RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=4_000, reason="not me"),
        ConfirmReturn(order_id="o1"),
    )
    [won] = of(ChargebackWon, market.do(RecordChargebackWon(chargeback_id="b1")))
    assert won.to_consumer_minor == 4_000
    assert market.order().state is OrderState.RETURNED


def test_a_chargeback_of_a_merchant_that_ran_is_named_with_whom_is_behind_it() -> None:
    market = OneMarket()
    market.sell_captured(merchant="m3")
    market.wait(30 * DAY)
    market.do(*(Said(person, DeclareAbsconded(merchant_id="m3", reason="gone")) for person in ("Li", "Wang")))
    market.wait(30 * DAY)
    market.do(RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=10_000, reason="not me"))
    [owner] = [row for row in market.home.rows(Owner) if row.id == "p3"]
    [waits] = audit(market.home).astray
    assert waits.amount.amount_minor == sum(debt.amount_minor for debt in owner.debts) == 10_000
    assert waits.waits_for.endswith("as it ran away: owner:p3")
    market.do(RecordChargebackWon(chargeback_id="b1"))
    assert audit(market.home).astray == []
    assert market.row(Owner, "p3").debts == ()


def test_what_is_owed_back_is_by_order_and_currency() -> None:
    market = OneMarket()
    market.sell_captured()
    market.do(
        RecordPaidTwice(payment_id="p1", order_id="o1", amount_minor=5, reason="?"),
        RecordPaidTwice(payment_id="p2", order_id="o1", amount_minor=6, reason="?", currency="JPY"),
    )
    owed = {row.id: row.owed_minor for row in market.home.rows(OwedBack)}
    assert owed == {"consumer/o1/CNY": 5, "consumer/o1/JPY": 6}
