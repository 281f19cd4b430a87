"""What people answer, and providers say, of money that is with the wrong person: for random histories."""

from msgspec.structs import replace

from holdfast.engine.home import Home
from holdfast.kernel.rows import Command
from holdfast.orders.model import Order
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
    RecordChargebackWon,
    RecordFreezeLifted,
    RepaymentPayment,
    RetryRepayment,
    Taking,
)
from holdfast.settlement.received import AssignReceipt, Receipt, Target


def waiting(home: Home, key: str, percent: int) -> list[Command]:
    """Return what a person may answer, or the provider say, of money that is with the wrong person."""
    chosen: list[Command] = []

    def of(amount: int) -> int:
        return max(1, amount * percent // 100)

    for doubt in home.rows(Doubt):
        if doubt.state is DoubtState.OPEN:
            chosen.append(ConfirmDoubt(doubt_id=doubt.id, debit_id=key))
            chosen.append(DismissDoubt(doubt_id=doubt.id, reason="told twice"))
    owed = [row.id for row in home.rows(OwedBack) if row.owed_minor]
    for receipt in home.rows(Receipt):
        if receipt.left_minor:
            targets = [(Target.DEPOSIT, "m1"), (Target.DEBT, "m1"), (Target.SENDER, "a bank")]
            targets += [(Target.ORDER, order.id) for order in home.rows(Order)]
            targets += [(Target.OWED_BACK, owed_id) for owed_id in owed]
            part = of(receipt.left_minor)
            chosen += [
                AssignReceipt(receipt_id=receipt.id, to=to, target_id=target_id, amount_minor=part)
                for to, target_id in targets
            ]
    for payment in home.rows(RepaymentPayment):
        paid = ConfirmRepayment(repayment_id=payment.repayment_id, payment_id=payment.id)
        part = of(payment.asked_minor)
        fails = FailRepayment(repayment_id=payment.repayment_id, payment_id=payment.id, reason="closed")
        chosen += [paid, replace(paid, amount_minor=part), replace(paid, amount_minor=3 * part)]
        chosen += [fails, replace(fails, amount_minor=part)]
        chosen += [replace(each, amount_minor=part, currency="JPY") for each in (paid, fails)]
        chosen.append(RetryRepayment(repayment_id=payment.repayment_id))
    for taking in home.rows(Taking):
        if taking.kind is Loss.CHARGEBACK:
            told = taking.id.partition("/")[2]
            chosen.append(RecordChargebackWon(chargeback_id=told, amount_minor=of(taking.amount_minor)))
    for row in home.rows(Freeze):
        open_minor = of(row.frozen_minor + row.missing_minor)
        chosen.append(RecordFreezeLifted(freeze_id=row.id, document="(2026) 5", amount_minor=open_minor))
    return chosen
