"""Events that contradict each other in time, put in order; each change is reported, and no order is lost."""

from collections.abc import Callable
from typing import NamedTuple

from holdfast.importers.history import HistoryOrder, Repair, RepairKind
from holdfast.kernel.clock import Instant, iso


class Place(NamedTuple):
    """Where a time stands: the file, its row and column."""

    file: str
    row: int
    column: str


Locate = Callable[[str], Place]
"""Tells where the field of an order with this name was read."""


def in_order(
    order: HistoryOrder, locate: Locate, whole: HistoryOrder | None = None
) -> tuple[HistoryOrder, list[Repair]]:
    """Return the order with its times in order, and the repairs.

    `whole` is the order of which it is a part, and before which it was not placed.

    A time that is too early is moved to the event it cannot precede; the earlier event's time stays. What was
    delivered without a time of shipping was shipped at the delivery, at the latest.
    """
    late = whole is not None and order.placed_at < whole.placed_at
    if not late and _consistent(order):
        return order, []
    repairs: list[Repair] = []

    def move(field: str, before: Instant | None, after: Instant, kind: RepairKind) -> Instant:
        value = "" if before is None else iso(before)
        repairs.append(Repair(*locate(field), value, kind, iso(after)))
        return after

    if whole is not None and late:
        placed = move("placed_at", order.placed_at, whole.placed_at, RepairKind.PART_BEFORE_WHOLE)
        order = order._replace(placed_at=placed)
    return _moved(order, move), repairs


def _moved(
    order: HistoryOrder, move: Callable[[str, Instant | None, Instant, RepairKind], Instant]
) -> HistoryOrder:
    """Return the order with every time moved that comes before what it cannot precede."""
    placed, shipped, delivered = order.placed_at, order.shipped_at, order.delivered_at
    if delivered is not None and delivered < placed:
        delivered = move("delivered_at", delivered, placed, RepairKind.DELIVERED_BEFORE_PLACED)
    if shipped is not None and shipped < placed:
        shipped = move("shipped_at", shipped, placed, RepairKind.SHIPPED_BEFORE_PLACED)
    if delivered is not None and shipped is None and not order.service:
        shipped = move("shipped_at", None, delivered, RepairKind.SHIPPED_UNKNOWN)
    if delivered is not None and shipped is not None and delivered < shipped:
        delivered = move("delivered_at", delivered, shipped, RepairKind.DELIVERED_BEFORE_SHIPPED)
    ship_by, cancelled, reviewed = order.ship_by, order.cancelled_at, order.reviewed_at
    if ship_by is not None and ship_by < placed:
        ship_by = move("ship_by", ship_by, placed, RepairKind.SHIP_BY_BEFORE_PLACED)
    latest = max(placed, shipped or placed, delivered or placed)
    if cancelled is not None and cancelled < latest:
        cancelled = move("cancelled_at", cancelled, latest, RepairKind.CANCELLED_TOO_EARLY)
    if reviewed is not None and reviewed < placed:
        reviewed = move("reviewed_at", reviewed, placed, RepairKind.REVIEWED_BEFORE_PLACED)
    return order._replace(
        ship_by=ship_by,
        shipped_at=shipped,
        delivered_at=delivered,
        cancelled_at=cancelled,
        reviewed_at=reviewed,
    )


def _consistent(order: HistoryOrder) -> bool:
    if order.delivered_at is not None and order.shipped_at is None and not order.service:
        return False
    latest = order.placed_at
    for at in (order.shipped_at, order.delivered_at, order.cancelled_at):
        if at is not None:
            if at < latest:
                return False
            latest = at
    return all(at is None or at >= order.placed_at for at in (order.ship_by, order.reviewed_at))
