"""The waterfall: the sources that a consumer is paid back from, and how far each gives.

Sources, in their order: the order's own held proceeds, the merchant's available money, its reserve, its
deposit, its guarantees, the fund. The platform pays ahead of a guarantee's issuer.

Cover belongs to the orders whose window runs. A claim after its window is paid from the merchant's available
money, from cover that none of those needs, guarantees included, and by the fund to the amount that the
merchant's own sales have brought in.
"""

from enum import StrEnum

from msgspec.structs import replace

from holdfast.coverage.book import coverage, may_leave
from holdfast.coverage.rules import late_room
from holdfast.guarantees import book as guarantees
from holdfast.guarantees.model import Claimed
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.ledger import book, chart
from holdfast.ledger.book import Source
from holdfast.orders.model import Order
from holdfast.parties.model import Merchant, MerchantStatus
from holdfast.policy.model import adopted
from holdfast.settlement.model import Claim


class From(StrEnum):
    """A source of the waterfall. *Kept*: the part of the merchant's available money on hold for the claim."""

    ORDER = "order"
    KEPT = "kept"
    AVAILABLE = "available"
    RESERVE = "reserve"
    DEPOSIT = "deposit"
    GUARANTEES = "guarantees"
    FUND = "fund"


COVER = (From.ORDER, From.RESERVE, From.DEPOSIT)
"""The sources that are cover: money that leaves them covers nothing any more."""

Sources = dict[From, Source]
"""A waterfall: its sources, in the order in which they give."""


def sources(
    desk: Desk,
    order: Order,
    now: Instant,
    *,
    exposure_drop: int,
    fund: Source | None = None,
    claim: Claim | None = None,
    hold_id: str | None = None,
) -> Sources:
    """Return the waterfall: each source, with the most that it may give.

    Cover gives no more than may leave together with `exposure_drop`; without a `claim`, as in a refund, also
    nothing that open claims ask for. `fund` is the fund as far as it gives; where it is None it gives
    nothing. Guarantees pay for a claim alone.
    """
    merchant_id, currency = order.merchant_id, order.currency
    available_id = chart.merchant(merchant_id, chart.AVAILABLE, currency)
    reserve_id = chart.merchant(merchant_id, chart.RESERVE, currency)
    kept = coverage(desk, merchant_id).asked_minor if claim is None else 0
    left = may_leave(desk, merchant_id, now, exposure_drop, kept)
    held = min(order.held_minor, left)
    reserve = min(max(0, book.available(desk, reserve_id)), left - held)
    rest = left - held - reserve
    guaranteed = 0 if claim is None else _guaranteed(desk, order, claim, now, rest)
    return {
        From.ORDER: Source(chart.merchant(merchant_id, chart.HELD, currency), held),
        From.KEPT: Source(available_id, None if hold_id else 0, hold_id),
        From.AVAILABLE: Source(available_id),
        From.RESERVE: Source(reserve_id, reserve),
        From.DEPOSIT: Source(chart.merchant(merchant_id, chart.DEPOSIT, currency), rest),
        From.GUARANTEES: Source(chart.house(chart.GUARANTEES, currency), guaranteed, ahead=True),
        From.FUND: fund or Source(chart.house(chart.FUND, currency), 0),
    }


def is_running(order: Order, claim: Claim) -> bool:
    """Tell whether the whole claimed amount is still exposed: the order's window runs."""
    return not claim.late and claim.claimed_minor <= order.exposed_minor


def claimed_as(desk: Desk, merchant_id: str, *, running: bool) -> frozenset[Claimed]:
    """Return the kinds of claim, as a guarantee may exclude them, that a claim on this merchant is of."""
    ran = desk.need(Merchant, merchant_id).status is MerchantStatus.ABSCONDED
    kinds = {Claimed.RUN_AWAYS} if ran else {Claimed.ORDINARY} if running else set[Claimed]()
    return frozenset(kinds if running else {*kinds, Claimed.LATE})


def _guaranteed(desk: Desk, order: Order, claim: Claim, now: Instant, rest_minor: int) -> int:
    """Return the most that guarantees give, in minor units.

    After the order's window that is only the part of cover, beside the deposit, that no order needs.
    """
    if not coverage(desk, order.merchant_id).uncalled_minor:
        return 0
    running = is_running(order, claim)
    claimed = claimed_as(desk, order.merchant_id, running=running)
    deposit = book.available(desk, chart.merchant(order.merchant_id, chart.DEPOSIT, order.currency))
    spare = None if running else max(0, rest_minor - deposit)
    return guarantees.reach(desk, order.merchant_id, claimed, now, spare)


def of_claim(desk: Desk, order: Order, claim: Claim, now: Instant) -> Sources:
    """Return the waterfall of an upheld claim; for a late one the fund is limited, too."""
    fund_id = chart.house(chart.FUND, order.currency)
    hold_id = claim.hold_id
    if not claim.late:
        drop, fund = min(order.exposed_minor, claim.claimed_minor), Source(fund_id)
        return sources(desk, order, now, exposure_drop=drop, fund=fund, claim=claim, hold_id=hold_id)
    fund = Source(fund_id, late_fund(desk, order.merchant_id, may_leave(desk, order.merchant_id, now)))
    return sources(desk, order, now, exposure_drop=0, fund=fund, claim=claim, hold_id=hold_id)


def of_share(
    desk: Desk, order: Order, claim: Claim, share_minor: int, now: Instant, fund_hold_id: str | None
) -> Sources:
    """Return the waterfall of a claim that gets its share of the money that a sweep has gathered.

    The sources after the order's own give together the share and no more; the fund from `fund_hold_id`.
    """
    fund = Source(chart.house(chart.FUND, order.currency), None if fund_hold_id else 0, fund_hold_id)
    drop = min(order.exposed_minor, claim.claimed_minor)
    capped: Sources = {}
    left = share_minor
    for name, source in sources(desk, order, now, exposure_drop=drop, fund=fund, claim=claim).items():
        if name is From.ORDER:
            capped[name] = source
            continue
        part = min(left, book.reach(desk, source)) if left else 0
        left -= part
        capped[name] = source._replace(cap_minor=part)
    return capped


def late_fund(desk: Desk, merchant_id: str, leaves_minor: int) -> int:
    """Return the most, in minor units, that the fund pays for late claims once `leaves_minor` of cover left.

    The merchant's sales are counted once: exposure that then stands uncovered has used them up. See
    `coverage.rules.late_room`.
    """
    sums = coverage(desk, merchant_id)
    after = replace(sums, guaranteed_minor=0, cover_minor=sums.all_cover_minor - leaves_minor)
    return late_room(after, adopted(desk, desk.policy_version))
