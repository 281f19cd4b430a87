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


def release(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Release what the order holds: fee and fund's share, then the reserve's, then the merchant's own.

    The fee is taken here and not at the debit, so that an order's held proceeds pay its claim in full.
    """
    held = order.held_minor
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
    reserve_until = now + rolling.duration if rolling is not None and reserve else None
    save(desk, order, policy, held_minor=0, reserve_minor=reserve, reserve_until=reserve_until)
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


def _is_free(desk: Desk, order: Order, policy: Policy, now: Instant) -> bool:
    """Tell whether the merchant's cover stays what policy requires without what the order holds."""
    if not isinstance(policy.release, Covered):
        return True
    return releasable(coverage(desk, order.merchant_id), policy, now) >= order.held_minor


def when_due(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Release, where cover allows it; else look again later, and in any case when the window closes."""
    rules.step(order, Timer.RELEASE)
    if _is_free(desk, order, policy, now):
        return release(desk, order, policy, now)
    later = now + max(1, policy.release_retry)
    if order.window_ends_at is not None and now < order.window_ends_at:
        later = min(later, order.window_ends_at)
    save(desk, order, policy, release_at=later)
    return []


def complete(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """The window closed, and the order ends: what it still holds is released where that is due.

    It stays where policy releases later than this, or where other orders need it for cover.
    """
    state = rules.step(order, Timer.COMPLETE)
    kept = order.captured_minor - order.awarded_minor
    facts: list[FactBody] = adjust(
        desk,
        order.merchant_id,
        now,
        exposure=-order.exposed_minor,
        completed=kept,
        exposed_for=now - (now if order.captured_at is None else order.captured_at),
    )
    due = now if order.release_at is None else order.release_at
    if due <= now:
        due = now + max(1, policy.release_retry)
        if _is_free(desk, order, policy, now):
            facts += release(desk, order, policy, now)
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
