"""Compensation by the waterfall, and what the merchant owes for it.

Sources, in their order: the order's own held proceeds, the merchant's available money, its reserve, its
deposit, its guarantees, the fund. The platform pays ahead of a guarantee's issuer. What still misses stays on
the claim, and is paid first from whatever is recovered.

Cover belongs to the orders whose window runs. A claim after its window is paid from the merchant's available
money, from cover that none of those needs, guarantees included, and by the fund to what the merchant's own
sales have brought in.
"""

from msgspec.structs import replace

from holdfast.coverage.book import adjust, may_leave
from holdfast.coverage.record import coverage
from holdfast.coverage.rules import late_room
from holdfast.guarantees import book as guarantees
from holdfast.guarantees.model import Claimed
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.ledger import book, chart
from holdfast.ledger.book import Source
from holdfast.ledger.model import Hold
from holdfast.orders.book import resumed, save
from holdfast.orders.model import Order
from holdfast.parties.model import Merchant, MerchantStatus
from holdfast.policy.model import Policy, adopted
from holdfast.settlement import recourse, recovery
from holdfast.settlement.facts import ClaimPaid
from holdfast.settlement.model import CLAIM_TRANSITIONS, Claim


def sources(
    desk: Desk,
    order: Order,
    hold_id: str | None,
    now: Instant,
    *,
    exposure_drop: int,
    fund: Source | None = None,
    claim: Claim | None = None,
) -> list[Source]:
    """Return the waterfall as far as it may give: order, hold, available, reserve, deposit, guarantees, fund.

    Cover gives no more than may leave together with `exposure_drop`; without a `claim`, as in a refund, also
    nothing that open claims ask for. `fund` replaces the fund; where it is None the fund gives nothing.
    Guarantees pay for a claim alone.
    """
    merchant_id, currency = order.merchant_id, order.currency
    available_id = chart.merchant(merchant_id, chart.AVAILABLE, currency)
    reserve_id = chart.merchant(merchant_id, chart.RESERVE, currency)
    fund_id = chart.house(chart.FUND, currency)
    kept = coverage(desk, merchant_id).asked_minor if claim is None else 0
    left = may_leave(desk, merchant_id, now, exposure_drop, kept)
    held = min(order.held_minor, left)
    reserve = min(max(0, book.available(desk, reserve_id)), left - held)
    rest = left - held - reserve
    return [
        Source(chart.merchant(merchant_id, chart.HELD, currency), held),
        Source(available_id, None, hold_id) if hold_id else Source(available_id, 0),
        Source(available_id),
        Source(reserve_id, reserve),
        Source(chart.merchant(merchant_id, chart.DEPOSIT, currency), rest),
        Source(
            chart.house(chart.GUARANTEES, currency),
            0 if claim is None else _guaranteed(desk, order, claim, now, rest),
            ahead=True,
        ),
        fund or Source(fund_id, 0),
    ]


def _is_running(order: Order, claim: Claim) -> bool:
    """Tell whether all that is claimed is still exposed: the order's window runs."""
    return not claim.late and claim.claimed_minor <= order.exposed_minor


def claimed_as(desk: Desk, merchant_id: str, *, running: bool) -> frozenset[Claimed]:
    """Return what a claim is, where a guarantee may exclude it."""
    ran = desk.need(Merchant, merchant_id).status is MerchantStatus.ABSCONDED
    kinds = {Claimed.RUN_AWAYS} if ran else {Claimed.ORDINARY} if running else set[Claimed]()
    return frozenset(kinds if running else {*kinds, Claimed.LATE})


def _guaranteed(desk: Desk, order: Order, claim: Claim, now: Instant, rest_minor: int) -> int:
    """Return the most that guarantees give: after its window what cover does not need beside the deposit."""
    if not coverage(desk, order.merchant_id).uncalled_minor:
        return 0
    running = _is_running(order, claim)
    claimed = claimed_as(desk, order.merchant_id, running=running)
    deposit = book.available(desk, chart.merchant(order.merchant_id, chart.DEPOSIT, order.currency))
    spare = None if running else max(0, rest_minor - deposit)
    return guarantees.reach(desk, order.merchant_id, claimed, now, spare)


def waterfall(desk: Desk, order: Order, claim: Claim, now: Instant) -> list[Source]:
    """Return the sources of an upheld claim: with a late one the fund is bound, too."""
    fund_id = chart.house(chart.FUND, order.currency)
    if not claim.late:
        drop = min(order.exposed_minor, claim.claimed_minor)
        return sources(desk, order, claim.hold_id, now, exposure_drop=drop, fund=Source(fund_id), claim=claim)
    fund = Source(fund_id, late_fund(desk, order.merchant_id, may_leave(desk, order.merchant_id, now)))
    return sources(desk, order, claim.hold_id, now, exposure_drop=0, fund=fund, claim=claim)


def late_fund(desk: Desk, merchant_id: str, leaves_minor: int) -> int:
    """Return the most that the fund pays for late claims, once `leaves_minor` of cover has left for them.

    What the merchant's sales brought in is counted once: what then stands uncovered has used it up. See
    `coverage.rules.late_room`.
    """
    sums = coverage(desk, merchant_id)
    after = replace(sums, guaranteed_minor=0, cover_minor=sums.all_cover_minor - leaves_minor)
    return late_room(after, adopted(desk, desk.policy_version))


def pay(
    desk: Desk, order: Order, policy: Policy, claim: Claim, now: Instant, given: list[Source] | None = None
) -> list[FactBody]:
    """Pay an upheld claim on a captured order, as far as the waterfall reaches, and end its pause.

    `given` replaces the waterfall, for sweeps that share what there is.
    """
    amount = claim.claimed_minor
    assert amount <= order.captured_minor - order.awarded_minor, f"{claim.id}: more than was debited"
    psp_id = chart.house(chart.PSP, order.currency)
    steps = waterfall(desk, order, claim, now) if given is None else given
    drawn = book.waterfall(desk, psp_id, steps, amount, now, "compensation", order_id=order.id)
    own, on_hold, free, reserve, deposit, guaranteed, fund = drawn.parts
    called = _call(desk, order, claim, guaranteed, now)
    missing = drawn.missing_minor
    _release_hold(desk, claim)
    event = "pay_short" if missing else "pay"
    state = advance(CLAIM_TRANSITIONS, claim.state, event, f"claim:{claim.id}")
    desk.put(
        replace(
            claim,
            state=state,
            paid_minor=amount - missing,
            missing_minor=missing,
            hold_id=None,
            next_round=missing > 0 and recovery.is_too_late(desk, claim),
        )
    )
    exposed = min(order.exposed_minor, amount)
    save(
        desk,
        order,
        policy,
        held_minor=order.held_minor - own,
        awarded_minor=order.awarded_minor + amount,
        exposed_minor=order.exposed_minor - exposed,
        claim_id=None,
        **resumed(order, policy, now),
    )
    _owe(desk, order, claim, fund, missing, now)
    cover = -(own + reserve + deposit)
    facts = adjust(
        desk,
        order.merchant_id,
        now,
        exposure=-exposed,
        cover=cover,
        claimed=amount,
        owed=fund + missing,
        guaranteed=-called.counted_minor,
        uncalled=-guaranteed,
    )
    paid = ClaimPaid(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        claim_id=claim.id,
        amount_minor=amount - missing,
        from_order_minor=own,
        from_available_minor=on_hold + free,
        from_reserve_minor=reserve,
        from_deposit_minor=deposit,
        from_fund_minor=fund,
        missing_minor=missing,
        from_guarantee_minor=guaranteed,
        late=claim.late,
    )
    return [paid, *called.facts, *facts]


def _call(desk: Desk, order: Order, claim: Claim, amount_minor: int, now: Instant) -> guarantees.Called:
    """Call of the merchant's guarantees what was just paid ahead of their issuers."""
    if not amount_minor:
        return guarantees.Called([], 0)
    return guarantees.call(
        desk,
        order.merchant_id,
        amount_minor,
        claimed_as(desk, order.merchant_id, running=_is_running(order, claim)),
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
            book.end_hold(desk, hold.id, "VoidHold")


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
        )
    )
