"""Money that names nothing known, the provider's own fees, and debits in doubt: each has its place."""

import pytest

from holdfast.audit.checks import audit
from holdfast.kernel.clock import DAY
from holdfast.settlement.facts import DepositPaid, OrderCaptured, RecoveryRecorded
from holdfast.settlement.model import Debt, RecordCapture, RecordCaptureFailure
from holdfast.settlement.otherwise import (
    ConfirmDoubt,
    DismissDoubt,
    Doubt,
    DoubtState,
    OwedBack,
    RecordChargeback,
    RecordPaidTwice,
)
from holdfast.settlement.otherwise_facts import DebitDoubted, DebitedBeyond, OwedBackReturned
from holdfast.settlement.received import (
    AssignReceipt,
    Receipt,
    RecordProviderFee,
    RecordUnassigned,
    Target,
)
from one_market import FAILING, OneMarket, of

UNASSIGNED = "psp/unassigned/CNY"


def received(market: OneMarket, amount: int = 9_000) -> None:
    market.do(RecordUnassigned(receipt_id="r1", currency="CNY", amount_minor=amount, reference="for o99"))


def assigned(to: Target, target_id: str, amount: int | None = None) -> AssignReceipt:
    return AssignReceipt(receipt_id="r1", to=to, target_id=target_id, amount_minor=amount)


def test_money_of_nobody_known_waits_with_its_day_and_is_recorded_once() -> None:
    market = OneMarket()
    received(market)
    since = market.now
    again = RecordUnassigned(receipt_id="r1", currency="CNY", amount_minor=9_000, reference="?")
    assert market.refused(again) == "taking_recorded"
    market.sell_captured()
    as_debit = RecordCapture(order_id="o1", amount_minor=9_000, debit_id="r1")
    assert market.refused(as_debit) == "debit_recorded"
    assert market.balance(UNASSIGNED) == 9_000
    [waits] = audit(market.home).astray
    assert (waits.belongs_to, waits.since) == ("nobody known", since)


def test_it_is_assigned_to_an_order_as_its_debit() -> None:
    market = OneMarket()
    received(market)
    market.sell()
    market.wait(8 * DAY, FAILING)
    facts = market.do(assigned(Target.ORDER, "o1"))
    assert [each.amount_minor for each in of(OrderCaptured, facts)] == [9_000]
    assert market.order().owed_minor == 1_000
    assert market.balance(UNASSIGNED) == 0


def test_what_an_order_does_not_owe_goes_back() -> None:
    market = OneMarket()
    received(market)
    market.sell_captured()
    [beyond] = of(DebitedBeyond, market.do(assigned(Target.ORDER, "o1", 4_000)))
    assert beyond.amount_minor == 4_000
    assert market.row(Receipt, "r1").left_minor == 5_000


def test_it_is_assigned_to_a_merchant_or_sent_back() -> None:
    market = OneMarket()
    received(market)
    assert of(DepositPaid, market.do(assigned(Target.DEPOSIT, "m1", 2_000)))
    assert market.of_merchant("deposit") == 2_000
    assert market.refused(assigned(Target.DEBT, "m1")) == "nothing_owed"
    market.sell_captured()
    market.wait(30 * DAY)
    market.do(RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=10_000, reason="not me"))
    owed = market.row(Debt, "m1").platform_minor
    assert of(RecoveryRecorded, market.do(assigned(Target.DEBT, "m1", 3_000)))
    assert market.refused(assigned(Target.SENDER, "a bank", 4_001)) == "receipt_not_left"
    market.do(assigned(Target.SENDER, "a bank"))
    assert market.balance(UNASSIGNED) == 0
    assert owed > 0


def test_it_is_assigned_to_what_is_owed_back() -> None:
    market = OneMarket()
    market.sell_captured()
    market.do(RecordPaidTwice(payment_id="p1", order_id="o1", amount_minor=800, reason="by mistake"))
    received(market)
    key = "consumer/o1/CNY"
    assert market.refused(assigned(Target.OWED_BACK, key)) == "receipt_not_left"
    [back] = of(OwedBackReturned, market.do(assigned(Target.OWED_BACK, key, 500)))
    assert back.owed_minor == market.row(OwedBack, key).owed_minor == 300
    assert market.balance("platform/losses/CNY") == -300


def test_a_receipt_in_another_currency_is_no_deposit() -> None:
    market = OneMarket()
    market.do(RecordUnassigned(receipt_id="r1", currency="JPY", amount_minor=9, reference=""))
    assert market.refused(assigned(Target.DEPOSIT, "m1")) == "currency_mismatch"
    for wrong in (0, -4):
        none = RecordUnassigned(receipt_id="r2", currency="CNY", amount_minor=wrong, reference="")
        assert market.refused(none) == "told_no_amount"


def test_a_providers_fee_is_the_platforms_and_is_taken_once() -> None:
    market = OneMarket()
    market.sell_captured()
    fee = RecordProviderFee(fee_id="f1", currency="CNY", amount_minor=60, what="0.6 %", order_id="o1")
    market.do(fee)
    assert market.balance("psp/fees/CNY") == -60
    assert market.order().held_minor == 10_000
    assert market.refused(fee) == "fee_recorded"


def test_a_second_debit_without_an_id_waits_for_a_person() -> None:
    market = OneMarket()
    market.sell_captured()
    [doubted] = of(DebitDoubted, market.do(RecordCapture(order_id="o1")))
    assert market.balance("consumer/c1/credit/CNY") == 0
    [waits] = audit(market.home).astray
    assert (waits.held_by, waits.amount.amount_minor) == ("platform, if it moved", 10_000)
    market.do(DismissDoubt(doubt_id=doubted.doubt_id, reason="told twice"))
    assert audit(market.home).astray == []
    assert market.refused(DismissDoubt(doubt_id=doubted.doubt_id, reason="?")) == "wrong_state"
    [again] = of(DebitDoubted, market.do(RecordCapture(order_id="o1")))
    assert again.times == 2
    assert market.row(Doubt, doubted.doubt_id).state is DoubtState.OPEN


@pytest.mark.parametrize("amount", [None, 4_000])
def test_a_debit_in_doubt_that_there_was_goes_back_with_its_id(amount: int | None) -> None:
    market = OneMarket()
    market.sell_captured()
    [doubted] = of(DebitDoubted, market.do(RecordCapture(order_id="o1")))
    yes = ConfirmDoubt(doubt_id=doubted.doubt_id, debit_id="d2", amount_minor=amount)
    [beyond] = of(DebitedBeyond, market.do(yes))
    assert (beyond.amount_minor, beyond.debit_id) == (amount or 10_000, "d2")
    known = RecordCapture(order_id="o1", amount_minor=10_000, debit_id="d2")
    assert market.refused(known) == "debit_recorded"


def test_a_doubt_that_is_a_debit_which_is_recorded_stays_open() -> None:
    market = OneMarket()
    market.sell_captured()
    market.do(RecordCapture(order_id="o1", amount_minor=10_000, debit_id="d2"))
    [doubted] = of(DebitDoubted, market.do(RecordCapture(order_id="o1")))
    yes = ConfirmDoubt(doubt_id=doubted.doubt_id, debit_id="d2")
    assert market.refused(yes) == "debit_recorded"
    assert market.row(Doubt, doubted.doubt_id).state is DoubtState.OPEN


def test_a_failure_that_nobody_asked_for_moves_nothing() -> None:
    market = OneMarket()
    market.sell()
    failure = RecordCaptureFailure(order_id="o1", reason="no money")
    assert market.refused(failure) == "capture_not_asked"
