"""Until when claims are taken, which ids they may have, and how much may be granted."""

from holdfast.claims.refusals import ClaimIdReserved, ClaimTooLate, DecisionTooHigh
from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.states import advance
from holdfast.kernel.text import Text
from holdfast.orders.model import Order, OrderState
from holdfast.orders.rules import in_flight
from holdfast.parties.rules import check_id_within
from holdfast.policy.model import Policy
from holdfast.settlement.model import CLAIM_TRANSITIONS, Claim, ClaimState

RESERVED = ("/return", "/abscond", "/withdrawn")
"""Endings of the ids of claims that a return, a wind-down and a withdrawn delivery make."""


def check_claim_id(claim_id: str, order: Order) -> None:
    """Check that an id is well-formed, not another merchant's, and not of a form that Holdfast gives itself.

    Raises:
        ClaimIdReserved: it has the form of claims that nobody files.
    """
    check_id_within("claim_id", claim_id, order.merchant_id)
    if claim_id.endswith(RESERVED):
        raise ClaimIdReserved(f"claim:{claim_id}", endings=Text("、".join(RESERVED), " or ".join(RESERVED)))


def claims_until(order: Order, policy: Policy) -> Instant | None:
    """Return until when claims are taken; None while nothing was delivered or debited."""
    if order.captured_at is None and order.delivered_at is None:
        return None
    within = policy.claim_within_durable if order.durable else policy.claim_within
    return max(order.delivered_at or 0, order.captured_at or 0) + within


def check_in_time(order: Order, policy: Policy, now: Instant) -> None:
    """Check that the time to claim has not passed.

    Raises:
        ClaimTooLate: it has.
    """
    until = claims_until(order, policy)
    if until is not None and now > until:
        raise ClaimTooLate(f"order:{order.id}", until=iso(until))


def step(claim: Claim, event: str) -> ClaimState:
    """Return the state of the claim after an event."""
    return advance(CLAIM_TRANSITIONS, claim.state, event, f"claim:{claim.id}")


def check_granted(claim: Claim, granted_minor: int) -> None:
    """Check that a claim is undecided, and that the amount granted is above zero and within the claim.

    Raises:
        WrongState: the claim is decided.
        DecisionTooHigh: nothing is granted, or more than is claimed.
    """
    step(claim, "UpholdClaim")
    if not 0 < granted_minor <= claim.claimed_minor:
        raise DecisionTooHigh(f"claim:{claim.id}", claimed=claim.claimed_minor, asked=granted_minor)


def capture_comes_first(order: Order, policy: Policy) -> bool:
    """Tell whether the debit will be answered before any of the debt can be forgiven."""
    if order.captured_at is not None or order.state is OrderState.OVERDUE:
        return False
    return in_flight(order) or not policy.claim_stops_capture
