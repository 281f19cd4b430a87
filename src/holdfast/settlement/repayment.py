"""A consumer's own money, back to the consumer: debited beyond what was owed, or a refund that came back.

It stands on the consumer's credit from when it is known until the provider confirms that it was paid back.
"""

from msgspec.structs import replace

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.ledger import book, chart
from holdfast.orders.handlers import find
from holdfast.orders.model import Order
from holdfast.parties.rules import check_id
from holdfast.settlement.facts import (
    DebitedBeyond,
    RefundReturned,
    RepaymentAsked,
    RepaymentConfirmed,
    RepaymentFailed,
)
from holdfast.settlement.otherwise import (
    REPAYMENT_TRANSITIONS,
    ConfirmRepayment,
    FailRepayment,
    RecordRefundReturned,
    Repayment,
    RepaymentState,
    RetryRepayment,
    Why,
)
from holdfast.settlement.refusals import RepaymentNotAsked, TakingRecorded
from holdfast.settlement.told import check_told

REPAYMENT = "repayment"
"""The reason of a repayment's hold."""


def begin(
    desk: Desk,
    order: Order,
    amount_minor: int,
    why: Why,
    now: Instant,
    transfer_id: str | None,
    debit_id: str,
) -> list[FactBody]:
    """Put what the provider took beyond what is owed on the consumer's credit, and have it paid back."""
    _credit(desk, order, amount_minor, now, "debited beyond what is owed", transfer_id)
    row = _row(order, desk.ids.new(now), amount_minor, why, now)
    beyond = DebitedBeyond(
        **_subjects(row), repayment_id=row.id, amount_minor=amount_minor, why=why, debit_id=debit_id
    )
    return [beyond, *_ask(desk, row, now)]


def returned(desk: Desk, command: RecordRefundReturned, now: Instant) -> list[FactBody]:
    """What had been paid to the consumer came back: it waits, on its credit, for another account."""
    where = f"repayment:{command.repayment_id}"
    check_id("repayment_id", command.repayment_id)
    known = desk.find(Repayment, command.repayment_id)
    if known is not None:
        raise TakingRecorded(where, amount=known.amount_minor)
    order, _ = find(desk, command.order_id)
    check_told(where, command.amount_minor, command.currency, order.currency)
    _credit(desk, order, command.amount_minor, now, "refund returned", None)
    row = _row(order, command.repayment_id, command.amount_minor, Why.RETURNED, now)
    desk.put(row)
    return [_came_back(row, command.reason)]


def confirm(desk: Desk, command: ConfirmRepayment, now: Instant) -> list[FactBody]:
    """The consumer has its money, be it that the payment was thought to have failed."""
    row = _paying(desk, command.repayment_id, command.payment_id)
    state = _step(row, "ConfirmRepayment")
    check_told(f"repayment:{row.id}", None, command.currency, row.currency)
    if row.state is RepaymentState.ASKED:
        book.post_hold(desk, command.payment_id, None, now)
    else:
        credit_id, psp_id = _accounts(row)
        book.post(desk, credit_id, psp_id, row.amount_minor, now, REPAYMENT, order_id=row.order_id)
    desk.put(replace(row, state=state))
    return [
        RepaymentConfirmed(
            **_subjects(row),
            repayment_id=row.id,
            payment_id=command.payment_id,
            amount_minor=row.amount_minor,
        )
    ]


def fail(desk: Desk, command: FailRepayment, now: Instant) -> list[FactBody]:
    """The consumer does not have its money, be it that it was thought to: it waits for another account."""
    row = _paying(desk, command.repayment_id, command.payment_id)
    state = _step(row, "FailRepayment")
    if row.state is RepaymentState.PAID:
        credit_id, psp_id = _accounts(row)
        book.post(desk, psp_id, credit_id, row.amount_minor, now, "refund returned", order_id=row.order_id)
        desk.put(replace(row, state=state, payment_id=None))
        return [_came_back(row, command.reason)]
    book.end_hold(desk, command.payment_id, "VoidHold")
    desk.put(replace(row, state=state))
    return [
        RepaymentFailed(
            **_subjects(row),
            repayment_id=row.id,
            payment_id=command.payment_id,
            amount_minor=row.amount_minor,
            reason=command.reason,
        )
    ]


def _came_back(row: Repayment, reason: str) -> RefundReturned:
    return RefundReturned(**_subjects(row), repayment_id=row.id, amount_minor=row.amount_minor, reason=reason)


def retry(desk: Desk, command: RetryRepayment, now: Instant) -> list[FactBody]:
    """Have the provider pay again, to the account that the consumer has named to it since."""
    row = desk.need(Repayment, command.repayment_id)
    _step(row, "RetryRepayment")
    return _ask(desk, row, now, command.by)


def _step(row: Repayment, event: str) -> RepaymentState:
    return advance(REPAYMENT_TRANSITIONS, row.state, event, f"repayment:{row.id}")


def _paying(desk: Desk, repayment_id: str, payment_id: str) -> Repayment:
    row = desk.need(Repayment, repayment_id)
    if row.payment_id != payment_id:
        raise RepaymentNotAsked(f"repayment:{row.id}", payment=payment_id, current=row.payment_id or "none")
    return row


def _accounts(of: Order | Repayment) -> tuple[str, str]:
    """Return the consumer's credit, and the provider's account."""
    credit_id = chart.consumer(of.consumer_id, of.currency, chart.CREDIT)
    return credit_id, chart.house(chart.PSP, of.currency)


def _credit(
    desk: Desk, order: Order, amount_minor: int, now: Instant, reason: str, transfer_id: str | None
) -> None:
    credit_id, psp_id = _accounts(order)
    book.post(desk, psp_id, credit_id, amount_minor, now, reason, order_id=order.id, transfer_id=transfer_id)


def _row(order: Order, repayment_id: str, amount_minor: int, why: Why, now: Instant) -> Repayment:
    return Repayment(
        id=repayment_id,
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        currency=order.currency,
        amount_minor=amount_minor,
        why=why,
        state=RepaymentState.BOUNCED,
        since=now,
    )


def _ask(desk: Desk, row: Repayment, now: Instant, by: str = "") -> list[FactBody]:
    credit_id, psp_id = _accounts(row)
    hold = book.hold(desk, credit_id, psp_id, row.amount_minor, now, REPAYMENT, order_id=row.order_id)
    desk.put(replace(row, state=RepaymentState.ASKED, payment_id=hold.id))
    return [
        RepaymentAsked(
            **_subjects(row),
            repayment_id=row.id,
            payment_id=hold.id,
            currency=row.currency,
            amount_minor=row.amount_minor,
            by=by,
        )
    ]


def _subjects(row: Repayment) -> dict[str, str]:
    return {"order_id": row.order_id, "merchant_id": row.merchant_id, "consumer_id": row.consumer_id}
