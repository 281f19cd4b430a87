"""The functions that other rooms call: pay claims, whole or in shares; lower a consumer's debt.

The part of a claim that could not be paid stays on it as `missing_minor`, and is paid first from whatever is
recovered. The merchant owes both that part and whatever the fund paid.
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
    """Pay an upheld claim from its order's own proceeds, and its share of the money that a sweep gathered.

    Returns the fact of the payment, and all facts, that one among them.
    """
    steps = of_share(desk, order, claim, share_minor, now, fund_hold_id)
    return _pay(desk, order, policy, claim, steps, now)


class ToShare(NamedTuple):
    """The most that a sweep may share, in minor units: of the merchant's side, and of the fund."""

    own_minor: int
    fund_minor: int


def to_share(desk: Desk, merchant: Merchant, rest_minor: int, now: Instant, *, late: bool) -> ToShare:
    """Return the amounts that a sweep may share among claims.

    `rest_minor` is the sum, in minor units, that these claims come to beyond the money that their orders
    hold.
    """
    fund = max(0, book.available(desk, chart.house(chart.FUND, merchant.currency)))
    if late:
        fund = min(fund, late_fund(desk, merchant.id, may_leave(desk, merchant.id, now)))
    return ToShare(_own(desk, merchant, rest_minor, now, late=late), fund)


def _own(desk: Desk, merchant: Merchant, rest: int, now: Instant, *, late: bool) -> int:
    """Return how much a sweep may share, in minor units, of the merchant's free money and its guarantees.

    Free is the money that no order holds. Where it is too little for all, orders whose window runs and that
    are not claimed yet keep their part of it. Late claims get only the cover that is not needed for others.
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
    # The consumer's money leaves here, the fund's included, and does not come back: the claim is upheld and
    # is paid only once, as its state ends below. The fund is the last source, after all that the merchant
    # has.
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
    """Close the payment of a claim: paid, or short by the amount that the waterfall could not give."""
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
    """Call the merchant's guarantees for the amount that the platform just paid ahead of their issuers."""
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
    """Release the rest of the hold that was reserved for a claim and not used."""
    if claim.hold_id is not None:
        hold = desk.need(Hold, claim.hold_id)
        if hold.open_minor:
            book.end_hold(desk, hold.id, "void")


def _owe(desk: Desk, order: Order, claim: Claim, fund_minor: int, missing_minor: int, now: Instant) -> None:
    """Write on the merchant's debt the amount that the fund paid and the amount that is missing."""
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
    """Lower by `amount_minor` the debt that a consumer has by name on an overdue order."""
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
