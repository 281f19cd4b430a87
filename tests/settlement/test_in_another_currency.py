"""What moved in a currency that nobody asked for: in the books at once, and back where it belongs."""

from msgspec.structs import replace

from holdfast.audit.astray import Astray
from holdfast.audit.checks import audit
from holdfast.kernel.clock import DAY
from holdfast.orders.model import ConfirmNotice, OrderState
from holdfast.settlement.facts import PayoutAsked, PayoutConfirmed, PayoutReturned
from holdfast.settlement.model import ConfirmPayout, FailPayout, RecordCapture, RecordCaptureFailure
from holdfast.settlement.otherwise import (
    ConfirmRepayment,
    FailRepayment,
    OwedBack,
    RecordChargeback,
    RecordChargebackWon,
    RecordSeizure,
    Repayment,
    Why,
)
from holdfast.settlement.otherwise_facts import (
    DebitDoubted,
    DebitedBeyond,
    MoneySeized,
    ReceiptRecorded,
    RefundReturned,
    RepaymentAsked,
    RepaymentConfirmed,
)
from one_market import SILENT, START, OneMarket, of

CREDIT = "consumer/c1/credit/JPY"


def asked(market: OneMarket) -> None:
    """Sell an order of 100.00, up to where the provider is asked for the debit."""
    market.sell()
    market.wait(6 * DAY, SILENT)
    market.do(ConfirmNotice(order_id="o1"))
    market.wait(DAY, SILENT)


def astray(market: OneMarket) -> list[Astray]:
    return audit(market.home).astray


def test_a_debit_in_another_currency_goes_back_and_the_question_stays_open() -> None:
    """The consumer is not overdue with what it paid otherwise; the answer may still come, in either way."""
    market = OneMarket()
    asked(market)
    yen = RecordCapture(order_id="o1", amount_minor=2_000, currency="JPY", debit_id="d1")
    facts = market.do(yen)
    assert [each.currency for each in of(DebitedBeyond, facts)] == ["JPY"]
    assert market.balance(CREDIT) == 2_000
    assert market.order().state is OrderState.DELIVERED
    assert {(each.amount.amount_minor, each.held_by) for each in astray(market)} == {
        (2_000, "platform"),
        (10_000, "consumer:c1"),
    }
    assert market.refused(yen) == "debit_recorded"
    [ask] = of(RepaymentAsked, facts)
    market.do(ConfirmRepayment(repayment_id=ask.repayment_id, payment_id=ask.payment_id, currency="JPY"))
    assert market.balance(CREDIT) == market.balance("psp/JPY") == 0
    market.do(RecordCapture(order_id="o1"))
    assert market.order().held_minor == market.order().captured_minor == 10_000
    assert astray(market) == []


def test_an_answer_in_another_currency_without_an_id_is_taken_once_and_then_in_doubt() -> None:
    market = OneMarket()
    asked(market)
    yen = RecordCapture(order_id="o1", amount_minor=2_000, currency="JPY")
    market.do(yen)
    assert [each.times for each in of(DebitDoubted, market.do(yen, yen))] == [1, 2]
    [unsaid] = of(DebitDoubted, market.do(RecordCapture(order_id="o1", currency="JPY")))
    assert unsaid.amount_minor == 0
    assert market.balance(CREDIT) == 2_000
    market.do(RecordCaptureFailure(order_id="o1", reason="no yuan"))
    assert market.order().state is OrderState.OVERDUE


def test_a_payout_in_another_currency_is_owed_back_and_the_payout_stays_asked() -> None:
    market = OneMarket()
    market.sell_captured()
    [payout] = of(PayoutAsked, market.until(START + 17 * DAY, SILENT))
    yen = ConfirmPayout(merchant_id="m1", payout_id=payout.payout_id, amount_minor=500, currency="JPY")
    [paid] = of(PayoutConfirmed, market.do(yen))
    assert (paid.currency, paid.from_platform_minor) == ("JPY", 0)
    assert market.balance("merchant/m1/back/JPY") == -500
    assert market.of_merchant("available") == payout.amount_minor
    assert market.refused(yen) == "payout_not_asked"
    assert [each.held_by for each in astray(market)] == ["merchant:m1"]
    market.do(ConfirmPayout(merchant_id="m1", payout_id=payout.payout_id))
    back = FailPayout(
        merchant_id="m1", payout_id=payout.payout_id, amount_minor=500, currency="JPY", reason="?"
    )
    [returned] = of(PayoutReturned, market.do(back))
    assert returned.amount_minor == 500
    assert market.refused(back) == "told_no_amount"
    assert market.balance("psp/JPY") == market.balance("platform/losses/JPY") == 0
    assert astray(market) == []


def test_a_repayment_in_another_currency_is_owed_back_until_it_comes_back() -> None:
    market = OneMarket()
    asked(market)
    market.do(RecordCaptureFailure(order_id="o1", reason="timeout"))
    [ask] = of(RepaymentAsked, market.do(RecordCapture(order_id="o1", amount_minor=12_000)))
    paid = ConfirmRepayment(repayment_id=ask.repayment_id, payment_id=ask.payment_id)
    fails = FailRepayment(
        repayment_id=ask.repayment_id, payment_id=ask.payment_id, currency="JPY", reason="?"
    )
    yen = replace(paid, currency="JPY", amount_minor=300)
    [told] = of(RepaymentConfirmed, market.do(yen))
    assert (told.currency, told.owed_back_minor) == ("JPY", 300)
    assert market.refused(yen) == "repayment_not_asked"
    assert market.row(OwedBack, "consumer/o1/JPY").owed_minor == 300
    assert market.refused(fails) == "told_in_another_currency"
    [back] = of(RefundReturned, market.do(replace(fails, amount_minor=300)))
    assert back.owed_back_minor == 300
    market.do(paid)
    assert market.balance("consumer/c1/credit/CNY") == market.balance(CREDIT) == 0
    assert astray(market) == []


def test_a_chargeback_in_another_currency_is_met_by_what_waits_in_it() -> None:
    market = OneMarket()
    asked(market)
    yen = RecordCapture(order_id="o1", amount_minor=2_000, currency="JPY", debit_id="d1")
    [ask] = of(RepaymentAsked, market.do(yen))
    market.do(
        FailRepayment(repayment_id=ask.repayment_id, payment_id=ask.payment_id, reason="closed"),
        RecordChargeback(
            chargeback_id="b1", order_id="o1", amount_minor=2_500, reason="not me", currency="JPY"
        ),
    )
    assert market.balance(CREDIT) == 0
    assert market.row(OwedBack, "consumer/o1/JPY").owed_minor == 500
    wrong = RecordChargebackWon(chargeback_id="b1", amount_minor=7, currency="CNY")
    assert of(ReceiptRecorded, market.do(wrong))
    market.do(RecordChargebackWon(chargeback_id="b1"))
    assert market.row(OwedBack, "consumer/o1/JPY").owed_minor == 0
    assert [row.why for row in market.home.rows(Repayment)] == [Why.CURRENCY, Why.WON]
    assert market.balance(CREDIT) == 2_000


def test_a_seizure_in_another_currency_is_owed_back() -> None:
    market = OneMarket()
    command = RecordSeizure(
        seizure_id="s1",
        merchant_id="m1",
        amount_minor=40,
        authority="Court",
        document="1",
        currency="JPY",
    )
    [seized] = of(MoneySeized, market.do(command))
    assert seized.from_platform_minor == 0
    assert market.balance("merchant/m1/back/JPY") == -40
