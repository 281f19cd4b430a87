"""What carriers and merchants do for an order, whole or in parts: ship, lose, deliver, perform."""

from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.orders import parts, rules
from holdfast.orders.book import ahead, end_unpaid, find, reduce_owed, save
from holdfast.orders.facts import (
    ArrivedAfterEnd,
    OrderDelivered,
    OrderShipped,
    ParcelLost,
    ServicePerformed,
)
from holdfast.orders.model import DeliverOrder, LoseParcel, Order, OrderState, Part, ShipOrder
from holdfast.orders.parts import CancelRest, SplitOrder
from holdfast.orders.refusals import (
    ArrivedAlready,
    IsAService,
    NotAService,
    NotConfirmed,
    NothingToCancel,
    NotYetPerformed,
    StatementDoesNotFit,
)
from holdfast.orders.services import PerformOrder, Statement, shared
from holdfast.policy.model import Policy


def split(desk: Desk, command: SplitOrder, now: Instant) -> list[FactBody]:
    """Let parts of an order go their own ways, before anything is debited."""
    order, policy = find(desk, command.order_id)
    rules.step(order, "SplitOrder")
    rules.check_no_claim(order)
    rules.check_not_in_flight(order)
    parts.check_parts(desk, order, command.parts, now)
    if order.service and order.state is OrderState.DELIVERED:
        _share_statement(desk, order, command.parts)
    return parts.lay_out(desk, order, policy, command.parts)


def _share_statement(desk: Desk, order: Order, split_off: tuple[Part, ...]) -> None:
    """Share what was stated among the parts and the rest of the order, line by line, as what is owed is."""
    stated = desk.need(Statement, order.id)
    lines, owed = stated.lines, order.owed_minor
    for part in split_off:
        theirs, lines = shared(lines, part.amount_minor, owed)
        owed -= part.amount_minor
        desk.add(Statement(id=part.id, lines=theirs))
    desk.put(Statement(id=order.id, lines=lines), stated)


def cancel_rest(desk: Desk, command: CancelRest, _now: Instant) -> list[FactBody]:
    """End all parts of an order on which nothing was done yet: what was not performed is never debited."""
    order, policy = find(desk, command.order_id)
    facts: list[FactBody] = []
    for each in (order, *parts.split_from(desk, order)):
        if each.state is OrderState.PLACED:
            facts += end_unpaid(desk, each, policy, "CancelOrder", command.reason)
    if not facts:
        raise NothingToCancel(f"order:{order.id}")
    return facts


def ship(desk: Desk, command: ShipOrder, now: Instant) -> list[FactBody]:
    """The merchant ships a confirmed order."""
    order, policy = find(desk, command.order_id)
    state = rules.step(order, "ShipOrder")
    if order.service:
        raise IsAService(f"order:{order.id}")
    if order.confirmed_at is None:
        raise NotConfirmed(f"order:{order.id}")
    save(desk, order, policy, state=state, shipped_at=now, deliver_by=now + policy.deliver_within)
    return [
        OrderShipped(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            tracking=command.tracking,
        )
    ]


def lose(desk: Desk, command: LoseParcel, now: Instant) -> list[FactBody]:
    """The parcel is lost: nothing is debited, the merchant may ship anew, and what is found still arrives."""
    order, policy = find(desk, command.order_id)
    state = rules.step(order, "LoseParcel")
    ship_by = ahead(order, policy, now, policy.ship_within)
    save(desk, order, policy, state=state, ship_by=ship_by, ship_late=False, deliver_by=None)
    return [
        ParcelLost(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            reason=command.reason,
            ship_by=ship_by,
        )
    ]


def deliver(desk: Desk, command: DeliverOrder, now: Instant) -> list[FactBody]:
    """The goods arrived: the trial runs, and with it the window of claims.

    What arrives after its order had ended is told, and nothing is owed for it: that only ever goes down.
    """
    order, policy = find(desk, command.order_id)
    lost = order.state is OrderState.PLACED and order.shipped_at is not None
    state = rules.step(order, "find" if lost else "DeliverOrder")
    if state is OrderState.CANCELLED:
        return _arrived_after_end(desk, order, policy, now)
    capture_at = _arrived(desk, order, policy, state, now)
    return [
        OrderDelivered(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            amount_minor=order.owed_minor,
            capture_at=capture_at,
        )
    ]


def _arrived(desk: Desk, order: Order, policy: Policy, state: OrderState, now: Instant) -> Instant:
    """Begin the trial; return the earliest debit."""
    capture_at = now + policy.trial
    save(
        desk,
        order,
        policy,
        state=state,
        delivered_at=now,
        capture_at=capture_at,
        window_ends_at=now + policy.claim_window,
    )
    return capture_at


def _arrived_after_end(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    if order.delivered_at is not None:
        raise ArrivedAlready(f"order:{order.id}", arrived=iso(order.delivered_at))
    save(desk, order, policy, delivered_at=now)
    return [ArrivedAfterEnd(order_id=order.id, merchant_id=order.merchant_id, consumer_id=order.consumer_id)]


def perform(desk: Desk, command: PerformOrder, now: Instant) -> list[FactBody]:
    """The service, or this step of it, was performed: what is stated is owed, and the time to object runs."""
    order, policy = find(desk, command.order_id)
    state = rules.step(order, "PerformOrder")
    if not order.service:
        raise NotAService(f"order:{order.id}")
    if order.confirmed_at is None:
        raise NotConfirmed(f"order:{order.id}")
    if order.not_before is not None and now < order.not_before:
        raise NotYetPerformed(f"order:{order.id}", not_before=iso(order.not_before))
    stated = _stated(order, command)
    facts: list[FactBody] = []
    if stated < order.owed_minor:
        order, facts = reduce_owed(desk, order, policy, stated, "less was performed")
    withdrawn = desk.find(Statement, order.id)  # and is stated anew
    desk.put(Statement(id=order.id, lines=command.lines), withdrawn)
    capture_at = _arrived(desk, order, policy, state, now)
    performed = ServicePerformed(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        amount_minor=stated,
        capture_at=capture_at,
        statement=command.lines,
    )
    return [*facts, performed]


def _stated(order: Order, command: PerformOrder) -> int:
    """Return what a statement comes to; refuse one that cannot be right."""
    sums = [line.amount_minor for line in command.lines]
    stated = sum(sums)
    named = all(line.item.strip() for line in command.lines)
    if not named or not sums or min(sums) < 0 or not 0 < stated <= order.owed_minor:
        raise StatementDoesNotFit(f"order:{order.id}", lines=len(sums), stated=stated, owed=order.owed_minor)
    return stated
