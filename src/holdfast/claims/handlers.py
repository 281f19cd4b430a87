"""One function a command: a claim is opened, upheld, rejected."""

from holdfast.claims import rules
from holdfast.claims.book import decide, file
from holdfast.claims.model import OpenClaim, RejectClaim, UpholdClaim
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.orders.book import find
from holdfast.settlement.model import Claim


def open_claim(desk: Desk, command: OpenClaim, now: Instant) -> list[FactBody]:
    """File the claim that a consumer makes."""
    order, policy = find(desk, command.order_id)
    rules.check_claim_id(command.claim_id, order)
    return file(desk, order, policy, command.claim_id, command.amount_minor, command.reason, now)


def uphold(desk: Desk, command: UpholdClaim, now: Instant) -> list[FactBody]:
    """Decide for the consumer, for the whole claimed amount or a part.

    Raises:
        WrongState: the claim is decided already.
        DecisionTooHigh: more would be granted than is claimed, or nothing.
    """
    claim = desk.need(Claim, command.claim_id)
    granted = claim.claimed_minor if command.amount_minor is None else command.amount_minor
    rules.check_granted(claim, granted)
    return decide(desk, claim, granted, now)


def reject(desk: Desk, command: RejectClaim, now: Instant) -> list[FactBody]:
    """Decide for the merchant."""
    return decide(desk, desk.need(Claim, command.claim_id), 0, now, reason=command.reason)
