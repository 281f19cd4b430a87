"""A delivery, or a return, that was told of and had not been."""

from typing import Any

from msgspec.structs import replace

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.orders import rules
from holdfast.orders.book import ahead, save
from holdfast.orders.facts import DeliveryWithdrawn, ReturnRefused
from holdfast.orders.handlers import find
from holdfast.orders.model import Order, OrderState
from holdfast.orders.refusals import NothingAsked
from holdfast.orders.services import RefuseReturn, WithdrawDelivery
from holdfast.policy.model import Policy
from holdfast.settlement import claims

ENDING = "/withdrawn"
"""Ends the id of the claim that a withdrawal opens."""


def withdraw(desk: Desk, command: WithdrawDelivery, now: Instant) -> list[FactBody]:
    """Take back that the goods arrived: nothing is debited until they do.

    Where money has moved, or is on its way, for what had not come, a claim for all of it stands in the
    consumer's name, for a person to decide; one that is open already goes on.

    Raises:
        ClaimTooLate, NothingToClaim, ClaimExists: nothing can be claimed any more, or was decided before.
    """
    order, policy = find(desk, command.order_id)
    rules.step(order, "WithdrawDelivery")
    claim_id = order.claim_id
    facts: list[FactBody] = []
    if order.state is OrderState.DELIVERED and order.capture_asked_at is None and not order.advanced_minor:
        _undelivered(desk, order, policy, now)
    elif claim_id is None:
        claim_id = order.id + ENDING
        reason = f"not delivered after all: {command.reason}"
        facts = claims.file(desk, order, policy, claim_id, claims.claimable(order), reason, now)
    withdrawn = DeliveryWithdrawn(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        reason=command.reason,
        claim_id=claim_id,
    )
    return [withdrawn, *facts]


_NEVER_ARRIVED: dict[str, Any] = {
    "delivered_at": None,
    "capture_at": None,
    "window_ends_at": None,
    "notice_asked_at": None,
    "notice_sent_at": None,
    "return_asked_at": None,
}


def _undelivered(desk: Desk, order: Order, policy: Policy, now: Instant) -> None:
    """Put the order back to where it was before: on its way, lost, or not yet performed."""
    before = replace(order, **_NEVER_ARRIVED)
    if order.service or order.deliver_by is None:
        state = rules.step(order, "redo")
        again: dict[str, Any] = {
            "ship_by": ahead(before, policy, now, policy.ship_within),
            "ship_late": False,
        }
    else:
        state = rules.step(order, "WithdrawDelivery")
        again = {"deliver_by": ahead(before, policy, now, policy.deliver_within)}
    save(desk, before, policy, state=state, **again)


def refuse_return(desk: Desk, command: RefuseReturn, now: Instant) -> list[FactBody]:
    """The goods did not come back: the order goes on, after a new notice that leaves time to claim."""
    order, policy = find(desk, command.order_id)
    state = rules.step(order, "RefuseReturn")
    if order.return_asked_at is None:
        raise NothingAsked(f"order:{order.id}", thing="return")
    rules.check_no_claim(order)
    changes: dict[str, Any] = {}
    if state is OrderState.DELIVERED:
        capture_at = max(order.capture_at or now, now + policy.notice_before)
        changes = {"capture_at": capture_at, "notice_asked_at": None, "notice_sent_at": None}
    saved = save(desk, order, policy, state=state, return_asked_at=None, **changes)
    return [
        ReturnRefused(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            reason=command.reason,
            capture_at=saved.capture_at if changes else None,
        )
    ]
