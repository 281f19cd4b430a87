"""The deadlines of orders at which no money moves."""

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.orders import rules
from holdfast.orders.book import end_unpaid, save
from holdfast.orders.facts import (
    AfterSalesUnanswered,
    AnswerOverdue,
    CaptureNoticeAsked,
    OrderExpired,
    Question,
    ReminderDue,
    ShipmentOverdue,
)
from holdfast.orders.model import Order, Timer
from holdfast.orders.services import Statement
from holdfast.parties.book import free
from holdfast.policy.model import Policy


def expire(desk: Desk, order: Order, policy: Policy, _now: Instant) -> list[FactBody]:
    """The consumer did not confirm."""
    state = rules.step(order, Timer.EXPIRE)
    free(desk, order.consumer_id, order.owed_minor)
    save(desk, order, policy, state=state, owed_minor=0)
    return [
        OrderExpired(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            released_minor=order.owed_minor,
        )
    ]


def ship_late(desk: Desk, order: Order, policy: Policy, _now: Instant) -> list[FactBody]:
    """The merchant did not ship in time; it still may, for a while."""
    save(desk, order, policy, state=rules.step(order, Timer.SHIP_LATE), ship_late=True)
    return [
        ShipmentOverdue(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            ship_by=order.ship_by,
        )
    ]


def cancel_unshipped(desk: Desk, order: Order, policy: Policy, _now: Instant) -> list[FactBody]:
    """The merchant never shipped."""
    return end_unpaid(desk, order, policy, Timer.CANCEL_UNSHIPPED, "never shipped")


def lost(desk: Desk, order: Order, policy: Policy, _now: Instant) -> list[FactBody]:
    """The goods never arrived."""
    return end_unpaid(desk, order, policy, Timer.LOST, "never delivered")


def after_sales(desk: Desk, order: Order, policy: Policy, _now: Instant) -> list[FactBody]:
    """The merchant did not answer."""
    save(desk, order, policy, state=rules.step(order, Timer.AFTER_SALES), after_sales_asked_at=None)
    return [
        AfterSalesUnanswered(order_id=order.id, merchant_id=order.merchant_id, consumer_id=order.consumer_id)
    ]


def ask_notice(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Have the notice of the coming debit sent."""
    save(desk, order, policy, state=rules.step(order, Timer.NOTICE), notice_asked_at=now)
    return [
        CaptureNoticeAsked(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            amount_minor=order.owed_minor,
            capture_at=order.capture_at or now,
            statement=desk.need(Statement, order.id).lines if order.service else (),
        )
    ]


def remind(desk: Desk, order: Order, policy: Policy, _now: Instant) -> list[FactBody]:
    """Remind the consumer of what is overdue."""
    number = order.reminders + 1
    save(desk, order, policy, state=rules.step(order, Timer.REMIND), reminders=number)
    return [
        ReminderDue(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            number=number,
            owed_minor=order.owed_minor,
        )
    ]


def unanswered(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """The sender of the notice, or after it the provider, has not answered: what happened is not known."""
    of_debit = order.capture_asked_at is not None
    asked_at = (order.capture_asked_at if of_debit else order.notice_asked_at) or now
    save(desk, order, policy, state=rules.step(order, Timer.UNANSWERED), late_asked_at=asked_at)
    return [
        AnswerOverdue(
            question=Question.DEBIT if of_debit else Question.NOTICE,
            asked_id=order.id,
            asked_at=asked_at,
            currency=order.currency,
            amount_minor=order.capture_asked_minor if of_debit else order.owed_minor,
            merchant_id=order.merchant_id,
            order_id=order.id,
            consumer_id=order.consumer_id,
        )
    ]
