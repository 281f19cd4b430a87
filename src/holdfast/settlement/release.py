"""Held proceeds to the merchant, and the end of an order."""

from holdfast.coverage.book import adjust
from holdfast.coverage.record import coverage
from holdfast.coverage.rules import releasable
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.money import share
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book, chart
from holdfast.orders import rules
from holdfast.orders.book import save
from holdfast.orders.model import Order, Timer
from holdfast.policy.model import Policy
from holdfast.policy.release import Covered, RollingReserve
from holdfast.settlement.facts import OrderCompleted, ProceedsReleased, ReserveReleased

LEAST_PART = 5
"""A part of at least a fifth of an order is released before the rest."""


def release(
    desk: Desk, order: Order, policy: Policy, now: Instant, part_minor: int | None = None
) -> list[FactBody]:
    """Release what the order holds, or a part: fee and fund's share, then the reserve's, then the merchant's.

    The fee is taken here and not at the debit, so that an order's held proceeds pay its claim in full.
    """
    held = order.held_minor if part_minor is None else part_minor
    if not held:
        return []
    rolling = policy.release if isinstance(policy.release, RollingReserve) else None
    fee = share(held, policy.fee_bp)
    fund = share(held, policy.fund_share_bp)
    reserve = 0 if rolling is None else share(held, rolling.share_bp)
    own = held - fee - fund - reserve
    from_id = chart.merchant(order.merchant_id, chart.HELD, order.currency)
    targets = (
        (chart.house(chart.FEES, order.currency), fee, "fee"),
        (chart.house(chart.FUND, order.currency), fund, "fund share"),
        (chart.merchant(order.merchant_id, chart.RESERVE, order.currency), reserve, "reserve"),
        (chart.merchant(order.merchant_id, chart.AVAILABLE, order.currency), own, "release"),
    )
    for to_id, part, reason in targets:
        if part > 0:
            book.post(desk, from_id, to_id, part, now, reason, order_id=order.id)
    save(
        desk,
        order,
        policy,
        held_minor=order.held_minor - held,
        reserve_minor=reserve,
        reserve_until=now + rolling.duration if rolling is not None and reserve else None,
    )
    released = ProceedsReleased(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        held_minor=held,
        fee_minor=fee,
        fund_minor=fund,
        reserve_minor=reserve,
        available_minor=own,
    )
    return [released, *adjust(desk, order.merchant_id, now, cover=reserve - held)]


def _free(desk: Desk, order: Order, policy: Policy, now: Instant) -> int:
    """Return how much of what the order holds is not needed to keep the merchant's cover as policy has it.

    Under `covered` that may be a part; but none so small that it is not worth a payout.
    """
    if not isinstance(policy.release, Covered):
        return order.held_minor
    free = releasable(coverage(desk, order.merchant_id), policy, now)
    if free >= order.held_minor:
        return order.held_minor
    return free if free * LEAST_PART >= order.captured_minor else 0


def when_due(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Release, as far as cover allows it; look again later, and in any case when the window closes."""
    rules.step(order, Timer.RELEASE)
    free = _free(desk, order, policy, now)
    if free == order.held_minor:
        return release(desk, order, policy, now)
    facts = release(desk, order, policy, now, free)
    later = now + max(1, policy.release_retry)
    if order.window_ends_at is not None and now < order.window_ends_at:
        later = min(later, order.window_ends_at)
    save(desk, desk.need(Order, order.id), policy, release_at=later)
    return facts


def complete(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """The window closed, and the order ends: what it still holds is released where that is due.

    It stays where policy releases later than this, or where other orders need it for cover.
    """
    state = rules.step(order, Timer.COMPLETE)
    kept = order.captured_minor - order.awarded_minor
    facts: list[FactBody] = adjust(
        desk, order.merchant_id, now, exposure=-order.exposed_minor, completed=kept
    )
    due = now if order.release_at is None else order.release_at
    if due <= now:
        due = now + max(1, policy.release_retry)
        facts += release(desk, order, policy, now, _free(desk, order, policy, now))
    save(desk, desk.need(Order, order.id), policy, state=state, exposed_minor=0, release_at=due)
    completed = OrderCompleted(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        amount_minor=kept,
    )
    return [*facts, completed]


def release_reserve(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Give back what the order had put into the reserve, as far as claims have left it there."""
    state = rules.step(order, Timer.RESERVE)
    reserve_id = chart.merchant(order.merchant_id, chart.RESERVE, order.currency)
    part = min(order.reserve_minor, max(0, book.available(desk, reserve_id)))
    save(desk, order, policy, state=state, reserve_minor=0, reserve_until=None)
    if not part:
        return []
    available_id = chart.merchant(order.merchant_id, chart.AVAILABLE, order.currency)
    book.post(desk, reserve_id, available_id, part, now, "reserve released", order_id=order.id)
    released = ReserveReleased(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        amount_minor=part,
    )
    return [released, *adjust(desk, order.merchant_id, now, cover=-part)]
