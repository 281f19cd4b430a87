"""A withdrawn delivery (误投): the goods had not arrived; where money has moved for them, a claim stands."""

from typing import Any

from msgspec.structs import replace

from holdfast.claims.book import file
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.orders import rules
from holdfast.orders.book import ahead, find, save
from holdfast.orders.facts import DeliveryWithdrawn
from holdfast.orders.model import Order, OrderState, WithdrawDelivery
from holdfast.policy.model import Policy
from holdfast.settlement.rules import claimable

ENDING = "/withdrawn"
"""The ending of the id of the claim that a withdrawal opens."""


def withdraw(desk: Desk, command: WithdrawDelivery, now: Instant) -> list[FactBody]:
    """Withdraw the report that the goods arrived: nothing is debited until they do.

    Where money has moved, or is on its way, a claim for all of it stands in the consumer's name, for a person
    to decide; one that is open already goes on.

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
        facts = file(desk, order, policy, claim_id, claimable(order), reason, now)
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
    """Put the order back to its earlier state: on its way, lost, or not yet performed."""
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
    save(desk, order, policy, state=state, **_NEVER_ARRIVED, **again)
