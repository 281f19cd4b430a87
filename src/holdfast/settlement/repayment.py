"""Repayments (退还): a consumer's own money goes back: debited beyond its debt, or a refund that bounced.

It stands on the consumer's credit from when it is known until the provider confirms that it was paid back.
The consumer owes back whatever the provider pays beyond that; money that then comes back settles this first.
"""

from msgspec.structs import replace

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.ledger import book, chart
from holdfast.ledger.model import Hold, HoldState
from holdfast.orders.book import find
from holdfast.orders.facts import AnswerOverdue, Question
from holdfast.orders.model import Order
from holdfast.parties.book import new_id
from holdfast.parties.rules import check_id_within
from holdfast.policy.model import adopted
from holdfast.settlement import owed_back
from holdfast.settlement.otherwise import (
    BOUNCED_REPAYMENTS,
    REPAYMENT_TRANSITIONS,
    ConfirmRepayment,
    FailRepayment,
    PaidOtherwise,
    RecordRefundReturned,
    Repayment,
    RepaymentPayment,
    RepaymentState,
    RetryRepayment,
    Why,
)
from holdfast.settlement.otherwise_facts import (
    DebitedBeyond,
    RefundReturned,
    RepaymentAsked,
    RepaymentConfirmed,
    RepaymentFailed,
)
from holdfast.settlement.refusals import NOTHING, RepaymentNotAsked, TakingRecorded, ToldAmount
from holdfast.settlement.told import is_in_another

REPAYMENT = "repayment"
"""The reason of a repayment's hold."""

_PAGE = 50


def begin(
    desk: Desk,
    order: Order,
    amount_minor: int,
    why: Why,
    now: Instant,
    transfer_id: str | None,
    debit_id: str,
    currency: str = "",
) -> list[FactBody]:
    """Put an amount that the provider took beyond the debt on the consumer's credit, and have it paid back.

    `currency` is given where it is another than the order's.
    """
    row = _new(order, new_id(desk, order.merchant_id, now), amount_minor, why, now, currency)
    reason = "debited beyond what is owed"
    credit_id, psp_id = _accounts(row)
    book.post(desk, psp_id, credit_id, amount_minor, now, reason, order_id=order.id, transfer_id=transfer_id)
    beyond = DebitedBeyond(
        **_subjects(row),
        repayment_id=row.id,
        amount_minor=amount_minor,
        why=why,
        debit_id=debit_id,
        currency=currency,
    )
    return [beyond, *_ask(desk, row, None, now)]


def give(desk: Desk, order: Order, amount_minor: int, currency: str, now: Instant) -> list[FactBody]:
    """Pay a consumer the part of a won chargeback that is its own."""
    if not amount_minor:
        return []
    row = _new(order, new_id(desk, order.merchant_id, now), amount_minor, Why.WON, now, currency)
    credit_id, psp_id = _accounts(row)
    book.post(desk, psp_id, credit_id, amount_minor, now, "chargeback won", order_id=order.id)
    return _ask(desk, row, None, now)


def returned(desk: Desk, command: RecordRefundReturned, now: Instant) -> list[FactBody]:
    """Money that had been paid to the consumer came back: it waits, on its credit, for another account.

    An amount that the consumer had got twice of the order is settled by it first.
    """
    where = f"repayment:{command.repayment_id}"
    order, _ = find(desk, command.order_id)
    check_id_within("repayment_id", command.repayment_id, order.merchant_id)
    known = desk.find(Repayment, command.repayment_id)
    if known is not None:
        raise TakingRecorded(where, amount=known.amount_minor)
    other = is_in_another(where, command.amount_minor, command.currency, order.currency)
    currency = command.currency if other else ""
    row = _new(order, command.repayment_id, command.amount_minor, Why.RETURNED, now, currency)
    settled = _come_back(desk, row, command.amount_minor, now)
    row = replace(row, paid_minor=settled)
    desk.put(replace(row, state=RepaymentState.BOUNCED if row.left_minor else RepaymentState.PAID), None)
    return [_returned(row, command.amount_minor, command.reason, row.currency, settled)]


def _come_back(desk: Desk, row: Repayment, amount_minor: int, now: Instant) -> int:
    """Take in money that came back from a consumer's bank; return the part that settled its debt."""
    credit_id, psp_id = _accounts(row)
    owed = owed_back.of_consumer(desk, row, row.currency, now)
    settled = owed_back.given(desk, owed, psp_id, amount_minor, now, "paid twice, returned")
    if rest := amount_minor - settled:
        book.post(desk, psp_id, credit_id, rest, now, "refund returned", order_id=row.order_id)
    return settled


def confirm(desk: Desk, command: ConfirmRepayment, now: Instant) -> list[FactBody]:
    """The consumer has its money, in full or in part, or more; also by a payment that had failed.

    The platform has paid whatever goes beyond the amount that was still due, and the consumer owes it back:
    also where a newer payment is on its way, which settles that should it fail.
    """
    row, payment = _paying(desk, command.repayment_id, command.payment_id)
    where = f"repayment:{row.id}"
    if is_in_another(where, command.amount_minor, command.currency, row.currency):
        return _paid_in_another(desk, row, command, now)
    open_minor = payment.asked_minor - payment.paid_minor
    if open_minor <= 0:
        raise _not_asked(row, payment.id)
    told = open_minor if command.amount_minor is None else command.amount_minor
    hold = desk.need(Hold, payment.id)
    part = min(told, hold.open_minor)
    if part:
        book.post_hold(desk, hold.id, part, now)
    free = min(told - part, row.left_minor - part - _pending(desk, row))
    if free:
        credit_id, psp_id = _accounts(row)
        book.post(desk, credit_id, psp_id, free, now, REPAYMENT, order_id=row.order_id)
    beyond = told - part - free
    owed = owed_back.of_consumer(desk, row, row.currency, now)
    owed_back.paid(desk, owed, beyond, now, "repaid beyond what was the consumer's")
    desk.put(replace(payment, paid_minor=payment.paid_minor + told), payment)
    _put(desk, row, part + free)
    return [_confirmed(row, payment.id, told, row.currency, beyond)]


def _pending(desk: Desk, row: Repayment) -> int:
    """Return the amount that is reserved for the newest payment of a repayment, in minor units."""
    hold = None if row.payment_id is None else desk.need(Hold, row.payment_id)
    return 0 if hold is None or hold.state is not HoldState.PENDING else hold.open_minor


def _put(desk: Desk, row: Repayment, paid_minor: int) -> None:
    """Add `paid_minor` to a repayment, and give it the state that its sums say: paid, asked or bounced."""
    after = replace(row, paid_minor=row.paid_minor + paid_minor)
    event = "ConfirmRepayment" if not after.left_minor else "FailRepayment"
    if after.left_minor and row.state is RepaymentState.ASKED and _pending(desk, row):
        event = "on_its_way"
    state = _step(row, event)
    if state is not RepaymentState.ASKED:
        after = replace(after, asked_at=None, wake_at=None)
    desk.put(replace(after, state=state), row)


def _paid_in_another(desk: Desk, row: Repayment, command: ConfirmRepayment, now: Instant) -> list[FactBody]:
    """The provider paid in a currency that nobody asked for: that is owed back; the payment stays asked."""
    key = f"{command.payment_id}/{command.currency}"
    told = command.amount_minor or 0
    known = desk.find(PaidOtherwise, key)
    if known is not None and known.paid_minor:
        raise _not_asked(row, command.payment_id)
    _keep_otherwise(desk, row, key, command.currency, told, known)
    owed = owed_back.of_consumer(desk, row, command.currency, now)
    owed_back.paid(desk, owed, told, now, "repaid in another currency")
    return [_confirmed(row, command.payment_id, told, command.currency, told)]


def _keep_otherwise(
    desk: Desk, row: Repayment, key: str, currency: str, paid_minor: int, known: PaidOtherwise | None
) -> None:
    kept = PaidOtherwise(id=key, merchant_id=row.merchant_id, currency=currency, paid_minor=paid_minor)
    desk.put(kept, known)


def fail(desk: Desk, command: FailRepayment, now: Instant) -> list[FactBody]:
    """The consumer does not have its money, even if it was thought to: it waits for another account.

    Where an older payment reached the consumer meanwhile, so that it owed that back, this settles the debt.
    """
    row, payment = _paying(desk, command.repayment_id, command.payment_id)
    where = f"repayment:{row.id}"
    if is_in_another(where, command.amount_minor, command.currency, row.currency):
        return _returned_in_another(desk, row, command, now)
    hold = desk.need(Hold, payment.id)
    if hold.state is not HoldState.PENDING:
        return _returned_of(desk, row, payment, command, now)
    _, back = book.end_hold(desk, hold.id, "void")
    credit_id, _ = _accounts(row)
    owed = owed_back.of_consumer(desk, row, row.currency, now)
    settled = owed_back.given(desk, owed, credit_id, row.left_minor, now, "paid twice, settled")
    _put(desk, row, settled)
    return [
        RepaymentFailed(
            **_subjects(row),
            repayment_id=row.id,
            payment_id=payment.id,
            amount_minor=back,
            reason=command.reason,
            currency=row.currency,
            owed_back_minor=settled,
        )
    ]


def _returned_of(
    desk: Desk, row: Repayment, payment: RepaymentPayment, command: FailRepayment, now: Instant
) -> list[FactBody]:
    """The consumer's bank sent back a payment that had arrived, or a part of it."""
    if not payment.paid_minor:
        raise _not_asked(row, payment.id)
    back = payment.paid_minor if command.amount_minor is None else command.amount_minor
    if back > payment.paid_minor:
        raise ToldAmount(f"repayment:{row.id}", amount=back)
    desk.put(replace(payment, paid_minor=payment.paid_minor - back), payment)
    settled = _come_back(desk, row, back, now)
    again = min(back - settled, row.paid_minor)
    _put(desk, row, -again)
    if more := back - settled - again:  # given back before: that is the consumer's own once more
        desk.add(_again(row, new_id(desk, row.merchant_id, now), more, row.currency, now))
    return [_returned(row, back, command.reason, row.currency, settled)]


def _returned_in_another(desk: Desk, row: Repayment, command: FailRepayment, now: Instant) -> list[FactBody]:
    """A payment in a currency that nobody asked for came back."""
    key = f"{command.payment_id}/{command.currency}"
    known = desk.find(PaidOtherwise, key)
    back = command.amount_minor or 0
    if known is None or back > known.paid_minor:
        raise ToldAmount(f"repayment:{row.id}", amount=back)
    _keep_otherwise(desk, row, key, command.currency, known.paid_minor - back, known)
    other = _again(row, new_id(desk, row.merchant_id, now), back, command.currency, now)
    settled = _come_back(desk, other, back, now)
    if settled < back:
        desk.add(replace(other, paid_minor=settled))
    return [_returned(row, back, command.reason, command.currency, settled)]


def meet(desk: Desk, order: Order, currency: str, most_minor: int, now: Instant, reason: str) -> int:
    """Settle bounced repayments with money that the consumer got otherwise; return how much that was."""
    met = 0
    for repayment_id in desk.page(BOUNCED_REPAYMENTS, order.id, limit=_PAGE):
        row = desk.need(Repayment, repayment_id)
        part = min(row.left_minor, most_minor - met)
        if row.currency != currency or not part:
            continue
        met += part
        credit_id, psp_id = _accounts(row)
        book.post(desk, credit_id, psp_id, part, now, reason, order_id=order.id)
        _put(desk, row, part)
    return met


def retry(desk: Desk, command: RetryRepayment, now: Instant) -> list[FactBody]:
    """Have the provider pay again, to the account that the consumer has named to it since."""
    row = desk.need(Repayment, command.repayment_id)
    _step(row, "RetryRepayment")
    return _ask(desk, row, row, now)


def unanswered(desk: Desk, row: Repayment, now: Instant) -> list[FactBody]:
    """Report a repayment that is not answered in time. It stays asked: the money may be on its way."""
    assert row.payment_id is not None, f"{row.id}: nothing was asked for"
    desk.put(replace(row, wake_at=None), row)
    return [
        AnswerOverdue(
            **_subjects(row),
            question=Question.REPAYMENT,
            asked_id=row.payment_id,
            asked_at=row.asked_at or now,
            currency=row.currency,
            amount_minor=row.left_minor,
        )
    ]


def _step(row: Repayment, event: str) -> RepaymentState:
    return advance(REPAYMENT_TRANSITIONS, row.state, event, f"repayment:{row.id}")


def _paying(desk: Desk, repayment_id: str, payment_id: str) -> tuple[Repayment, RepaymentPayment]:
    """Return a repayment and one of its payments, the newest or an older one."""
    row = desk.need(Repayment, repayment_id)
    payment = desk.find(RepaymentPayment, payment_id)
    if payment is None or payment.repayment_id != row.id:
        raise _not_asked(row, payment_id)
    return row, payment


def _not_asked(row: Repayment, payment_id: str) -> RepaymentNotAsked:
    return RepaymentNotAsked(f"repayment:{row.id}", payment=payment_id, current=row.payment_id or NOTHING)


def _accounts(row: Repayment) -> tuple[str, str]:
    """Return the consumer's credit, and the provider's account."""
    return chart.consumer(row.consumer_id, row.currency, chart.CREDIT), chart.house(chart.PSP, row.currency)


def _new(
    order: Order, repayment_id: str, amount_minor: int, why: Why, now: Instant, currency: str
) -> Repayment:
    return Repayment(
        id=repayment_id,
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        currency=currency or order.currency,
        amount_minor=amount_minor,
        why=why,
        state=RepaymentState.BOUNCED,
        since=now,
    )


def _again(row: Repayment, repayment_id: str, amount_minor: int, currency: str, now: Instant) -> Repayment:
    """Return a new repayment for money that came back of another, beyond what that one had still to bring."""
    return replace(
        row,
        id=repayment_id,
        currency=currency,
        amount_minor=amount_minor,
        paid_minor=0,
        why=Why.RETURNED,
        state=RepaymentState.BOUNCED,
        since=now,
        payment_id=None,
        asked_at=None,
        wake_at=None,
    )


def _ask(desk: Desk, row: Repayment, was: Repayment | None, now: Instant) -> list[FactBody]:
    """Ask the provider to pay. `was` is the row as it stood; None where the repayment begins."""
    credit_id, psp_id = _accounts(row)
    left = row.left_minor
    payment_id = new_id(desk, row.merchant_id, now)
    # A payment cannot be called back: the hold keeps the amount from being paid a second time, and each
    # payment has an id of its own, so that a late answer to an older one is told apart.
    hold = book.hold(desk, credit_id, psp_id, left, now, REPAYMENT, order_id=row.order_id, hold_id=payment_id)
    desk.add(RepaymentPayment(id=hold.id, repayment_id=row.id, asked_minor=left, paid_minor=0))
    answer_by = now + adopted(desk, desk.policy_version).repayment_answer_within
    asked = replace(row, state=RepaymentState.ASKED, payment_id=hold.id, asked_at=now, wake_at=answer_by)
    if was is None:
        desk.add(asked)
    else:
        desk.put(asked, was)
    return [
        RepaymentAsked(
            **_subjects(row),
            repayment_id=row.id,
            payment_id=hold.id,
            currency=row.currency,
            amount_minor=left,
        )
    ]


def _confirmed(
    row: Repayment, payment_id: str, amount_minor: int, currency: str, owed_back_minor: int
) -> RepaymentConfirmed:
    return RepaymentConfirmed(
        **_subjects(row),
        repayment_id=row.id,
        payment_id=payment_id,
        amount_minor=amount_minor,
        currency=currency,
        owed_back_minor=owed_back_minor,
    )


def _returned(
    row: Repayment, amount_minor: int, reason: str, currency: str, owed_back_minor: int
) -> RefundReturned:
    return RefundReturned(
        **_subjects(row),
        repayment_id=row.id,
        amount_minor=amount_minor,
        reason=reason,
        currency=currency,
        owed_back_minor=owed_back_minor,
    )


def _subjects(row: Repayment) -> dict[str, str]:
    return {"order_id": row.order_id, "merchant_id": row.merchant_id, "consumer_id": row.consumer_id}
