"""The debit (代扣): asked for when the trial is over and the notice was sent; then the provider's answer."""

from holdfast.coverage.book import Added, adjust
from holdfast.coverage.rules import release_at
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book, chart
from holdfast.ledger.model import Transfer
from holdfast.orders import rules
from holdfast.orders.book import find, save
from holdfast.orders.facts import OrderDelivered, ServicePerformed
from holdfast.orders.model import Order, OrderState, Timer
from holdfast.parties.book import free
from holdfast.parties.rules import check_currency, check_id
from holdfast.policy.model import Policy, adopted
from holdfast.settlement import doubts, repayment
from holdfast.settlement.book import settle_receivable
from holdfast.settlement.facts import (
    CaptureAsked,
    CaptureFailed,
    OrderCaptured,
    OrderWrittenOff,
    ProceedsAdvanced,
    RestCaptured,
)
from holdfast.settlement.model import RecordCapture, RecordCaptureFailure
from holdfast.settlement.otherwise import ConfirmDoubt, Why
from holdfast.settlement.otherwise_facts import DoubtConfirmed
from holdfast.settlement.refusals import CaptureNotAsked, CaptureOfNoOrder, CaptureRecorded
from holdfast.settlement.release import release, release_after_end
from holdfast.settlement.told import is_in_another


def held_account(order: Order) -> str:
    """Return the account on which the order's proceeds are held."""
    return chart.merchant(order.merchant_id, chart.HELD, order.currency)


def ask(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Tell the provider to debit the consumer."""
    state = rules.step(order, Timer.CAPTURE)
    save(desk, order, policy, state=state, capture_asked_at=now, capture_asked_minor=order.owed_minor)
    return [
        # A debit cannot be called back. The trial is over and the notice was sent; a claim would have stopped
        # it, where policy says so. `capture_asked_at` has it asked once; from here on only the provider says
        # whether money moved.
        CaptureAsked(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            amount_minor=order.owed_minor,
        )
    ]


def record(desk: Desk, command: RecordCapture, now: Instant) -> list[FactBody]:
    """The provider reports a debit: as much as is owed is the order's, the rest goes back to the consumer.

    Money that moved is recorded whatever has happened meanwhile: where a claim was opened it is then paid
    from it; where the order ended, or was debited before, the consumer gets it back. A report that answers no
    request of ours and has no id may be a repetition: it becomes a doubt, and a person finds out.

    Raises:
        CaptureOfNoOrder: there is no order with this id.
        CaptureNotAsked: nothing was asked for, and the report names no amount.
        CaptureRecorded: the debit with this id is in the books.
        ToldOtherwise, ToldAmount: no money can have moved as the report says.
    """
    if desk.find(Order, command.order_id) is None:
        raise CaptureOfNoOrder(f"order:{command.order_id}")
    order, policy = find(desk, command.order_id)
    where = f"order:{order.id}"
    currency, amount = command.currency, command.amount_minor
    if currency and currency != order.currency and amount is None and not command.debit_id:
        check_currency(currency)
        return doubts.keep(desk, order, 0, currency, now)
    other = is_in_another(where, amount, currency, order.currency)
    answer_id = (
        chart.capture(f"{order.id} {currency}") if other else None
    )  # with a space: none of a provider's
    if command.debit_id:
        transfer_id = check_new_capture(desk, order, command.debit_id)
    elif _answers(desk, order, answer_id):
        transfer_id = answer_id
    else:
        asked = order.capture_asked_minor or order.owed_minor if amount is None else amount
        return doubts.keep(desk, order, asked, currency or order.currency, now)
    return book_capture(desk, order, policy, command, now, transfer_id)


def book_capture(
    desk: Desk, order: Order, policy: Policy, command: RecordCapture, now: Instant, transfer_id: str | None
) -> list[FactBody]:
    """Book a debit that moved. One in another currency than the order's is the consumer's own, and goes back.

    The debit that was asked for in the order's currency then stays asked: the consumer is not overdue with
    what it paid in another one, and is not debited again by itself.
    """
    if command.currency and command.currency != order.currency:
        told = command.amount_minor or 0
        return repayment.begin(
            desk, order, told, Why.CURRENCY, now, transfer_id, command.debit_id, command.currency
        )
    state = rules.step(order, "RecordCapture")
    asked = order.capture_asked_minor if order.captured_at is None else order.owed_minor
    taken = asked if command.amount_minor is None else command.amount_minor
    if not taken:
        raise CaptureNotAsked(f"order:{order.id}")
    due = 0 if order.capture_asked_at is None else min(taken, order.owed_minor)
    facts: list[FactBody] = []
    if due:
        take = _captured if order.captured_at is None else _captured_rest
        facts += take(desk, order, policy, state, due, now, transfer_id)
        transfer_id = None
    if beyond := taken - due:
        why = _why(order, due)
        order = desk.need(Order, order.id)
        facts += repayment.begin(desk, order, beyond, why, now, transfer_id, command.debit_id)
        captured, awarded = order.captured_minor + beyond, order.awarded_minor + beyond
        save(desk, order, policy, captured_minor=captured, awarded_minor=awarded)
    return facts


def _answers(desk: Desk, order: Order, answer_id: str | None) -> bool:
    """Tell whether a debit without an id answers the request: once, and once in another currency."""
    if order.capture_asked_at is None or (order.captured_minor and not order.owed_minor):
        return False
    return answer_id is None or desk.find(Transfer, answer_id) is None


def check_new_capture(desk: Desk, order: Order, debit_id: str) -> str:
    """Return the id of the transfer that books a provider's debit.

    Raises:
        CaptureRecorded: the debit is booked already.
    """
    check_id("debit_id", debit_id)
    transfer_id = chart.capture(debit_id)
    if desk.find(Transfer, transfer_id) is not None:
        raise CaptureRecorded(f"order:{order.id}")
    return transfer_id


def confirm_doubt(desk: Desk, command: ConfirmDoubt, now: Instant) -> list[FactBody]:
    """Record a debit that was in doubt: with the id that a person has found, it is booked once only.

    Raises:
        CaptureRecorded: the debit with this id is in the books: then the doubt is to be dismissed.
    """
    row = doubts.answered(desk, command.doubt_id, "ConfirmDoubt")
    order, policy = find(desk, row.order_id)
    transfer_id = check_new_capture(desk, order, command.debit_id)
    amount = row.amount_minor if command.amount_minor is None else command.amount_minor
    is_in_another(f"doubt:{row.id}", amount, row.currency, order.currency)
    whole = RecordCapture(
        order_id=order.id, amount_minor=amount, currency=row.currency, debit_id=command.debit_id
    )
    confirmed = DoubtConfirmed(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        doubt_id=row.id,
        debit_id=command.debit_id,
    )
    return [confirmed, *book_capture(desk, order, policy, whole, now, transfer_id)]


def _why(order: Order, due_minor: int) -> Why:
    if due_minor:
        return Why.OVER
    if order.capture_asked_at is None:
        return Why.UNASKED
    return Why.DOUBLED if order.captured_minor else Why.LATE


def _captured(
    desk: Desk,
    order: Order,
    policy: Policy,
    state: OrderState,
    amount: int,
    now: Instant,
    transfer_id: str | None,
) -> list[FactBody]:
    """Hold the proceeds of a first debit and cover its window of claims; the amount not taken is overdue.

    A debit that comes late leaves the same time to claim after it as one that came at the end of the trial.
    """
    rest = order.owed_minor - amount
    fresh = _take(desk, order, amount, now, transfer_id)
    if rest and order.overdue_at is None:
        owed_id = chart.consumer(order.consumer_id, order.currency)
        receivables_id = chart.house(chart.RECEIVABLES, order.currency)
        book.post(desk, owed_id, receivables_id, rest, now, "overdue", order_id=order.id)
    ends = max(order.window_ends_at or now, now + policy.claim_window - policy.trial)
    save(
        desk,
        order,
        policy,
        state=state,
        owed_minor=rest,
        captured_at=now,
        captured_minor=order.captured_minor + amount,
        advanced_minor=order.advanced_minor - (amount - fresh),
        held_minor=order.held_minor + fresh,
        exposed_minor=order.exposed_minor + fresh,
        window_ends_at=ends,
        release_at=release_at(policy.release, now, order.delivered_at or now, ends),
        overdue_at=(order.overdue_at or now) if rest else order.overdue_at,
    )
    captured = OrderCaptured(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        amount_minor=amount,
        held_minor=order.held_minor + fresh,
        window_ends_at=ends,
        owed_minor=rest,
    )
    return [
        captured,
        *adjust(desk, order.merchant_id, now, Added(exposure=fresh, cover=fresh, captured=amount)),
    ]


def _captured_rest(
    desk: Desk,
    order: Order,
    policy: Policy,
    state: OrderState,
    amount: int,
    now: Instant,
    transfer_id: str | None,
) -> list[FactBody]:
    """Hold the proceeds of a later debit; where the window has closed meanwhile, release them."""
    fresh = _take(desk, order, amount, now, transfer_id)
    exposed = fresh if state is OrderState.CAPTURED else 0
    more = save(
        desk,
        order,
        policy,
        owed_minor=order.owed_minor - amount,
        captured_minor=order.captured_minor + amount,
        advanced_minor=order.advanced_minor - (amount - fresh),
        held_minor=order.held_minor + fresh,
        exposed_minor=order.exposed_minor + exposed,
    )
    facts = adjust(desk, order.merchant_id, now, Added(exposure=exposed, cover=fresh, captured=amount))
    if state is OrderState.COMPLETED:
        facts += release_after_end(desk, more, policy, now)
    rest = RestCaptured(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        amount_minor=amount,
        owed_minor=order.owed_minor - amount,
        fresh_minor=fresh,
        exposed_minor=exposed,
    )
    return [rest, *facts]


def _take(desk: Desk, order: Order, amount: int, now: Instant, transfer_id: str | None) -> int:
    """Book a debit on what is owed; return the part of it, in minor units, that no advance was paid on."""
    psp_id = chart.house(chart.PSP, order.currency)
    to_id = _where_to(order)
    book.post(desk, psp_id, to_id, amount, now, "capture", order_id=order.id, transfer_id=transfer_id)
    settle_receivable(desk, order, amount, now, "overdue settled")
    free(desk, order.consumer_id, amount)
    return 0 if order.advanced_minor else amount


def _where_to(order: Order) -> str:
    """Return the account that a debit goes to: the merchant's, or the platform's that has paid ahead.

    An advance that was written off is no claim of the platform's any more: a debit after that covers the
    order's own window first.
    """
    return chart.house(chart.ADVANCES, order.currency) if order.advanced_minor else held_account(order)


def record_failure(desk: Desk, command: RecordCaptureFailure, now: Instant) -> list[FactBody]:
    """The debit failed: the order is overdue, and the consumer owes it by name."""
    order, policy = find(desk, command.order_id)
    state = rules.step(order, "RecordCaptureFailure")
    if order.capture_asked_at is None:
        raise CaptureNotAsked(f"order:{order.id}")
    book.post(
        desk,
        chart.consumer(order.consumer_id, order.currency),
        chart.house(chart.RECEIVABLES, order.currency),
        order.owed_minor,
        now,
        "overdue",
        order_id=order.id,
    )
    save(desk, order, policy, state=state, overdue_at=now)
    return [
        CaptureFailed(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            amount_minor=order.owed_minor,
            reason=command.reason,
        )
    ]


def advance(desk: Desk, fact: OrderDelivered | ServicePerformed, now: Instant) -> list[FactBody]:
    """Pay an order's proceeds before the consumer does, where policy says so; they are held."""
    order = desk.need(Order, fact.order_id)
    policy = adopted(desk, order.policy_version)
    if not policy.advance_on_delivery:
        return []
    amount = order.owed_minor
    book.post(
        desk,
        chart.house(chart.ADVANCES, order.currency),
        held_account(order),
        amount,
        now,
        "advance",
        order_id=order.id,
    )
    save(desk, order, policy, advanced_minor=amount, held_minor=amount, exposed_minor=amount)
    facts = adjust(desk, order.merchant_id, now, Added(exposure=amount, cover=amount))
    advanced = ProceedsAdvanced(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        amount_minor=amount,
    )
    return [advanced, *facts]


def write_off(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Stop expecting the amount that the consumer owes. It stays owed, and stays on the consumer's limit.

    An advance is the platform's loss, until the consumer pays after all; the proceeds that it paid are the
    merchant's.
    """
    state = rules.step(order, Timer.WRITE_OFF)
    loss = order.advanced_minor
    exposed = order.exposed_minor
    facts: list[FactBody] = []
    if loss:
        book.post(
            desk,
            chart.house(chart.LOSSES, order.currency),
            chart.house(chart.ADVANCES, order.currency),
            loss,
            now,
            "write-off",
            order_id=order.id,
        )
        facts += adjust(desk, order.merchant_id, now, Added(exposure=-exposed))
        facts += release(desk, order, policy, now)
        order = desk.need(Order, order.id)
    save(desk, order, policy, state=state, exposed_minor=0, advanced_minor=0, loss_minor=loss)
    written_off = OrderWrittenOff(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        owed_minor=order.owed_minor,
        loss_minor=loss,
    )
    return [written_off, *facts]
