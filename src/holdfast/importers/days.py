"""Dates without a time of day: the promise of a day lasts until its end, and an event of a day has its order.

What is known to have come before, on the same day, was before it: the date alone then stands for that time.
That is no contradiction in the source, and no repair.
"""

from collections.abc import Iterable, Mapping

from holdfast.importers.history import HistoryOrder
from holdfast.kernel.clock import Instant

_BEFORE: dict[str, tuple[str, ...]] = {
    "shipped_at": ("placed_at",),
    "delivered_at": ("placed_at", "shipped_at"),
    "cancelled_at": ("placed_at", "shipped_at", "delivered_at"),
    "reviewed_at": ("placed_at", "shipped_at", "delivered_at"),
}
"""The events that come before an event, as the events of an order follow each other."""


def within_days(
    order: HistoryOrder, day_ends: Mapping[str, Instant], whole: HistoryOrder | None = None
) -> HistoryOrder:
    """Return the order with times of day for its dates alone; `day_ends` tells by column when their days end.

    `whole` is the order of which it is a part, which was placed before it.
    """
    if not day_ends:
        return order
    if whole is not None and "placed_at" in day_ends:
        order = order._replace(placed_at=of_day(order.placed_at, day_ends["placed_at"], [whole.placed_at]))
    if "ship_by" in day_ends:
        order = order._replace(ship_by=day_ends["ship_by"])
    for column, before in _BEFORE.items():
        if column in day_ends:
            events = [getattr(order, name) for name in before]
            at = of_day(getattr(order, column), day_ends[column], events)
            order = order._replace(**{column: at})
    return order


def of_day(begins: Instant, ends: Instant, before: Iterable[Instant | None]) -> Instant:
    """Return the last of the events `before` that fell on a day, or else when the day begins."""
    return max((at for at in before if at is not None and begins <= at <= ends), default=begins)
