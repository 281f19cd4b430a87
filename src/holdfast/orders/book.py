"""The book of orders, for other rooms: an order is found, saved, paused and resumed, and ended.

Its next deadline is computed with every version that is saved, so that none can be forgotten.
"""

from typing import Any

from msgspec.structs import replace

from holdfast.kernel.clock import Duration, Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.orders.facts import OrderCancelled, OwedReduced
from holdfast.orders.model import Order, OrderState
from holdfast.orders.refusals import OwedOnlyGoesDown
from holdfast.orders.rules import next_timer, step
from holdfast.parties.book import free
from holdfast.policy.model import Policy, adopted

_STILL_TO_COME = ("deliver_by", "capture_at", "window_ends_at", "release_at", "reserve_until")
"""Deadlines that a pause moves, unless they had passed when it began."""

_COUNTED_FROM = ("return_asked_at", "after_sales_asked_at", "overdue_at")
"""Times that open deadlines are counted from: a pause moves them always."""


def find(desk: Desk, order_id: str) -> tuple[Order, Policy]:
    """Return an order and the policy under which it was placed.

    Raises:
        NotFound: no such order.
    """
    order = desk.need(Order, order_id)
    return order, adopted(desk, order.policy_version)


def save(desk: Desk, order: Order, policy: Policy, **changes: Any) -> Order:
    """Put a new version of the order that was read, with its next deadline, and return it."""
    return put(desk, replace(order, **changes), policy, order)


def put(desk: Desk, order: Order, policy: Policy, was: Order | None) -> Order:
    """Put an order, or what was made of the version it `was`, with its next deadline, and return it."""
    timer = next_timer(order, policy)
    wake_at = None if timer is None else timer[0]
    if order.wake_at != wake_at:
        order = replace(order, wake_at=wake_at)
    desk.put(order, was)
    return order


def _paused_since(order: Order) -> Instant:
    """Return the instant from which a claim pauses the order's deadlines; None without a pause."""
    return max(order.disputed_at or 0, order.shipped_at or 0, order.delivered_at or 0)


def ahead(order: Order, policy: Policy, now: Instant, within: Duration) -> Instant:
    """Return a deadline `within` from now; in a pause, one that will be `within` from the pause's end."""
    if order.disputed_at is None or not policy.claim_stops_capture:
        return now + within
    return min(now, _paused_since(order)) + within


def resumed(order: Order, policy: Policy, now: Instant) -> dict[str, Any]:
    """Return the changes that end a pause: each deadline moves by the part of the pause in which it ran."""
    changes: dict[str, Any] = {"disputed_at": None}
    if order.disputed_at is None or not policy.claim_stops_capture:
        return changes
    since = _paused_since(order)
    now = max(now, since)  # two processes' clocks differ a little: a pause is never shorter than nothing
    if order.state is OrderState.PLACED:
        changes["ship_by"] = order.ship_by + now - since
    for name in _STILL_TO_COME:
        at: Instant | None = getattr(order, name)
        if at is not None and at >= since:
            changes[name] = at + now - since
    for name in _COUNTED_FROM:
        began: Instant | None = getattr(order, name)
        if began is not None:
            changes[name] = began + now - max(since, began)
    return changes


def reduce_owed(
    desk: Desk, order: Order, policy: Policy, owed_minor: int, reason: str, **changes: Any
) -> tuple[Order, list[FactBody]]:
    """Lower what is owed on an order that is not captured; at zero the order is forgiven and ends.

    Raises:
        OwedOnlyGoesDown: it would not.
        WrongState: nothing is owed in this state.
    """
    state = step(order, "ReduceOwed" if owed_minor else "forgive")
    if not 0 <= owed_minor < order.owed_minor:
        raise OwedOnlyGoesDown(f"order:{order.id}", owed=order.owed_minor, asked=owed_minor)
    by = order.owed_minor - owed_minor
    free(desk, order.consumer_id, by)
    changed = save(desk, order, policy, owed_minor=owed_minor, state=state, **changes)
    fact = OwedReduced(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        owed_minor=owed_minor,
        by_minor=by,
        reason=reason,
    )
    return changed, [fact]


def end_unpaid(desk: Desk, order: Order, policy: Policy, event: str, reason: str) -> list[FactBody]:
    """End an order on which nothing was debited: nothing is owed any more."""
    state = step(order, event)
    owed = order.owed_minor
    free(desk, order.consumer_id, owed)
    save(desk, order, policy, state=state, owed_minor=0)
    return [
        OrderCancelled(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            reason=reason,
            released_minor=owed,
        )
    ]
