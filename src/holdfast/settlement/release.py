"""Held proceeds to the merchant, and the end of an order."""

from holdfast.coverage.book import adjust, coverage
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
from holdfast.settlement.model import OrderCompleted, ProceedsReleased, ReserveReleased


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


def when_due(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Release before the window closes, where policy allows it; else look again later."""
    rules.step(order, Timer.RELEASE)
    if isinstance(policy.release, Covered):
        free = releasable(coverage(desk, order.merchant_id), policy, now)
        if free < order.held_minor:
            save(desk, order, policy, release_at=now + max(1, policy.release_retry))
            return []
    return release(desk, order, policy, now)


def complete(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """The window closed: what is still held is released, and the order ends."""
    state = rules.step(order, Timer.COMPLETE)
    kept = order.captured_minor - order.awarded_minor
    facts: list[FactBody] = adjust(
        desk, order.merchant_id, now, exposure=-order.exposed_minor, completed=kept
    )
    facts += release(desk, order, policy, now)
    save(desk, desk.need(Order, order.id), policy, state=state, exposed_minor=0)
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
