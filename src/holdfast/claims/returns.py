"""Returned goods: the amount debited for them is a claim that the merchant itself upholds."""

from msgspec.structs import replace

from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.orders import rules
from holdfast.orders.book import find, save
from holdfast.orders.facts import OrderReturned
from holdfast.orders.model import ConfirmReturn, Order, Timer
from holdfast.orders.refusals import RETURN, Disputed, NothingAsked
from holdfast.parties.book import free
from holdfast.policy.model import Policy
from holdfast.settlement import book as settlement
from holdfast.settlement.model import Claim, ClaimState
from holdfast.settlement.rules import is_late, refundable


def confirm(desk: Desk, command: ConfirmReturn, now: Instant) -> list[FactBody]:
    """The merchant has the goods back.

    Raises:
        WrongState: the order cannot be returned.
        NothingAsked: the consumer asked for no return.
        Disputed: a claim on the order is open.
    """
    order, policy = find(desk, command.order_id)
    rules.step(order, "ConfirmReturn")
    if order.return_asked_at is None:
        raise NothingAsked(f"order:{order.id}", thing=RETURN)
    if order.disputed_at is not None:  # whatever policy stops: what the claim decides is not owed back twice
        raise Disputed(f"order:{order.id}", since=iso(order.disputed_at))
    return _returned(desk, order, policy, "ConfirmReturn", now)


def unconfirmed(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """The merchant let the time to confirm pass: the goods count as returned."""
    return _returned(desk, order, policy, Timer.RETURN, now)


def _returned(desk: Desk, order: Order, policy: Policy, event: str, now: Instant) -> list[FactBody]:
    """End the order: the consumer owes nothing, and the debited amount goes back by the waterfall."""
    state = rules.step(order, event)
    owed = order.owed_minor
    if owed:
        free(desk, order.consumer_id, owed)
        settlement.settle_receivable(desk, order, owed, now, "overdue forgiven")
    ended = save(desk, order, policy, state=state, owed_minor=0, return_asked_at=None)
    facts: list[FactBody] = [
        OrderReturned(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            released_minor=owed,
        )
    ]
    if captured := refundable(order):
        claim = Claim.on(ended, f"{order.id}/return", captured, "goods returned", ClaimState.UPHELD, now)
        claim = replace(claim, late=is_late(ended))
        desk.add(claim)
        facts += settlement.pay(desk, ended, policy, claim, now)
    return facts
