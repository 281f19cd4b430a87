"""Parts of an order that go their own ways: each is an order, so that all that holds of one holds of each.

A split moves no money and changes nothing that is owed, exposed or covered in all.
"""

from typing import Any

from msgspec.structs import replace

from holdfast.kernel.clock import DAY, Duration, Instant, iso
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import Command, FactBody
from holdfast.kernel.text import Text
from holdfast.orders.book import put
from holdfast.orders.facts import OrderSplit, PartBegan
from holdfast.orders.model import PARTS, Order, OrderState, Part
from holdfast.orders.refusals import OrderExists, PartsDoNotFit, ShipByPassed, TermNotOfService
from holdfast.parties.rules import check_id_within
from holdfast.policy.model import Policy

MOST_PARTS = 200
"""Parts that an order can have in all."""

LONGEST_TERM: Duration = 3 * 366 * DAY

_MOVED = ("held_minor", "exposed_minor", "advanced_minor")
"""What of an advance goes with a part, in proportion."""


class SplitOrder(Command, frozen=True, kw_only=True):
    """Parts of an order go their own ways: other parcels, pieces that are sent back, steps of a service."""

    order_id: str
    parts: tuple[Part, ...]


class CancelRest(Command, frozen=True, kw_only=True):
    """Cancel, of the order that was placed, all parts that are not yet shipped or performed, itself too."""

    order_id: str
    reason: str


def check_term(order_id: str, not_before: Instant | None, now: Instant, *, service: bool) -> None:
    """Refuse a term of goods, and one that begins years from now."""
    if not_before is None:
        return
    problem = None if service else Text("它是商品", "it is goods")
    if not_before > now + LONGEST_TERM:
        problem = Text("那在三年以后", "that is more than three years away")
    if problem is not None:
        raise TermNotOfService(f"order:{order_id}", not_before=iso(not_before), problem=problem)


def check_parts(desk: Desk, order: Order, parts: tuple[Part, ...], now: Instant) -> None:
    """Refuse parts that leave nothing of the order, whose ids are taken, or whose times cannot be."""
    asked = [part.amount_minor for part in parts]
    first = order if order.first_id is None else desk.need(Order, order.first_id)
    if not 0 < len(parts) <= MOST_PARTS - first.parts or min(asked) <= 0 or sum(asked) >= order.owed_minor:
        raise PartsDoNotFit(f"order:{order.id}", owed=order.owed_minor, asked=sum(asked), most=MOST_PARTS)
    known = {order.id}
    for part in parts:
        check_id_within("part_id", part.id, order.merchant_id)
        if part.id in known or desk.find(Order, part.id) is not None:
            raise OrderExists(f"order:{part.id}")
        known.add(part.id)
        check_term(part.id, part.not_before, now, service=order.service)
        if part.ship_by is not None and part.ship_by < now:
            raise ShipByPassed(f"order:{part.id}", ship_by=iso(part.ship_by))


def lay_out(desk: Desk, order: Order, policy: Policy, parts: tuple[Part, ...]) -> list[FactBody]:
    """Split parts off an order, which has room for them; they stand where it stands.

    Their fees are taken as those of neighbouring stretches of the whole, and come to the whole's.
    """
    facts: list[FactBody] = []
    whole = order
    ends = order.fee_from_minor + order.amount_minor
    for part in parts:
        moved = {name: getattr(order, name) * part.amount_minor // order.owed_minor for name in _MOVED}
        ends -= part.amount_minor
        ship_by = part.ship_by or order.ship_by
        if part.not_before is not None and part.ship_by is None:
            ship_by = max(ship_by, part.not_before + policy.ship_within)
        own: dict[str, Any] = {
            "id": part.id,
            "first_id": order.first_id or order.id,
            "parts": 0,
            "amount_minor": part.amount_minor,
            "owed_minor": part.amount_minor,
            "fee_from_minor": ends,
            "ship_by": ship_by,
            "not_before": part.not_before if order.state is OrderState.PLACED else order.not_before,
            "captured_minor": 0,
            "awarded_minor": 0,
            **moved,
        }
        began = put(desk, replace(order, **own), policy, None)
        order = replace(
            order,
            amount_minor=order.amount_minor - part.amount_minor,
            owed_minor=order.owed_minor - part.amount_minor,
            **{name: getattr(order, name) - minor for name, minor in moved.items()},
        )
        facts += [_split(order, began), _began(order, began, part.what)]
    if order.first_id is None:
        order = replace(order, parts=order.parts + len(parts))
    else:
        first = desk.need(Order, order.first_id)
        desk.put(replace(first, parts=first.parts + len(parts)), first)
    put(desk, order, policy, whole)
    return facts


def _split(order: Order, part: Order) -> OrderSplit:
    return OrderSplit(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        part_id=part.id,
        amount_minor=part.amount_minor,
        left_minor=order.amount_minor,
    )


def _began(order: Order, part: Order, what: str) -> PartBegan:
    return PartBegan(
        order_id=part.id,
        merchant_id=part.merchant_id,
        consumer_id=part.consumer_id,
        of_id=order.id,
        first_id=part.first_id or order.id,
        currency=part.currency,
        amount_minor=part.amount_minor,
        owed_minor=part.owed_minor,
        policy_version=part.policy_version,
        snapshot_id=part.snapshot_id,
        what=what,
        ship_by=part.ship_by,
        not_before=part.not_before,
        exposed_minor=part.exposed_minor,
        advanced_minor=part.advanced_minor,
    )


def split_from(desk: Desk, order: Order) -> list[Order]:
    """Return the orders that were split from one that was placed; empty where none was."""
    if not order.parts:
        return []
    return [desk.need(Order, key) for key in desk.page(PARTS, order.id, limit=MOST_PARTS)]
