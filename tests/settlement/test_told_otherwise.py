"""What providers, banks and courts say late, twice or in another amount: recorded, and answered by itself."""

import pytest

from holdfast.audit.astray import Astray
from holdfast.audit.checks import audit
from holdfast.bench.bare.model import MoveMoney, OpenAccount
from holdfast.bench.bare.room import WITH_BARE
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.coverage.model import Coverage
from holdfast.kernel.clock import DAY
from holdfast.orders.model import ConfirmNotice, OrderState, ReduceOwed
from holdfast.parties.model import Consumer
from holdfast.settlement.facts import PayoutAsked, PayoutConfirmed, PayoutReturned
from holdfast.settlement.model import (
    Claim,
    ClaimState,
    ConfirmPayout,
    Debt,
    FailPayout,
    PayDeposit,
    RecordCapture,
    RecordCaptureFailure,
)
from holdfast.settlement.otherwise import (
    ConfirmRepayment,
    FailRepayment,
    RecordChargeback,
    RecordRefundReturned,
    RecordSeizure,
    Repayment,
    RepaymentState,
    RetryRepayment,
    Why,
)
from holdfast.settlement.otherwise_facts import (
    ChargedBack,
    DebitDoubted,
    DebitedBeyond,
    MoneySeized,
    RepaymentAsked,
    RepaymentConfirmed,
)
from one_market import SILENT, START, OneMarket, of, policy

CREDIT = "consumer/c1/credit/CNY"


def asked(market: OneMarket) -> None:
    """Sell an order of 100.00, up to where the provider is asked for the debit."""
    market.sell()
    market.wait(6 * DAY, SILENT)
    market.do(ConfirmNotice(order_id="o1"))
    market.wait(DAY, SILENT)


def failed(market: OneMarket) -> None:
    asked(market)
    market.do(RecordCaptureFailure(order_id="o1", reason="timeout"))


def repaid(market: OneMarket) -> int:
    """Have the provider pay back what it was asked for; return the amount."""
    row = the_repayment(market)
    done = ConfirmRepayment(repayment_id=row.id, payment_id=row.payment_id or "")
    [back] = of(RepaymentConfirmed, market.do(done))
    assert market.refused(done) == "repayment_not_asked"
    return back.amount_minor


def the_repayment(market: OneMarket) -> Repayment:
    [row] = list(market.home.rows(Repayment))
    return row


@pytest.mark.parametrize("owed", [0, 6_000])
def test_a_debit_that_had_failed_and_came_all_the_same(owed: int) -> None:
    """What is not owed any more goes back to the consumer; what still is, is the order's."""
    market = OneMarket()
    failed(market)
    market.do(ReduceOwed(order_id="o1", owed_minor=owed, reason="kindness"))
    facts = market.do(RecordCapture(order_id="o1"))
    [beyond] = of(DebitedBeyond, facts)
    assert beyond.amount_minor == 10_000 - owed
    assert market.balance(CREDIT) == 10_000 - owed
    assert market.of_merchant("held") == owed
    assert market.order().state is (OrderState.CAPTURED if owed else OrderState.CANCELLED)
    assert the_repayment(market).why is (Why.OVER if owed else Why.LATE)
    assert repaid(market) == 10_000 - owed
    assert not market.balance(CREDIT)
    assert market.row(Consumer, "c1").outstanding_minor == 0
    [again] = of(DebitDoubted, market.do(RecordCapture(order_id="o1")))
    assert again.amount_minor == 10_000


def test_a_debit_in_parts_is_covered_as_far_as_it_came_and_the_rest_stays_owed() -> None:
    market = OneMarket()
    asked(market)
    market.do(RecordCapture(order_id="o1", amount_minor=6_000, debit_id="d1"))
    order = market.order()
    assert (order.state, order.owed_minor, order.exposed_minor) == (OrderState.CAPTURED, 4_000, 6_000)
    assert market.balance("consumer/c1/owed/CNY") == -4_000
    assert market.refused(RecordCapture(order_id="o1", amount_minor=6_000, debit_id="d1")) == "debit_recorded"
    market.do(RecordCapture(order_id="o1", amount_minor=5_000, debit_id="d2"))
    order = market.order()
    assert (order.owed_minor, order.held_minor, order.exposed_minor) == (0, 10_000, 10_000)
    assert market.balance("consumer/c1/owed/CNY") == 0
    assert market.balance(CREDIT) == 1_000
    market.wait(30 * DAY)
    assert market.order().state is OrderState.COMPLETED
    assert market.refused(ReduceOwed(order_id="o1", owed_minor=0, reason="x")) == "owed_only_goes_down"


@pytest.mark.parametrize(("lost", "settings"), [(0, {}), (-4_000, {"advance_on_delivery": True})])
def test_the_rest_of_a_debit_may_come_after_the_window(lost: int, settings: dict[str, object]) -> None:
    """It is released at once, less fees; what the platform had advanced on it is made good first."""
    market = OneMarket(policy("full", **settings))
    asked(market)
    market.do(RecordCapture(order_id="o1", amount_minor=6_000))
    market.wait(30 * DAY)
    assert market.order().state is OrderState.COMPLETED
    assert market.order().owed_minor == 4_000
    assert market.balance("platform/losses/CNY") == lost
    market.do(RecordCapture(order_id="o1"))
    assert market.order().owed_minor == 0
    assert market.balance("platform/losses/CNY") == 0
    assert market.balance("platform/advances/CNY") == 0
    market.wait(5 * DAY)
    assert market.of_merchant("held") == 0


@pytest.mark.parametrize(
    ("claimed", "paid", "owed"), [(3_000, 0, 1_000), (7_000, 3_000, 0), (10_000, 6_000, 0)]
)
def test_a_claim_on_a_debit_in_part_lowers_first_what_is_owed(claimed: int, paid: int, owed: int) -> None:
    market = OneMarket()
    asked(market)
    market.do(RecordCapture(order_id="o1", amount_minor=6_000))
    market.do(
        OpenClaim(claim_id="k1", order_id="o1", amount_minor=claimed, reason="broken"),
        UpholdClaim(claim_id="k1"),
    )
    assert market.order().owed_minor == owed
    assert market.row(Claim, "k1").paid_minor == paid
    assert market.row(Claim, "k1").state is (ClaimState.PAID if paid else ClaimState.FORGIVEN)
    assert market.row(Consumer, "c1").outstanding_minor == owed


def test_a_second_debit_of_the_same_order_goes_back() -> None:
    market = OneMarket()
    market.sell_captured()
    market.do(RecordCapture(order_id="o1", amount_minor=10_000, debit_id="again"))
    assert the_repayment(market).why is Why.DOUBLED
    assert market.of_merchant("held") == 10_000
    assert repaid(market) == 10_000


def test_a_debit_that_nobody_asked_for_goes_back_and_the_order_goes_on() -> None:
    market = OneMarket()
    market.sell()
    market.do(RecordCapture(order_id="o1", amount_minor=10_000, debit_id="early"))
    assert market.order().state is OrderState.DELIVERED
    assert the_repayment(market).why is Why.UNASKED
    repaid(market)
    market.wait(8 * DAY)
    assert market.order().state is OrderState.CAPTURED
    assert market.order().held_minor == 10_000
    assert not market.balance(CREDIT)


def test_answers_of_no_amount_or_in_no_currency_are_refused() -> None:
    market = OneMarket()
    asked(market)
    for wrong, code in (
        (RecordCapture(order_id="o1", currency="JPY", debit_id="d1"), "told_in_another_currency"),
        (RecordCapture(order_id="o1", amount_minor=1, currency="ZZZ"), "unknown_currency"),
        (RecordCapture(order_id="o9", amount_minor=1), "debit_of_no_order"),
        (RecordCaptureFailure(order_id="o9", reason="?"), "not_found"),
        (RecordCapture(order_id="o1", amount_minor=0), "told_no_amount"),
        (RecordCapture(order_id="o1", amount_minor=-5, debit_id="x"), "told_no_amount"),
    ):
        assert market.refused(wrong) == code


def test_a_repayment_that_bounces_waits_for_another_account() -> None:
    market = OneMarket()
    failed(market)
    market.do(ReduceOwed(order_id="o1", owed_minor=0, reason="kindness"))
    [ask] = of(RepaymentAsked, market.do(RecordCapture(order_id="o1")))
    market.do(FailRepayment(repayment_id=ask.repayment_id, payment_id=ask.payment_id, reason="closed"))
    assert the_repayment(market).state is RepaymentState.BOUNCED
    market.wait(30 * DAY)
    assert market.balance(CREDIT) == 10_000
    market.do(RetryRepayment(repayment_id=ask.repayment_id))
    repaid(market)
    assert the_repayment(market).state is RepaymentState.PAID
    later = the_repayment(market).payment_id or ""
    market.do(FailRepayment(repayment_id=ask.repayment_id, payment_id=later, reason="returned"))
    assert market.balance(CREDIT) == 10_000


def test_a_refund_that_comes_back_is_the_consumers_until_it_has_another_account() -> None:
    market = OneMarket()
    market.sell_captured()
    market.do(
        OpenClaim(claim_id="k1", order_id="o1", amount_minor=10_000, reason="broken"),
        UpholdClaim(claim_id="k1"),
        RecordRefundReturned(repayment_id="r1", order_id="o1", amount_minor=10_000, reason="closed"),
    )
    assert market.balance(CREDIT) == 10_000
    again = RecordRefundReturned(repayment_id="r1", order_id="o1", amount_minor=10_000, reason="closed")
    assert market.refused(again) == "taking_recorded"
    early = ConfirmRepayment(repayment_id="r1", payment_id="another")
    assert market.refused(early) == "repayment_not_asked"
    market.do(RetryRepayment(repayment_id="r1"))
    repaid(market)
    assert not market.balance(CREDIT)


def paid_out(market: OneMarket) -> str:
    market.sell_captured()
    [payout] = of(PayoutAsked, market.until(START + 17 * DAY, SILENT))
    return payout.payout_id


def test_a_payout_that_comes_back_is_the_merchants_again_once() -> None:
    market = OneMarket()
    payout_id = paid_out(market)
    market.do(ConfirmPayout(merchant_id="m1", payout_id=payout_id))
    back = FailPayout(merchant_id="m1", payout_id=payout_id, reason="account closed")
    [returned] = of(PayoutReturned, market.do(back))
    assert returned.amount_minor == market.of_merchant("available") == 9_920
    assert market.refused(back) == "payout_not_asked"
    assert of(PayoutConfirmed, market.wait(2 * DAY))


def test_a_payout_that_failed_and_was_asked_anew_arrives_twice() -> None:
    """The merchant has 99.20 that are not its own: it owes them, and they come off its next sales."""
    market = OneMarket()
    first = paid_out(market)
    market.do(FailPayout(merchant_id="m1", payout_id=first, reason="timeout"))
    market.wait(2 * DAY)
    assert market.of_merchant("available") == 0
    [twice] = of(PayoutConfirmed, market.do(ConfirmPayout(merchant_id="m1", payout_id=first)))
    assert twice.from_platform_minor == 9_920
    assert market.row(Debt, "m1").platform_minor == 9_920
    assert market.balance("platform/losses/CNY") == -9_920
    assert market.refused(ConfirmPayout(merchant_id="m1", payout_id=first)) == "payout_not_asked"
    market.do(PayDeposit(merchant_id="m1", amount_minor=1))
    market.sell_captured("o2")
    market.wait(30 * DAY)
    assert market.row(Debt, "m1").platform_minor == 0
    assert market.balance("platform/losses/CNY") == 0


@pytest.mark.parametrize(
    ("told", "available", "owed"), [(4_000, 5_920, 0), (9_920, 0, 0), (12_000, 0, 2_080)]
)
def test_a_payout_of_another_amount(told: int, available: int, owed: int) -> None:
    market = OneMarket()
    payout_id = paid_out(market)
    market.do(ConfirmPayout(merchant_id="m1", payout_id=payout_id, amount_minor=told, currency="CNY"))
    assert market.of_merchant("available") == available
    debt = market.home.row(Debt, "m1")
    assert (0 if debt is None else debt.platform_minor) == owed


def test_of_a_payout_that_came_late_no_more_comes_back_than_had_left() -> None:
    market = OneMarket()
    payout_id = paid_out(market)
    back = FailPayout(merchant_id="m1", payout_id=payout_id, reason="closed")
    market.do(back)
    market.do(ConfirmPayout(merchant_id="m1", payout_id=payout_id, amount_minor=4_000))
    assert market.of_merchant("available") == 5_920
    more = FailPayout(merchant_id="m1", payout_id=payout_id, reason="closed", amount_minor=4_001)
    assert market.refused(more) == "told_no_amount"
    market.do(FailPayout(merchant_id="m1", payout_id=payout_id, reason="closed", amount_minor=1_000))
    [rest] = of(PayoutReturned, market.do(back))
    assert (rest.amount_minor, market.of_merchant("available")) == (3_000, 9_920)
    assert market.refused(back) == "payout_not_asked"


def test_a_payout_in_parts_and_then_sent_back_whole() -> None:
    market = OneMarket()
    payout_id = paid_out(market)
    for part in (4_000, 5_000, None):
        market.do(ConfirmPayout(merchant_id="m1", payout_id=payout_id, amount_minor=part))
    assert market.of_merchant("available") == 0
    market.do(FailPayout(merchant_id="m1", payout_id=payout_id, reason="account closed"))
    assert market.of_merchant("available") == 9_920


def test_an_id_of_a_debit_is_none_with_a_space_and_no_transfer_may_take_it() -> None:
    market = OneMarket(commands=WITH_BARE)
    asked(market)
    for debit_id in ("d 1", "d1 ", "d\u200b1"):
        wrong = RecordCapture(order_id="o1", amount_minor=1, debit_id=debit_id)
        assert market.refused(wrong) == "bad_id"
    market.do(OpenAccount(account_id="till", currency="CNY", never_negative=False))
    market.do(OpenAccount(account_id="safe", currency="CNY"))
    hiding = MoveMoney(transfer_id="debit/d1", from_id="till", to_id="safe", currency="CNY", amount_minor=1)
    assert market.refused(hiding) == "transfer_of_debits"


def test_a_chargeback_frees_what_was_kept_for_the_claim_that_it_meets() -> None:
    """The merchant's money is then paid out again."""
    market = OneMarket()
    market.sell_captured()
    market.wait(8 * DAY, SILENT)
    market.do(
        OpenClaim(claim_id="k1", order_id="o1", amount_minor=9_000, reason="broken"),
        RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=10_000, reason="not me"),
    )
    assert market.row(Claim, "k1").state is ClaimState.FORGIVEN
    assert market.order().claim_id is None
    assert market.row(Debt, "m1").platform_minor + market.of_merchant("available") <= 10_000


def test_a_chargeback_is_borne_by_the_order_as_a_refund_is() -> None:
    market = OneMarket()
    market.sell_captured()
    command = RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=10_000, reason="not me")
    [charged] = of(ChargedBack, market.do(command))
    assert (charged.from_order_minor, charged.from_platform_minor) == (10_000, 0)
    assert market.order().exposed_minor == 0
    assert market.refused(command) == "taking_recorded"
    late = OpenClaim(claim_id="k1", order_id="o1", amount_minor=1, reason="broken")
    assert market.refused(late) == "nothing_to_claim"


def test_a_chargeback_after_completion_is_owed_by_the_merchant() -> None:
    market = OneMarket()
    market.sell_captured()
    market.wait(30 * DAY)
    command = RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=10_000, reason="not me")
    [charged] = of(ChargedBack, market.do(command))
    assert charged.from_platform_minor == 10_000
    assert market.row(Debt, "m1").platform_minor == 10_000


def test_a_chargeback_beside_a_claim_is_not_paid_twice() -> None:
    market = OneMarket()
    market.sell_captured()
    market.do(
        OpenClaim(claim_id="k1", order_id="o1", amount_minor=10_000, reason="broken"),
        RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=7_000, reason="not me"),
    )
    assert market.row(Claim, "k1").claimed_minor == 3_000
    market.do(UpholdClaim(claim_id="k1"))
    assert market.row(Claim, "k1").paid_minor == 3_000
    after = RecordChargeback(chargeback_id="b2", order_id="o1", amount_minor=3_000, reason="not me")
    [charged] = of(ChargedBack, market.do(after))
    assert charged.twice_minor == 3_000


def test_what_a_court_takes_is_no_cover_any_more() -> None:
    market = OneMarket()
    market.do(PayDeposit(merchant_id="m1", amount_minor=5_000))
    market.sell_captured()
    command = RecordSeizure(
        seizure_id="s1", merchant_id="m1", amount_minor=6_000, authority="Court", document="(2026) 1"
    )
    [seized] = of(MoneySeized, market.do(command))
    assert (seized.from_deposit_minor, seized.from_platform_minor) == (5_000, 1_000)
    assert market.row(Coverage, "m1").cover_minor == 10_000
    assert market.of_merchant("held") == 10_000
    assert market.refused(command) == "taking_recorded"


def test_what_is_with_the_wrong_person_is_told_with_its_day() -> None:
    market = OneMarket()
    assert audit(market.home).astray == []
    first = paid_out(market)
    market.do(FailPayout(merchant_id="m1", payout_id=first, reason="timeout"))
    market.wait(2 * DAY)
    twice_at = market.now
    market.do(ConfirmPayout(merchant_id="m1", payout_id=first))
    market.wait(DAY)
    market.do(RecordCapture(order_id="o1", amount_minor=10_000, debit_id="again"))
    market.do(RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=12_000, reason="not me"))
    told = [(each.amount.amount_minor, each.held_by, each.belongs_to, each.since) for each in _astray(market)]
    assert told == [
        (19_920, "merchant:m1", "platform", twice_at),
        (2_000, "consumer of order:o1", "platform", market.now),
        (10_000, "platform", "consumer:c1", market.now),
    ]
    repaid(market)
    market.sell_captured("o2", 30_000)
    market.wait(30 * DAY)
    assert [each.held_by for each in _astray(market)] == ["consumer of order:o1"]


def _astray(market: OneMarket) -> list[Astray]:
    return audit(market.home).astray
