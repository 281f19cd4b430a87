"""Claims: opening one stops the debit and holds the payout; deciding one pays or resumes."""

from msgspec.structs import replace

from holdfast.coverage.book import adjust
from holdfast.coverage.record import coverage
from holdfast.coverage.rules import promises
from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.ledger import book, chart
from holdfast.orders import rules
from holdfast.orders.book import reduce_owed, resumed, save
from holdfast.orders.facts import OrderFact, OwedReduced
from holdfast.orders.handlers import find
from holdfast.orders.model import Order, OrderState
from holdfast.orders.refusals import NotConfirmed
from holdfast.parties.model import Merchant, MerchantStatus
from holdfast.policy.model import Policy, adopted
from holdfast.settlement import compensation
from holdfast.settlement.facts import (
    CaptureFailed,
    ClaimForgiven,
    ClaimOpened,
    ClaimRejected,
    ClaimUpheld,
    ClaimWaits,
    KeptForClaim,
    OrderCaptured,
)
from holdfast.settlement.model import (
    ASKING_CLAIMS,
    CLAIM_TRANSITIONS,
    Claim,
    ClaimState,
    OpenClaim,
    RejectClaim,
    UpholdClaim,
)
from holdfast.settlement.refusals import (
    ClaimExists,
    ClaimIdReserved,
    ClaimOpenAlready,
    ClaimTooLate,
    DecisionTooHigh,
    NothingToClaim,
)

KEPT_AT_ONCE = 200
"""Claims for which money is kept at a time: what they leave is kept for others the next time."""

RESERVED = ("/return", "/abscond", "/withdrawn")
"""Endings of claims that a return, a wind-down and a withdrawn delivery make."""


def claimable(order: Order) -> int:
    """Return what can be claimed: what is owed, and what was debited and not refunded."""
    return order.owed_minor + (0 if order.captured_at is None else order.captured_minor - order.awarded_minor)


def refundable(order: Order) -> int:
    """Return what was debited and not refunded."""
    return order.captured_minor - order.awarded_minor


def claims_until(order: Order, policy: Policy) -> Instant | None:
    """Return until when claims are taken; None while the goods are not there and nothing was debited."""
    if order.captured_at is None and order.delivered_at is None:
        return None
    within = policy.claim_within_durable if order.durable else policy.claim_within
    return max(order.delivered_at or 0, order.captured_at or 0) + within


def _check_in_time(order: Order, policy: Policy, now: Instant) -> None:
    until = claims_until(order, policy)
    if until is not None and now > until:
        raise ClaimTooLate(f"order:{order.id}", until=iso(until))


def check_amount(order: Order, amount_minor: int, most: int) -> None:
    """Refuse an amount of nothing, or beyond the most that there is."""
    if not 0 < amount_minor <= most:
        raise NothingToClaim(f"order:{order.id}", most=most, asked=amount_minor)


def open_claim(desk: Desk, command: OpenClaim, now: Instant) -> list[FactBody]:
    """File a claim: the order stands still, and the merchant's payout is held for what its proceeds lack."""
    if command.claim_id.endswith(RESERVED):
        raise ClaimIdReserved(f"claim:{command.claim_id}", endings=" or ".join(RESERVED))
    order, policy = find(desk, command.order_id)
    return file(desk, order, policy, command.claim_id, command.amount_minor, command.reason, now)


def file(
    desk: Desk, order: Order, policy: Policy, claim_id: str, amount_minor: int, reason: str, now: Instant
) -> list[FactBody]:
    """File a claim on an order, by whatever way it came."""
    if desk.find(Claim, claim_id) is not None:
        raise ClaimExists(f"claim:{claim_id}")
    state = rules.step(order, "OpenClaim")
    if order.confirmed_at is None:
        raise NotConfirmed(f"order:{order.id}")
    if order.claim_id is not None:
        raise ClaimOpenAlready(f"order:{order.id}", claim=order.claim_id)
    _check_in_time(order, policy, now)
    check_amount(order, amount_minor, claimable(order))
    paid_back = max(0, amount_minor - order.owed_minor)  # what is still owed comes off first
    hold_id, held = _hold_payout(desk, order, policy, paid_back, now)
    asked = _asked(desk, order, policy, paid_back - held)
    desk.put(
        Claim(
            id=claim_id,
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            currency=order.currency,
            state=ClaimState.OPEN,
            claimed_minor=amount_minor,
            paid_minor=0,
            missing_minor=0,
            opened_at=now,
            reason=reason,
            hold_id=hold_id,
            asked_minor=asked,
        )
    )
    save(
        desk,
        order,
        policy,
        state=state,
        claim_id=claim_id,
        disputed_at=now,
    )
    facts = adjust(desk, order.merchant_id, now, asked=asked) if asked else []
    return [
        ClaimOpened(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            claim_id=claim_id,
            amount_minor=amount_minor,
            reason=reason,
            payout_held_minor=held,
            late=order.captured_at is not None and compensation.is_late(order),
        ),
        *facts,
    ]


def _asked(desk: Desk, order: Order, policy: Policy, lacking_minor: int) -> int:
    """Return what a claim asks beyond what is kept for it, as cover is where that is promised."""
    if not policy.claim_holds_payout or order.captured_at is None:
        return 0
    covered = order.exposed_minor and promises(adopted(desk, desk.policy_version))
    return 0 if covered else max(0, lacking_minor - order.held_minor)


def keep(desk: Desk, merchant_id: str, now: Instant) -> list[FactBody]:
    """Keep of the merchant's available money what open claims ask, before anything of it is paid out."""
    if not coverage(desk, merchant_id).asked_minor:
        return []
    facts: list[FactBody] = []
    for claim_id in desk.page(ASKING_CLAIMS, merchant_id, limit=KEPT_AT_ONCE):
        facts += _keep_more(desk, desk.need(Claim, claim_id), now)
    return facts


def _keep_more(desk: Desk, claim: Claim, now: Instant) -> list[FactBody]:
    available_id = chart.merchant(claim.merchant_id, chart.AVAILABLE, claim.currency)
    part = min(claim.asked_minor, book.available(desk, available_id))
    if part <= 0:
        return []
    kept = part
    if claim.hold_id is not None:
        _, back = book.end_hold(desk, claim.hold_id, "VoidHold")
        kept += back
    psp_id = chart.house(chart.PSP, claim.currency)
    hold = book.hold(desk, available_id, psp_id, kept, now, "claim", order_id=claim.order_id)
    left = claim.asked_minor - part
    desk.put(replace(claim, hold_id=hold.id, asked_minor=left))
    told = KeptForClaim(**_subjects(claim), amount_minor=part, lacking_minor=left)
    return [told, *adjust(desk, claim.merchant_id, now, asked=-part)]


def _hold_payout(
    desk: Desk, order: Order, policy: Policy, amount_minor: int, now: Instant
) -> tuple[str | None, int]:
    """Reserve of the merchant's available money what the order's own proceeds do not cover.

    That of one that ran is shared by sweeps: nobody reserves any of it.
    """
    ran = desk.need(Merchant, order.merchant_id).status is MerchantStatus.ABSCONDED
    if ran or not policy.claim_holds_payout or order.captured_at is None:
        return None, 0
    available_id = chart.merchant(order.merchant_id, chart.AVAILABLE, order.currency)
    part = min(amount_minor - order.held_minor, book.available(desk, available_id))
    if part <= 0:
        return None, 0
    psp_id = chart.house(chart.PSP, order.currency)
    hold = book.hold(desk, available_id, psp_id, part, now, "claim", order_id=order.id)
    return hold.id, part


def uphold(desk: Desk, command: UpholdClaim, now: Instant) -> list[FactBody]:
    """Decide for the consumer. Before the debit so much less is owed; after it the waterfall pays at once.

    A claim on a merchant that has run joins the sweep of its wind-down.
    """
    claim = desk.need(Claim, command.claim_id)
    where = f"claim:{claim.id}"
    state = advance(CLAIM_TRANSITIONS, claim.state, "UpholdClaim", where)
    amount = claim.claimed_minor if command.amount_minor is None else command.amount_minor
    if not 0 < amount <= claim.claimed_minor:
        raise DecisionTooHigh(where, claimed=claim.claimed_minor, asked=amount)
    order, policy = find(desk, claim.order_id)
    if _debit_comes_first(order, policy):
        state = advance(CLAIM_TRANSITIONS, claim.state, "wait", where)
        desk.put(replace(claim, state=state, claimed_minor=amount))
        return [ClaimWaits(**_subjects(claim), amount_minor=amount)]
    if order.captured_at is None:
        state = advance(CLAIM_TRANSITIONS, claim.state, "forgive", where)
        desk.put(replace(claim, state=state, claimed_minor=amount))
        return _forgive(desk, order, policy, claim.id, amount, now)
    order, facts = _less_owed(desk, order, policy, amount)
    amount = min(amount - _by(facts), refundable(order))
    if claim.asked_minor:
        facts += adjust(desk, claim.merchant_id, now, asked=-claim.asked_minor)
    if not amount:
        return [*facts, *_met(desk, order, policy, claim, now)]
    late = compensation.is_late(order)
    claim = replace(claim, state=state, claimed_minor=amount, late=late, asked_minor=0)
    desk.put(claim)
    upheld = ClaimUpheld(**_subjects(claim), amount_minor=amount)
    if desk.need(Merchant, claim.merchant_id).status is MerchantStatus.ABSCONDED:
        return [*facts, upheld]
    return [*facts, upheld, *compensation.pay(desk, order, policy, claim, now)]


def _less_owed(desk: Desk, order: Order, policy: Policy, amount: int) -> tuple[Order, list[FactBody]]:
    """Lower, before anything is paid back, what a debit in part has left owed."""
    if not order.owed_minor:
        return order, []
    left = max(0, order.owed_minor - amount)
    return reduce_owed(desk, order, policy, left, "claim upheld")


def _by(facts: list[FactBody]) -> int:
    return sum(fact.by_minor for fact in facts if isinstance(fact, OwedReduced))


def _met(desk: Desk, order: Order, policy: Policy, claim: Claim, now: Instant) -> list[FactBody]:
    """End a claim for which nothing is to be paid: so much less is owed."""
    if claim.hold_id is not None:
        book.end_hold(desk, claim.hold_id, "VoidHold")
    state = advance(CLAIM_TRANSITIONS, claim.state, "forgive", f"claim:{claim.id}")
    desk.put(replace(claim, state=state, hold_id=None, asked_minor=0))
    save(desk, order, policy, claim_id=None, **resumed(order, policy, now))
    return [ClaimForgiven(**_subjects(claim), amount_minor=claim.claimed_minor)]


def _debit_comes_first(order: Order, policy: Policy) -> bool:
    """Tell whether the debit will be answered before anything can be forgiven."""
    if order.captured_at is not None or order.state is OrderState.OVERDUE:
        return False
    return rules.in_flight(order) or not policy.claim_stops_capture


def _subjects(claim: Claim) -> dict[str, str]:
    return {
        "order_id": claim.order_id,
        "merchant_id": claim.merchant_id,
        "consumer_id": claim.consumer_id,
        "claim_id": claim.id,
    }


def _forgive(
    desk: Desk, order: Order, policy: Policy, claim_id: str, amount_minor: int, now: Instant
) -> list[FactBody]:
    """Lower what is owed: the debit that was stopped takes so much less, or does not come at all."""
    left = max(0, order.owed_minor - amount_minor)
    changes = {"claim_id": None, **resumed(order, policy, now)}
    _, facts = reduce_owed(desk, order, policy, left, "claim upheld", **changes)
    forgiven = ClaimForgiven(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        claim_id=claim_id,
        amount_minor=order.owed_minor - left,
    )
    return [forgiven, *facts]


def pay_waiting(desk: Desk, fact: OrderCaptured, now: Instant) -> list[FactBody]:
    """Pay, after the debit that nothing stopped, the claim that was decided before it."""
    order, policy = find(desk, fact.order_id)
    claim = None if order.claim_id is None else desk.need(Claim, order.claim_id)
    if claim is None or claim.state is not ClaimState.WAITING:
        return []
    state = advance(CLAIM_TRANSITIONS, claim.state, "captured", f"claim:{claim.id}")
    order, facts = _less_owed(desk, order, policy, claim.claimed_minor)
    amount = min(claim.claimed_minor - _by(facts), refundable(order))
    if not amount:
        return [*facts, *_met(desk, order, policy, claim, now)]
    claim = replace(claim, state=state, claimed_minor=amount)
    desk.put(claim)
    facts.append(ClaimUpheld(**_subjects(claim), amount_minor=claim.claimed_minor))
    if desk.need(Merchant, claim.merchant_id).status is MerchantStatus.ABSCONDED:
        return facts
    return [*facts, *compensation.pay(desk, order, policy, claim, now)]


def forgive_waiting(desk: Desk, fact: CaptureFailed, now: Instant) -> list[FactBody]:
    """Forgive, after the debit that failed, the claim that waited for it."""
    order, policy = find(desk, fact.order_id)
    claim = None if order.claim_id is None else desk.need(Claim, order.claim_id)
    if claim is None or claim.state is not ClaimState.WAITING:
        return []
    desk.put(replace(claim, state=advance(CLAIM_TRANSITIONS, claim.state, "forgive", f"claim:{claim.id}")))
    return _forgive(desk, order, policy, claim.id, claim.claimed_minor, now)


def close_with_order(desk: Desk, fact: OrderFact, _now: Instant) -> list[FactBody]:
    """End the claim on an order that ended without a debit: nothing is owed, so nothing is left of it."""
    order = desk.need(Order, fact.order_id)
    if order.claim_id is None or order.captured_at is not None:
        return []
    claim = desk.need(Claim, order.claim_id)
    state = advance(CLAIM_TRANSITIONS, claim.state, "cancel", f"claim:{claim.id}")
    desk.put(replace(claim, state=state))
    desk.put(replace(order, claim_id=None, disputed_at=None))
    return [ClaimForgiven(**_subjects(claim), amount_minor=claim.claimed_minor)]


def reject(desk: Desk, command: RejectClaim, now: Instant) -> list[FactBody]:
    """Decide for the merchant: the order goes on where it stopped, and its payout too."""
    claim = desk.need(Claim, command.claim_id)
    state = advance(CLAIM_TRANSITIONS, claim.state, "RejectClaim", f"claim:{claim.id}")
    if claim.hold_id is not None:
        book.end_hold(desk, claim.hold_id, "VoidHold")
    desk.put(replace(claim, state=state, hold_id=None, asked_minor=0))
    facts = adjust(desk, claim.merchant_id, now, asked=-claim.asked_minor) if claim.asked_minor else []
    order, policy = find(desk, claim.order_id)
    save(desk, order, policy, claim_id=None, **resumed(order, policy, now))
    return [
        *facts,
        ClaimRejected(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            claim_id=claim.id,
            reason=command.reason,
        ),
    ]
