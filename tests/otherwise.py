"""What providers, banks and courts tell beside answers, and what people answer: for random histories."""

from msgspec.structs import replace

from holdfast.engine.home import Home
from holdfast.kernel.rows import Command
from holdfast.orders.model import Order
from holdfast.settlement.model import RecordCapture
from holdfast.settlement.otherwise import (
    ConfirmDoubt,
    ConfirmRepayment,
    DismissDoubt,
    Doubt,
    DoubtState,
    FailRepayment,
    Freeze,
    Loss,
    OwedBack,
    RecordChargeback,
    RecordChargebackWon,
    RecordFreeze,
    RecordFreezeLifted,
    RecordPaidTwice,
    RecordRefundReturned,
    RecordSeizure,
    RepaymentPayment,
    RetryRepayment,
    Taking,
)
from holdfast.settlement.received import AssignReceipt, Receipt, RecordProviderFee, RecordUnassigned, Target


def about_orders(order_id: str, claim_id: str, amount: int) -> list[Command]:
    """What a provider says of an order beside its answers, in its currency and in another."""
    currency = ("", "CNY", "JPY")[amount % 3]
    doubt_id = f"{order_id}/CNY/{amount}"
    charge = RecordChargeback(chargeback_id=claim_id, order_id=order_id, amount_minor=amount, reason="fraud")
    back = RecordRefundReturned(
        repayment_id=claim_id, order_id=order_id, amount_minor=amount, reason="closed"
    )
    twice = RecordPaidTwice(payment_id=claim_id, order_id=order_id, amount_minor=amount, reason="by mistake")
    return [
        RecordCapture(order_id=order_id, amount_minor=amount, currency="JPY"),
        RecordCapture(order_id=order_id, amount_minor=amount, currency="JPY", debit_id=f"d{amount % 4}"),
        charge,
        replace(charge, currency=currency),
        RecordChargebackWon(chargeback_id=claim_id),
        RecordChargebackWon(chargeback_id=claim_id, amount_minor=max(1, amount // 2), currency=currency),
        replace(back, currency=currency),
        replace(twice, currency=currency),
        RetryRepayment(repayment_id=claim_id, by="Li"),
        ConfirmDoubt(doubt_id=doubt_id, debit_id=f"d{amount % 4}", by="Li"),
        DismissDoubt(doubt_id=doubt_id, by="Li", reason="told twice"),
    ]


def about_receipts(order_id: str, merchant_id: str, amount: int) -> list[Command]:
    receipt_id = f"r{amount % 4}"
    targets = (
        (Target.ORDER, order_id),
        (Target.DEPOSIT, merchant_id),
        (Target.DEBT, merchant_id),
        (Target.OWED_BACK, f"consumer/{order_id}/CNY"),
        (Target.SENDER, "its bank"),
    )
    return [
        RecordUnassigned(receipt_id=receipt_id, currency="CNY", amount_minor=amount, reference="for o99"),
        RecordUnassigned(receipt_id=receipt_id, currency="JPY", amount_minor=amount, reference=""),
        *(
            AssignReceipt(receipt_id=receipt_id, to=to, target_id=target_id, by="Li")
            for to, target_id in targets
        ),
        RecordProviderFee(fee_id=receipt_id, currency="CNY", amount_minor=amount, what="0.6 %"),
    ]


def about_freezes(merchant_id: str, amount: int) -> list[Command]:
    freeze_id = f"f{amount % 4}"
    whole = RecordFreeze(
        freeze_id=freeze_id,
        merchant_id=merchant_id,
        amount_minor=amount,
        authority="a court",
        document="(2026) 2",
        currency=("", "CNY", "JPY")[amount % 3],
    )
    return [
        whole,
        RecordFreezeLifted(freeze_id=freeze_id, document="(2026) 3"),
        RecordFreezeLifted(freeze_id=freeze_id, document="(2026) 3", amount_minor=max(1, amount // 2)),
        RecordSeizure(
            seizure_id=f"s{amount % 4}",
            merchant_id=merchant_id,
            amount_minor=amount,
            authority="a court",
            document="(2026) 4",
            freeze_id=freeze_id,
            currency=("", "CNY", "JPY")[amount % 3],
        ),
    ]


def waiting(home: Home, key: str, percent: int) -> list[Command]:
    """Return what a person may answer, or the provider say, of money that is with the wrong person."""
    chosen: list[Command] = []

    def of(amount: int) -> int:
        return max(1, amount * percent // 100)

    for doubt in home.rows(Doubt):
        if doubt.state is DoubtState.OPEN:
            chosen.append(ConfirmDoubt(doubt_id=doubt.id, debit_id=key, by="Li"))
            chosen.append(DismissDoubt(doubt_id=doubt.id, by="Li", reason="told twice"))
    owed = [row.id for row in home.rows(OwedBack) if row.owed_minor]
    for receipt in home.rows(Receipt):
        if receipt.left_minor:
            targets = [(Target.DEPOSIT, "m1"), (Target.DEBT, "m1"), (Target.SENDER, "a bank")]
            targets += [(Target.ORDER, order.id) for order in home.rows(Order)]
            targets += [(Target.OWED_BACK, owed_id) for owed_id in owed]
            part = of(receipt.left_minor)
            chosen += [
                AssignReceipt(receipt_id=receipt.id, to=to, target_id=target_id, by="Li", amount_minor=part)
                for to, target_id in targets
            ]
    for payment in home.rows(RepaymentPayment):
        paid = ConfirmRepayment(repayment_id=payment.repayment_id, payment_id=payment.id)
        part = of(payment.asked_minor)
        fails = FailRepayment(repayment_id=payment.repayment_id, payment_id=payment.id, reason="closed")
        chosen += [paid, replace(paid, amount_minor=part), replace(paid, amount_minor=3 * part)]
        chosen += [fails, replace(fails, amount_minor=part)]
        chosen += [replace(each, amount_minor=part, currency="JPY") for each in (paid, fails)]
        chosen.append(RetryRepayment(repayment_id=payment.repayment_id, by="Li"))
    for taking in home.rows(Taking):
        if taking.kind is Loss.CHARGEBACK:
            told = taking.id.partition("/")[2]
            chosen.append(RecordChargebackWon(chargeback_id=told, amount_minor=of(taking.amount_minor)))
    for row in home.rows(Freeze):
        open_minor = of(row.frozen_minor + row.missing_minor)
        chosen.append(RecordFreezeLifted(freeze_id=row.id, document="(2026) 5", amount_minor=open_minor))
    return chosen
