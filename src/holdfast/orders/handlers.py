"""One function a command: placing, cancelling, and what the consumer and the merchant ask each other."""

from typing import Any

from holdfast.coverage.book import coverage
from holdfast.coverage.rules import check_orders
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.orders import parts, rules
from holdfast.orders.book import end_unpaid, find, put, reduce_owed, save
from holdfast.orders.facts import (
    AfterSalesAnswered,
    AfterSalesAsked,
    CaptureNoticeSent,
    OrderConfirmed,
    OrderPlaced,
    ReturnAsked,
    ReturnRefused,
)
from holdfast.orders.model import (
    AnswerAfterSales,
    AskAfterSales,
    AskReturn,
    CancelOrder,
    ConfirmNotice,
    ConfirmOrder,
    Order,
    OrderState,
    PlaceOrder,
    ReduceOwed,
    RefuseReturn,
    Snapshot,
)
from holdfast.orders.refusals import (
    AFTER_SALES,
    NOTICE,
    RETURN,
    AlreadyAsked,
    AlreadyConfirmed,
    NothingAsked,
    OrderExists,
)
from holdfast.parties.book import reserve
from holdfast.parties.model import Consumer, Merchant
from holdfast.parties.rules import check_id_within, check_sells
from holdfast.policy.model import Policy, adopted


def place(desk: Desk, command: PlaceOrder, now: Instant) -> list[FactBody]:
    """Place an order: consent, limit, merchant and cover are checked, and what was shown is kept."""
    check_id_within("order_id", command.order_id, command.merchant_id)
    if desk.find(Order, command.order_id) is not None:
        raise OrderExists(f"order:{command.order_id}")
    merchant = desk.need(Merchant, command.merchant_id)
    consumer = desk.need(Consumer, command.consumer_id)
    policy = adopted(desk, desk.policy_version)
    rules.check_amount(command, merchant, consumer)
    check_sells(merchant)
    reserve(desk, consumer, command.amount_minor)
    check_orders(coverage(desk, merchant.id), policy, now)
    ship_by = rules.ship_by(command, policy, now)
    parts.check_term(command.order_id, command.not_before, now, service=command.service)
    order = put(desk, _ordered(desk, command, policy, ship_by, now), policy, None)
    facts: list[FactBody] = []
    if command.parts:
        parts.check_parts(desk, order, command.parts, now)
        facts = parts.lay_out(desk, order, policy, command.parts)
    return [_placed(order, command), *facts]


def _ordered(desk: Desk, command: PlaceOrder, policy: Policy, ship_by: Instant, now: Instant) -> Order:
    """Return the order that is placed, and keep what was shown."""
    snapshot_id = command.listing.digest()
    if desk.find(Snapshot, snapshot_id) is None:
        desk.put(Snapshot(id=snapshot_id, listing=command.listing), None)
    return Order(
        id=command.order_id,
        merchant_id=command.merchant_id,
        consumer_id=command.consumer_id,
        currency=command.currency,
        amount_minor=command.amount_minor,
        owed_minor=command.amount_minor,
        policy_version=policy.version,
        snapshot_id=snapshot_id,
        state=OrderState.PLACED,
        placed_at=now,
        ship_by=ship_by,
        confirmed_at=now if command.confirmed else None,
        durable=command.durable,
        service=command.service,
        not_before=command.not_before,
    )


def _placed(order: Order, command: PlaceOrder) -> OrderPlaced:
    return OrderPlaced(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        currency=order.currency,
        amount_minor=order.amount_minor,
        policy_version=order.policy_version,
        snapshot_id=order.snapshot_id,
        confirmed=command.confirmed,
        ship_by=order.ship_by,
        durable=order.durable,
        service=order.service,
        what=command.what,
        not_before=order.not_before,
    )


def confirm(desk: Desk, command: ConfirmOrder, now: Instant) -> list[FactBody]:
    """Keep the consumer's confirmation, of all parts of the order; the time to ship runs from it."""
    order, policy = find(desk, command.order_id)
    state = rules.step(order, "ConfirmOrder")
    if order.confirmed_at is not None:
        raise AlreadyConfirmed(f"order:{order.id}")
    waiting = [part for part in parts.split_from(desk, order) if part.confirmed_at is None]
    facts: list[FactBody] = []
    for each in (order, *(part for part in waiting if part.state is OrderState.PLACED)):
        ship_by = max(each.ship_by, now + policy.ship_within)
        save(desk, each, policy, state=state, confirmed_at=now, ship_by=ship_by)
        confirmed = OrderConfirmed(
            order_id=each.id, merchant_id=each.merchant_id, consumer_id=each.consumer_id
        )
        facts.append(confirmed)
    return facts


def cancel(desk: Desk, command: CancelOrder, _now: Instant) -> list[FactBody]:
    """End an order before the goods arrive: not shipped, or the parcel was taken back on its way."""
    order, policy = find(desk, command.order_id)
    rules.check_parcel(order, taken_back=command.taken_back)
    return end_unpaid(desk, order, policy, "CancelOrder", command.reason)


def confirm_notice(desk: Desk, command: ConfirmNotice, now: Instant) -> list[FactBody]:
    """The notice went out; the debit follows no sooner than policy says after it."""
    order, policy = find(desk, command.order_id)
    state = rules.step(order, "ConfirmNotice")
    if order.notice_asked_at is None or order.notice_sent_at is not None:
        raise NothingAsked(f"order:{order.id}", thing=NOTICE)
    capture_at = max(order.capture_at or now, now + policy.notice_before)
    save(desk, order, policy, state=state, notice_sent_at=now, capture_at=capture_at)
    return [
        CaptureNoticeSent(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            capture_at=capture_at,
        )
    ]


def ask_return(desk: Desk, command: AskReturn, now: Instant) -> list[FactBody]:
    """The goods go back: the debit waits until the merchant has them, or lets the time pass."""
    order, policy = find(desk, command.order_id)
    state = rules.step(order, "AskReturn")
    rules.check_not_disputed(order, policy)
    rules.check_trial(order, policy, now)
    rules.check_not_in_flight(order)
    if order.return_asked_at is not None:
        raise AlreadyAsked(f"order:{order.id}", thing=RETURN)
    save(desk, order, policy, state=state, return_asked_at=now)
    return [
        ReturnAsked(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            confirm_by=now + policy.return_confirm,
        )
    ]


def refuse_return(desk: Desk, command: RefuseReturn, now: Instant) -> list[FactBody]:
    """The goods did not come back: the order goes on, after a new notice that leaves time to claim."""
    order, policy = find(desk, command.order_id)
    state = rules.step(order, "RefuseReturn")
    if order.return_asked_at is None:
        raise NothingAsked(f"order:{order.id}", thing=RETURN)
    rules.check_no_claim(order)
    changes: dict[str, Any] = {}
    if state is OrderState.DELIVERED:
        capture_at = max(order.capture_at or now, now + policy.notice_before)
        changes = {"capture_at": capture_at, "notice_asked_at": None, "notice_sent_at": None}
    saved = save(desk, order, policy, state=state, return_asked_at=None, **changes)
    return [
        ReturnRefused(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            reason=command.reason,
            capture_at=saved.capture_at if changes else None,
        )
    ]


def ask_after_sales(desk: Desk, command: AskAfterSales, now: Instant) -> list[FactBody]:
    """The consumer asks; the merchant has its time to answer."""
    order, policy = find(desk, command.order_id)
    state = rules.step(order, "AskAfterSales")
    if order.after_sales_asked_at is not None:
        raise AlreadyAsked(f"order:{order.id}", thing=AFTER_SALES)
    save(desk, order, policy, state=state, after_sales_asked_at=now)
    return [
        AfterSalesAsked(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            question=command.question,
            answer_by=now + policy.after_sales_answer,
        )
    ]


def answer_after_sales(desk: Desk, command: AnswerAfterSales, _now: Instant) -> list[FactBody]:
    """The merchant answers."""
    order, policy = find(desk, command.order_id)
    state = rules.step(order, "AnswerAfterSales")
    if order.after_sales_asked_at is None:
        raise NothingAsked(f"order:{order.id}", thing=AFTER_SALES)
    save(desk, order, policy, state=state, after_sales_asked_at=None)
    return [
        AfterSalesAnswered(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            answer=command.answer,
        )
    ]


def lower_owed(desk: Desk, command: ReduceOwed, _now: Instant) -> list[FactBody]:
    """Lower what is owed before it is debited."""
    order, policy = find(desk, command.order_id)
    rules.check_not_in_flight(order)
    return reduce_owed(desk, order, policy, command.owed_minor, command.reason)[1]
