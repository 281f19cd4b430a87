"""Held proceeds to the merchant, and the end of an order.

Money leaves cover here only as far as the one rule of `coverage.rules.may_leave` lets it.
"""

from typing import NamedTuple

from holdfast.coverage.book import Added, adjust, may_leave
from holdfast.coverage.rules import promises
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.money import share
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book, chart
from holdfast.orders import rules
from holdfast.orders.book import save
from holdfast.orders.model import Order, OrderState, Timer
from holdfast.policy.model import Policy, adopted
from holdfast.policy.release import RollingReserve
from holdfast.settlement.facts import OrderCompleted, OrderWrittenOff, ProceedsReleased, ReserveReleased
from holdfast.settlement.model import Debt

LEAST_PART = 5
"""A part is released before the rest only if it is at least the fifth of an order."""


def release(
    desk: Desk, order: Order, policy: Policy, now: Instant, part_minor: int | None = None
) -> list[FactBody]:
    """Release an order's held proceeds, or a part: fee, fund's share, reserve, then the merchant's.

    The fee is taken here and not at the debit, so that an order's held proceeds pay its claim in full.
    """
    part = order.held_minor if part_minor is None else part_minor
    if not part:
        return []
    rolling = policy.release if isinstance(policy.release, RollingReserve) else None
    parts = _parts(desk, order, policy, part, 0 if rolling is None else rolling.share_bp)
    _post(desk, order, chart.merchant(order.merchant_id, chart.HELD, order.currency), parts, now)
    reserve = parts.reserve_minor
    save(
        desk,
        order,
        policy,
        held_minor=order.held_minor - part,
        loss_minor=order.loss_minor - parts.loss_minor,
        fee_from_minor=order.fee_from_minor + parts.base_minor,
        reserve_minor=order.reserve_minor + reserve,
        reserve_until=now + rolling.duration if rolling is not None and reserve else order.reserve_until,
    )
    released = ProceedsReleased(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        held_minor=part,
        fee_minor=parts.fee_minor,
        fund_minor=parts.fund_minor,
        reserve_minor=reserve,
        available_minor=parts.own_minor,
        loss_minor=parts.loss_minor,
    )
    earned = parts.fee_minor + parts.fund_minor
    return [released, *adjust(desk, order.merchant_id, now, Added(cover=reserve - part, earned=earned))]


class _Parts(NamedTuple):
    """The parts of released money by receiver, in minor units; fees are taken on `base_minor`."""

    loss_minor: int
    fee_minor: int
    fund_minor: int
    reserve_minor: int
    own_minor: int
    base_minor: int = 0


def _parts(desk: Desk, order: Order, policy: Policy, part_minor: int, reserve_bp: int) -> _Parts:
    """Share released money out: the platform's loss on the order, then claims that are short, then fees.

    Fees are computed on a stretch of the order, from where the last one ended: so the fees of its parts add
    up to that of the whole. An advance that was written off was the merchant's money already: a late debit
    makes the loss good.
    """
    loss = min(part_minor, order.loss_minor)
    debt = desk.find(Debt, order.merchant_id)
    short = 0 if debt is None else min(part_minor - loss, debt.short_minor)
    base = part_minor - loss - short
    begins = order.fee_from_minor
    fund, fee, reserve = (
        share(begins + base, bp) - share(begins, bp)
        for bp in (policy.fund_share_bp, policy.fee_bp, reserve_bp)
    )
    # Where shares reach their next fen at once, a part of one fen has not enough: the fund's goes first.
    fee = min(fee, base - fund)
    reserve = min(reserve, base - fund - fee)
    return _Parts(loss, fee, fund, reserve, part_minor - loss - fee - fund - reserve, base)


def _post(desk: Desk, order: Order, from_id: str, parts: _Parts, now: Instant) -> None:
    merchant_id, currency = order.merchant_id, order.currency
    targets = (
        (chart.house(chart.LOSSES, currency), parts.loss_minor, "loss made good"),
        (chart.house(chart.FEES, currency), parts.fee_minor, "fee"),
        (chart.house(chart.FUND, currency), parts.fund_minor, "fund share"),
        (chart.merchant(merchant_id, chart.RESERVE, currency), parts.reserve_minor, "reserve"),
        (chart.merchant(merchant_id, chart.AVAILABLE, currency), parts.own_minor, "release"),
    )
    for to_id, part, reason in targets:
        if part > 0:
            book.post(desk, from_id, to_id, part, now, reason, order_id=order.id)


def _free(desk: Desk, order: Order, now: Instant) -> int:
    """Return how much of the order's held money, in minor units, the merchant's cover does not need.

    That may be a part; but none so small that it is not worth a payout.
    """
    free = may_leave(desk, order.merchant_id, now)
    if free >= order.held_minor:
        return order.held_minor
    return free if free * LEAST_PART >= order.captured_minor else 0


def when_due(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Release as far as cover allows; look again later, and in any case when the window closes."""
    rules.step(order, Timer.RELEASE)
    free = _free(desk, order, now)
    if free == order.held_minor:
        return release(desk, order, policy, now)
    facts = release(desk, order, policy, now, free)
    later = now + max(1, policy.release_retry)
    if order.window_ends_at is not None and now < order.window_ends_at:
        later = min(later, order.window_ends_at)
    left = save(desk, desk.need(Order, order.id), policy, release_at=later)
    if order.state is OrderState.COMPLETED:
        _keep(desk, left, policy, later, now)
    return facts


def complete(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """The window closed, and the order ends: the money that it still holds is released, if that is due.

    The part that the cover of other orders needs goes into the reserve, whole, where their claims reach it.
    """
    state = rules.step(order, Timer.COMPLETE)
    kept = order.captured_minor - order.awarded_minor
    facts: list[FactBody] = adjust(
        desk,
        order.merchant_id,
        now,
        Added(exposure=-order.exposed_minor, completed=kept, whole=order.first_id is None),
    )
    ended = save(desk, order, policy, state=state, exposed_minor=0)
    due = now if order.release_at is None else order.release_at
    if due <= now:
        facts += release(desk, ended, policy, now, _free(desk, ended, now))
    _keep(desk, desk.need(Order, order.id), policy, max(due, now + max(1, policy.release_retry)), now)
    facts += _give_up_rest(desk, desk.need(Order, order.id), policy, now)
    completed = OrderCompleted(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        amount_minor=kept,
    )
    return [*facts, completed]


def _give_up_rest(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Stop expecting the rest of a debt; an advance of the platform on it is a loss until it comes."""
    if not order.owed_minor:
        return []
    loss = order.advanced_minor
    if loss:
        losses_id = chart.house(chart.LOSSES, order.currency)
        advances_id = chart.house(chart.ADVANCES, order.currency)
        book.post(desk, losses_id, advances_id, loss, now, "write-off", order_id=order.id)
        save(desk, order, policy, advanced_minor=0, loss_minor=order.loss_minor + loss)
    return [
        OrderWrittenOff(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            owed_minor=order.owed_minor,
            loss_minor=loss,
        )
    ]


def release_after_end(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Release money that a completed order got afterwards, as far as cover allows; the rest is reserve."""
    facts = release(desk, order, policy, now, _free(desk, order, now))
    _keep(desk, desk.need(Order, order.id), policy, now + max(1, policy.release_retry), now)
    return facts


def _keep(desk: Desk, order: Order, policy: Policy, until: Instant, now: Instant) -> None:
    """Put money that a completed order still holds into the reserve, if the policy in force promises cover.

    Cover that stands on an order whose window closed would be out of the reach of those that still run.
    """
    if not order.held_minor or not promises(adopted(desk, desk.policy_version)):
        return
    held_id = chart.merchant(order.merchant_id, chart.HELD, order.currency)
    reserve_id = chart.merchant(order.merchant_id, chart.RESERVE, order.currency)
    book.post(desk, held_id, reserve_id, order.held_minor, now, "kept as cover", order_id=order.id)
    save(
        desk,
        order,
        policy,
        held_minor=0,
        reserve_minor=order.reserve_minor + order.held_minor,
        reserve_until=order.reserve_until or until,
    )


def release_reserve(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Give back the order's part of the reserve, as far as claims have left it and cover allows it.

    A rolling reserve was put there after the fee; the reserve of a completed order, kept as cover, before it.
    """
    state = rules.step(order, Timer.RESERVE)
    reserve_id = chart.merchant(order.merchant_id, chart.RESERVE, order.currency)
    left = min(order.reserve_minor, max(0, book.available(desk, reserve_id)))
    part = min(left, may_leave(desk, order.merchant_id, now))
    if part < left and part * LEAST_PART < left:
        part = 0
    rest = left - part
    again = now + max(1, policy.release_retry) if rest else None
    net = isinstance(policy.release, RollingReserve)
    parts = _Parts(0, 0, 0, 0, part) if net else _parts(desk, order, policy, part, 0)
    save(
        desk,
        order,
        policy,
        state=state,
        reserve_minor=rest,
        reserve_until=again,
        loss_minor=order.loss_minor - parts.loss_minor,
        fee_from_minor=order.fee_from_minor + parts.base_minor,
    )
    if not part:
        return []
    _post(desk, order, reserve_id, parts, now)
    released = ReserveReleased(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        amount_minor=parts.own_minor,
        fee_minor=parts.fee_minor,
        fund_minor=parts.fund_minor,
        loss_minor=parts.loss_minor,
    )
    earned = parts.fee_minor + parts.fund_minor
    return [released, *adjust(desk, order.merchant_id, now, Added(cover=-part, earned=earned))]
