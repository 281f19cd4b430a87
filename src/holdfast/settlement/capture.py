"""The debit: asked for when the trial is over and the notice was sent, and what the provider answers."""

from holdfast.coverage.book import adjust
from holdfast.coverage.rules import release_at
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book, chart
from holdfast.orders import rules
from holdfast.orders.book import save
from holdfast.orders.handlers import find
from holdfast.orders.model import Order, OrderDelivered, OrderState, Timer
from holdfast.parties.handlers import owe
from holdfast.policy.model import Policy, adopted
from holdfast.settlement.facts import (
    CaptureAsked,
    CaptureFailed,
    OrderCaptured,
    OrderWrittenOff,
    ProceedsAdvanced,
)
from holdfast.settlement.model import RecordCapture, RecordCaptureFailure
from holdfast.settlement.refusals import CaptureNotAsked
from holdfast.settlement.release import release


def held_account(order: Order) -> str:
    """Return the account on which the order's proceeds are held."""
    return chart.merchant(order.merchant_id, chart.HELD, order.currency)


def ask(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Tell the provider to debit the consumer."""
    save(desk, order, policy, state=rules.step(order, Timer.CAPTURE), capture_asked_at=now)
    return [
        CaptureAsked(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            amount_minor=order.owed_minor,
        )
    ]


def record(desk: Desk, command: RecordCapture, now: Instant) -> list[FactBody]:
    """The consumer was debited: the proceeds are held, and the window of claims is covered.

    Money that moved is recorded even where a claim was opened meanwhile: the claim is then paid from it. A
    debit that comes late leaves the same time to claim after it as one that came at the end of the trial.
    """
    order, policy = find(desk, command.order_id)
    state = rules.step(order, "RecordCapture")
    if order.state is OrderState.DELIVERED and order.capture_asked_at is None:
        raise CaptureNotAsked(f"order:{order.id}")
    amount = order.owed_minor
    to_id = _where_to(order)
    book.post(desk, chart.house(chart.PSP, order.currency), to_id, amount, now, "capture", order_id=order.id)
    _settle_receivable(desk, order, now)
    owe(desk, order.consumer_id, -amount)
    fresh = 0 if order.advanced_minor else amount
    ends = max(order.window_ends_at or now, now + policy.claim_window - policy.trial)
    save(
        desk,
        order,
        policy,
        state=state,
        owed_minor=0,
        captured_at=now,
        captured_minor=amount,
        held_minor=order.held_minor + fresh,
        exposed_minor=amount,
        window_ends_at=ends,
        release_at=release_at(policy.release, now, order.delivered_at or now, ends),
    )
    exposure = amount - order.exposed_minor
    facts = adjust(desk, order.merchant_id, now, exposure=exposure, cover=fresh, captured=amount)
    captured = OrderCaptured(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        amount_minor=amount,
        held_minor=order.held_minor + fresh,
        window_ends_at=ends,
    )
    return [captured, *facts]


def _where_to(order: Order) -> str:
    """Return the account that a debit goes to: the merchant's, or the platform's that has paid ahead.

    What was written off is nobody's advance any more: a debit after that covers the order's own window first.
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


def _settle_receivable(desk: Desk, order: Order, now: Instant) -> None:
    """Take an overdue order's sum off what the consumer owes by name."""
    if order.overdue_at is not None:
        book.post(
            desk,
            chart.house(chart.RECEIVABLES, order.currency),
            chart.consumer(order.consumer_id, order.currency),
            order.owed_minor,
            now,
            "overdue settled",
            order_id=order.id,
        )


def advance(desk: Desk, fact: OrderDelivered, now: Instant) -> list[FactBody]:
    """Pay the proceeds ahead of the consumer, where policy has the platform do so; they are held."""
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
    facts = adjust(desk, order.merchant_id, now, exposure=amount, cover=amount)
    advanced = ProceedsAdvanced(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        amount_minor=amount,
    )
    return [advanced, *facts]


def write_off(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Stop expecting what is owed. It stays owed, and stays on the consumer's limit.

    An advance is the platform's loss, until the consumer pays after all; the proceeds it paid are the
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
        facts += adjust(desk, order.merchant_id, now, exposure=-exposed)
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
