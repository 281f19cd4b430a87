"""What other rooms call: claims are paid by the waterfall, whole or their shares; what is owed by name.

What misses of a claim stays on it, and is paid first from whatever is recovered. Whatever the fund paid, and
whatever is missing, the merchant owes.
"""

from typing import NamedTuple

from msgspec.structs import replace

from holdfast.coverage.book import Added, adjust, coverage, may_leave
from holdfast.guarantees import book as guarantees
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.ledger import book, chart
from holdfast.ledger.model import Hold
from holdfast.orders.book import resumed, save
from holdfast.orders.model import Order
from holdfast.parties.model import Merchant
from holdfast.policy.model import Policy
from holdfast.settlement import recourse, recovery
from holdfast.settlement.facts import ClaimPaid
from holdfast.settlement.model import CLAIM_TRANSITIONS, Claim
from holdfast.settlement.waterfall import (
    COVER,
    From,
    Sources,
    claimed_as,
    is_running,
    late_fund,
    of_claim,
    of_share,
)


def pay(desk: Desk, order: Order, policy: Policy, claim: Claim, now: Instant) -> list[FactBody]:
    """Pay an upheld claim on a captured order, as far as the waterfall reaches, and end its pause."""
    return _pay(desk, order, policy, claim, of_claim(desk, order, claim, now), now)[1]


def pay_share(
    desk: Desk,
    order: Order,
    policy: Policy,
    claim: Claim,
    share_minor: int,
    now: Instant,
    fund_hold_id: str | None = None,
) -> tuple[ClaimPaid, list[FactBody]]:
    """Pay an upheld claim from its order's own proceeds, and its share of what a sweep has gathered.

    Returns what was paid, and all facts of it.
    """
    steps = of_share(desk, order, claim, share_minor, now, fund_hold_id)
    return _pay(desk, order, policy, claim, steps, now)


class ToShare(NamedTuple):
    """What a sweep may share, in minor units: of the merchant's money and guarantees, and of the fund."""

    own_minor: int
    fund_minor: int


def to_share(desk: Desk, merchant: Merchant, rest_minor: int, now: Instant, *, late: bool) -> ToShare:
    """Return what there is for claims that come to `rest_minor` beyond what their orders hold."""
    fund = max(0, book.available(desk, chart.house(chart.FUND, merchant.currency)))
    if late:
        fund = min(fund, late_fund(desk, merchant.id, may_leave(desk, merchant.id, now)))
    return ToShare(_own(desk, merchant, rest_minor, now, late=late), fund)


def _own(desk: Desk, merchant: Merchant, rest: int, now: Instant, *, late: bool) -> int:
    """Return what a sweep may share of the merchant's money that no order holds, and of its guarantees.

    Where that is too little, orders whose window runs and that are not claimed yet keep their part of it.
    Late claims get what cover does not need.
    """

    def has(kind: str) -> int:
        return max(0, book.available(desk, chart.merchant(merchant.id, kind, merchant.currency)))

    pooled = has(chart.RESERVE) + has(chart.DEPOSIT)
    kinds = claimed_as(desk, merchant.id, running=not late)
    if late:
        spare = may_leave(desk, merchant.id, now)
        pooled = min(pooled, spare)
        pooled += guarantees.reach(desk, merchant.id, kinds, now, spare - pooled)
        return has(chart.AVAILABLE) + pooled
    pooled += guarantees.reach(desk, merchant.id, kinds, now, None)
    held_id = chart.merchant(merchant.id, chart.HELD, merchant.currency)
    lacking = coverage(desk, merchant.id).exposure_minor - book.account(desk, held_id).posted_minor
    own = has(chart.AVAILABLE) + pooled
    return own if own >= lacking or not rest else own * rest // max(rest, lacking)


def _pay(
    desk: Desk, order: Order, policy: Policy, claim: Claim, steps: Sources, now: Instant
) -> tuple[ClaimPaid, list[FactBody]]:
    amount = claim.claimed_minor
    assert amount <= order.captured_minor - order.awarded_minor, f"{claim.id}: more than was debited"
    psp_id = chart.house(chart.PSP, order.currency)
    drawn = book.waterfall(desk, psp_id, steps, amount, now, "compensation", order_id=order.id)
    parts, missing = drawn.parts, drawn.missing_minor
    called = _call(desk, order, claim, parts[From.GUARANTEES], now)
    _release_hold(desk, claim)
    _end(desk, claim, missing)
    exposed = min(order.exposed_minor, amount)
    save(
        desk,
        order,
        policy,
        held_minor=order.held_minor - parts[From.ORDER],
        awarded_minor=order.awarded_minor + amount,
        exposed_minor=order.exposed_minor - exposed,
        claim_id=None,
        **resumed(order, policy, now),
    )
    _owe(desk, order, claim, parts[From.FUND], missing, now)
    facts = adjust(
        desk,
        order.merchant_id,
        now,
        Added(
            exposure=-exposed,
            cover=-sum(parts[name] for name in COVER),
            claimed=amount,
            owed=parts[From.FUND] + missing,
            guaranteed=-called.counted_minor,
            uncalled=-parts[From.GUARANTEES],
        ),
    )
    paid = _paid(claim, parts, missing)
    return paid, [paid, *called.facts, *facts]


def _end(desk: Desk, claim: Claim, missing_minor: int) -> None:
    """Put the claim as it stands once it is paid, all of it or what there was."""
    event = "pay_short" if missing_minor else "pay"
    desk.put(
        replace(
            claim,
            state=advance(CLAIM_TRANSITIONS, claim.state, event, f"claim:{claim.id}"),
            paid_minor=claim.claimed_minor - missing_minor,
            missing_minor=missing_minor,
            hold_id=None,
            next_round=missing_minor > 0 and recovery.is_too_late(desk, claim),
        ),
        claim,
    )


def _paid(claim: Claim, parts: dict[From, int], missing_minor: int) -> ClaimPaid:
    return ClaimPaid(
        **claim.subjects,
        amount_minor=claim.claimed_minor - missing_minor,
        from_order_minor=parts[From.ORDER],
        from_available_minor=parts[From.KEPT] + parts[From.AVAILABLE],
        from_reserve_minor=parts[From.RESERVE],
        from_deposit_minor=parts[From.DEPOSIT],
        from_fund_minor=parts[From.FUND],
        missing_minor=missing_minor,
        from_guarantee_minor=parts[From.GUARANTEES],
        late=claim.late,
    )


def _call(desk: Desk, order: Order, claim: Claim, amount_minor: int, now: Instant) -> guarantees.Called:
    """Call of the merchant's guarantees what was just paid ahead of their issuers."""
    if not amount_minor:
        return guarantees.Called([], 0)
    return guarantees.call(
        desk,
        order.merchant_id,
        amount_minor,
        claimed_as(desk, order.merchant_id, running=is_running(order, claim)),
        now,
        claim_id=claim.id,
        order_id=order.id,
        why=claim.reason,
    )


def _release_hold(desk: Desk, claim: Claim) -> None:
    """Give back what was reserved for a claim and not used."""
    if claim.hold_id is not None:
        hold = desk.need(Hold, claim.hold_id)
        if hold.open_minor:
            book.end_hold(desk, hold.id, "void")


def _owe(desk: Desk, order: Order, claim: Claim, fund_minor: int, missing_minor: int, now: Instant) -> None:
    """Whatever the fund paid, and whatever is missing, the merchant owes."""
    if not fund_minor and not missing_minor:
        return
    debt = recourse.debt_of(desk, order.merchant_id)
    if fund_minor:
        recourse.owe(desk, debt, fund_minor, now, "owed to the fund", order.id)
    desk.put(
        replace(
            debt,
            short_minor=debt.short_minor + missing_minor,
            late_minor=debt.late_minor + (missing_minor if claim.late else 0),
            fund_minor=debt.fund_minor + fund_minor,
        ),
        debt,
    )


def settle_receivable(desk: Desk, order: Order, amount_minor: int, now: Instant, reason: str) -> None:
    """Take off what a consumer owes by name, on an overdue order, what it no longer owes."""
    if order.overdue_at is not None:
        book.post(
            desk,
            chart.house(chart.RECEIVABLES, order.currency),
            chart.consumer(order.consumer_id, order.currency),
            amount_minor,
            now,
            reason,
            order_id=order.id,
        )
