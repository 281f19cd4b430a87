"""Receipts (待认领款项): money that names nothing known, until a person assigns it; the provider's fees.

A receipt has an account of its own, and the id of its posting is a debit's: so that the same money is not
recorded once as a receipt and once as a debit.
"""

from msgspec.structs import replace

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.money import CurrencyMismatch
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book, chart
from holdfast.ledger.model import Transfer
from holdfast.orders.book import find
from holdfast.parties.model import Merchant
from holdfast.parties.rules import check_currency, check_id
from holdfast.settlement import capture, deposits, owed_back
from holdfast.settlement.model import PayDeposit, RecordCapture, RecordRecovery
from holdfast.settlement.otherwise import OwedBack
from holdfast.settlement.otherwise_facts import (
    OwedBackReturned,
    ProviderFeeTaken,
    ReceiptAssigned,
    ReceiptRecorded,
)
from holdfast.settlement.received import (
    AssignReceipt,
    Receipt,
    RecordProviderFee,
    RecordUnassigned,
    Target,
)
from holdfast.settlement.refusals import FeeRecorded, ReceiptNotLeft, TakingRecorded, ToldAmount


def record(desk: Desk, command: RecordUnassigned, now: Instant) -> list[FactBody]:
    """Take in money that nobody can assign yet.

    Raises:
        ToldAmount: the amount is not above zero.
        TakingRecorded: the money is in the books, as a receipt or as a debit.
    """
    where = f"receipt:{command.receipt_id}"
    check_id("receipt_id", command.receipt_id)
    check_currency(command.currency)
    if command.amount_minor <= 0:
        raise ToldAmount(where, amount=command.amount_minor)
    known = desk.find(Transfer, chart.capture(command.receipt_id))
    if known is not None:
        raise TakingRecorded(where, amount=known.amount_minor)
    return keep(desk, command.receipt_id, command.currency, command.amount_minor, command.reference, now)


def keep(
    desk: Desk, receipt_id: str, currency: str, amount_minor: int, reference: str, now: Instant
) -> list[FactBody]:
    """Book money that came in on the account of receipts that are not assigned."""
    psp_id, unassigned_id = chart.house(chart.PSP, currency), chart.house(chart.UNASSIGNED, currency)
    transfer_id = chart.capture(receipt_id)
    book.post(desk, psp_id, unassigned_id, amount_minor, now, "not assigned", transfer_id=transfer_id)
    desk.add(
        Receipt(
            id=receipt_id,
            currency=currency,
            amount_minor=amount_minor,
            left_minor=amount_minor,
            reference=reference,
            since=now,
        )
    )
    return [
        ReceiptRecorded(
            receipt_id=receipt_id, currency=currency, amount_minor=amount_minor, reference=reference
        )
    ]


def assign(desk: Desk, command: AssignReceipt, now: Instant) -> list[FactBody]:
    """Book a receipt as the money that a person found it to be: it leaves the account of receipts.

    Raises:
        ReceiptNotLeft: less is left of the receipt, or less is owed back, than the amount.
        CurrencyMismatch: the merchant's money, or the debt, is in another currency.
    """
    row = desk.need(Receipt, command.receipt_id)
    amount = row.left_minor if command.amount_minor is None else command.amount_minor
    where = f"receipt:{row.id}"
    if not 0 < amount <= row.left_minor:
        raise ReceiptNotLeft(where, left=row.left_minor, asked=amount)
    left = row.left_minor - amount
    desk.put(replace(row, left_minor=left), row)
    unassigned_id, psp_id = chart.house(chart.UNASSIGNED, row.currency), chart.house(chart.PSP, row.currency)
    book.post(desk, unassigned_id, psp_id, amount, now, f"assigned to {command.to}")
    assigned = ReceiptAssigned(
        receipt_id=row.id,
        to=command.to,
        target_id=command.target_id,
        currency=row.currency,
        amount_minor=amount,
        left_minor=left,
    )
    return [assigned, *_as_target(desk, command, row, amount, now)]


def _as_target(desk: Desk, command: AssignReceipt, row: Receipt, amount: int, now: Instant) -> list[FactBody]:
    """Take in the money once more, under its target."""
    target_id, currency = command.target_id, row.currency
    match command.to:
        case Target.ORDER:
            order, policy = find(desk, target_id)
            debit = RecordCapture(order_id=order.id, amount_minor=amount, currency=currency, debit_id=row.id)
            return capture.book_capture(desk, order, policy, debit, now, None)
        case Target.DEPOSIT:
            _check_same(desk.need(Merchant, target_id).currency, row)
            return deposits.pay(desk, PayDeposit(merchant_id=target_id, amount_minor=amount), now)
        case Target.DEBT:
            _check_same(desk.need(Merchant, target_id).currency, row)
            recovery = RecordRecovery(merchant_id=target_id, amount_minor=amount, source=row.reference)
            return deposits.record_recovery(desk, recovery, now)
        case Target.OWED_BACK:
            return _given_back(desk, desk.need(OwedBack, target_id), row, amount, now)
        case Target.SENDER:
            return []


def _check_same(currency: str, row: Receipt) -> None:
    if currency != row.currency:
        raise CurrencyMismatch(f"receipt:{row.id}", left=row.currency, right=currency)


def _given_back(desk: Desk, owed: OwedBack, row: Receipt, amount: int, now: Instant) -> list[FactBody]:
    _check_same(owed.currency, row)
    if amount > owed.owed_minor:
        raise ReceiptNotLeft(f"receipt:{row.id}", left=owed.owed_minor, asked=amount)
    owed_back.given(desk, owed, chart.house(chart.PSP, row.currency), amount, now, "given back")
    return [
        OwedBackReturned(
            owed_back_id=owed.id,
            merchant_id=owed.merchant_id,
            order_id=owed.order_id,
            consumer_id=owed.consumer_id,
            currency=owed.currency,
            amount_minor=amount,
            owed_minor=owed.owed_minor - amount,
        )
    ]


def take_fee(desk: Desk, command: RecordProviderFee, now: Instant) -> list[FactBody]:
    """Book a fee that the provider kept for itself: the platform bears it, whatever order it names.

    Raises:
        ToldAmount: the amount is not above zero.
        FeeRecorded: the fee with this id is in the books.
    """
    where = f"fee:{command.fee_id}"
    check_id("fee_id", command.fee_id)
    check_currency(command.currency)
    if command.amount_minor <= 0:
        raise ToldAmount(where, amount=command.amount_minor)
    transfer_id = chart.fee(command.fee_id)
    known = desk.find(Transfer, transfer_id)
    if known is not None:
        raise FeeRecorded(where, amount=known.amount_minor)
    fees_id = chart.house(chart.PROVIDER_FEES, command.currency)
    psp_id = chart.house(chart.PSP, command.currency)
    book.post(
        desk,
        fees_id,
        psp_id,
        command.amount_minor,
        now,
        "provider's fee",
        order_id=command.order_id,
        transfer_id=transfer_id,
    )
    return [
        ProviderFeeTaken(
            fee_id=command.fee_id,
            order_id=command.order_id,
            currency=command.currency,
            amount_minor=command.amount_minor,
            what=command.what,
        )
    ]
