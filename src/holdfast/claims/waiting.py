"""Claims that were decided before a debit that nothing stopped, or whose order ended without a debit."""

from msgspec.structs import replace

from holdfast.claims import payment
from holdfast.claims.rules import step
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.orders.book import find
from holdfast.orders.facts import OrderFact
from holdfast.orders.model import Order
from holdfast.settlement.facts import CaptureFailed, ClaimForgiven, OrderCaptured
from holdfast.settlement.model import Claim, ClaimState


def pay_waiting(desk: Desk, fact: OrderCaptured, now: Instant) -> list[FactBody]:
    """Pay, after the debit that nothing stopped, the claim that was decided before it."""
    order, policy = find(desk, fact.order_id)
    claim = _waiting(desk, order)
    if claim is None:
        return []
    amount, late = claim.claimed_minor, claim.late
    return payment.pay(desk, order, policy, claim, "captured", amount, now, late=late)


def forgive_waiting(desk: Desk, fact: CaptureFailed, now: Instant) -> list[FactBody]:
    """Forgive, after the debit that failed, the claim that waited for it."""
    order, policy = find(desk, fact.order_id)
    claim = _waiting(desk, order)
    return [] if claim is None else payment.forgive(desk, order, policy, claim, claim.claimed_minor, now)


def _waiting(desk: Desk, order: Order) -> Claim | None:
    """Return the claim on an order that is decided, and waits for the debit."""
    claim = None if order.claim_id is None else desk.need(Claim, order.claim_id)
    return claim if claim is not None and claim.state is ClaimState.WAITING else None


def close_with_order(desk: Desk, fact: OrderFact, _now: Instant) -> list[FactBody]:
    """End the claim on an order that ended without a debit: the consumer owes nothing, so nothing is left."""
    order = desk.need(Order, fact.order_id)
    if order.claim_id is None or order.captured_at is not None:
        return []
    claim = desk.need(Claim, order.claim_id)
    desk.put(replace(claim, state=step(claim, "cancel")), claim)
    desk.put(replace(order, claim_id=None, disputed_at=None), order)
    return [ClaimForgiven(**claim.subjects, amount_minor=claim.claimed_minor)]
