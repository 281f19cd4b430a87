"""The consequence of a claim's decision: the consumer owes less, or the waterfall pays."""

from msgspec.structs import replace

from holdfast.claims.facts import ClaimUpheld
from holdfast.claims.rules import step
from holdfast.coverage.book import Added, adjust
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book
from holdfast.orders.book import reduce_owed, resumed, save
from holdfast.orders.facts import OwedReduced
from holdfast.orders.model import Order
from holdfast.parties.model import Merchant, MerchantStatus
from holdfast.policy.model import Policy
from holdfast.settlement import book as settlement
from holdfast.settlement.facts import ClaimForgiven
from holdfast.settlement.model import Claim
from holdfast.settlement.rules import refundable


def forgive(
    desk: Desk, order: Order, policy: Policy, claim: Claim, amount_minor: int, now: Instant
) -> list[FactBody]:
    """Lower the consumer's debt: the debit that was stopped takes so much less, or does not come at all."""
    desk.put(replace(claim, state=step(claim, "forgive"), claimed_minor=amount_minor), claim)
    left = max(0, order.owed_minor - amount_minor)
    changes = {"claim_id": None, **resumed(order, policy, now)}
    _, facts = reduce_owed(desk, order, policy, left, "claim upheld", **changes)
    return [ClaimForgiven(**claim.subjects, amount_minor=order.owed_minor - left), *facts]


def pay(
    desk: Desk,
    order: Order,
    policy: Policy,
    claim: Claim,
    event: str,
    amount_minor: int,
    now: Instant,
    *,
    late: bool,
) -> list[FactBody]:
    """Have an upheld claim on a debited order paid; an amount that the consumer still owes comes off first.

    A claim on an absconded merchant joins the sweep of its wind-down.
    """
    state = step(claim, event)
    order, facts = _less_owed(desk, order, policy, amount_minor)
    forgiven = sum(fact.by_minor for fact in facts if isinstance(fact, OwedReduced))
    amount = min(amount_minor - forgiven, refundable(order))
    if claim.asked_minor:
        facts += adjust(desk, claim.merchant_id, now, Added(asked=-claim.asked_minor))
    if not amount:
        return [*facts, *_met(desk, order, policy, claim, now)]
    upheld = replace(claim, state=state, claimed_minor=amount, late=late, asked_minor=0)
    desk.put(upheld, claim)
    facts.append(ClaimUpheld(**upheld.subjects, amount_minor=amount))
    if desk.need(Merchant, claim.merchant_id).status is MerchantStatus.ABSCONDED:
        return facts
    return [*facts, *settlement.pay(desk, order, policy, upheld, now)]


def _less_owed(desk: Desk, order: Order, policy: Policy, amount: int) -> tuple[Order, list[FactBody]]:
    """Lower, before anything is paid back, the debt that a partial debit has left."""
    if not order.owed_minor:
        return order, []
    left = max(0, order.owed_minor - amount)
    return reduce_owed(desk, order, policy, left, "claim upheld")


def _met(desk: Desk, order: Order, policy: Policy, claim: Claim, now: Instant) -> list[FactBody]:
    """End a claim that no money is to be paid for: the consumer owes so much less."""
    if claim.hold_id is not None:
        book.end_hold(desk, claim.hold_id, "void")
    desk.put(replace(claim, state=step(claim, "forgive"), hold_id=None, asked_minor=0), claim)
    save(desk, order, policy, claim_id=None, **resumed(order, policy, now))
    return [ClaimForgiven(**claim.subjects, amount_minor=claim.claimed_minor)]
