"""Refunds: one in the row of its order, others in a file of their own, each at a time that can have been.

docs/import.md says what the columns mean.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from holdfast.importers import cells, parquet
from holdfast.importers.cells import BadCell, Cell
from holdfast.importers.chronology import Place
from holdfast.importers.days import of_day
from holdfast.importers.history import HistoryOrder, HistoryRefund, Reject, Repair, RepairKind
from holdfast.importers.rows import rows
from holdfast.importers.table import Form
from holdfast.importers.wall import Wall
from holdfast.kernel.clock import Instant, iso

FORM = Form(required=("order_id", "amount", "refunded_at"))
"""A file of refunds, one row each."""

KINDS = {"order_id": parquet.IDENTITY, "amount": parquet.AMOUNT, "refunded_at": parquet.TIME}

_LOW = "Write what went back as an amount above zero"


class Told(NamedTuple):
    """A refund as a row tells it. `at` is None where it has no time; `day_ends` where it is no date alone."""

    amount_minor: int
    at: Instant | None
    day_ends: Instant | None
    place: Place


class Orders(NamedTuple):
    """The orders to which refunds are read, by their ids, all of one currency.

    `left` is what of an order's amount did not go back by its own row, where anything did; `why_none` says of
    an id why there is no such order.
    """

    by_id: Mapping[str, HistoryOrder]
    currency: str
    left: Mapping[str, int]
    why_none: Callable[[str], str]


class Found(NamedTuple):
    """What files of refunds held: by the ids of their orders, and the rows that were not taken."""

    told: Mapping[str, Sequence[Told]]
    rejects: Sequence[Reject]
    repairs: Sequence[Repair]


def in_row(amount: Cell, at: Instant | None, code: str, order_minor: int) -> int:
    """Return the refund in the row of its order, in minor units; 0 where there is none.

    Raises:
        BadCell: the amount is none, or beyond the order's; or a time stands without an amount.
    """
    column = "refunded_amount"
    if isinstance(amount, str) and not amount.strip():
        if at is not None:
            raise BadCell(column, "", "a refund needs its amount", "Write what went back, or 0 for nothing")
        return 0
    minor = cells.amount_minor(column, amount, code, 0, _LOW)
    if minor > order_minor:
        reason = "more was refunded than the order's amount"
        raise BadCell(column, amount, reason, "Check both amounts: what went back is a part of the order's")
    return minor


def read(paths: Sequence[Path], orders: Orders, wall: Wall) -> Found:
    """Read files of refunds of the orders of a history; of rows beyond an order's amount the first count.

    Raises:
        Refusal: a file cannot be read, or is not of the form. See `rows.rows`.
    """
    told: dict[str, list[Told]] = {}
    rejects: list[Reject] = []
    repairs: list[Repair] = []
    left = dict(orders.left)
    for path in paths:
        for number, found in rows(path, FORM, KINDS):
            try:
                order_id, amount, at = _refund(found, orders, left, wall)
            except BadCell as bad:
                rejects.append(bad.at(path.name, number))
                wall.row_read(path.name, number)  # of a row that was not taken
                continue
            odd, day_ends = wall.row_read(path.name, number)
            repairs += odd
            left[order_id] = left.get(order_id, orders.by_id[order_id].amount_minor) - amount
            place = Place(path.name, number, "refunded_at")
            told.setdefault(order_id, []).append(Told(amount, at, day_ends.get("refunded_at"), place))
    return Found(told, rejects, repairs)


def _refund(
    row: Sequence[Cell] | BadCell, orders: Orders, left: Mapping[str, int], wall: Wall
) -> tuple[str, int, Instant | None]:
    """Return a row's order, its amount and its time."""
    if isinstance(row, BadCell):
        raise row
    order_id, amount, refunded_at = row
    key = cells.identity("order_id", order_id)
    minor = cells.amount_minor("amount", amount, orders.currency, 1, _LOW)
    at = wall.instant_or_none("refunded_at", refunded_at)
    order = orders.by_id.get(key)
    if order is None:
        raise BadCell("order_id", key, orders.why_none(key), "Give the id of an order that is in the history")
    if minor > left.get(key, order.amount_minor):
        reason = f"with it more was refunded than the amount of order {key}"
        raise BadCell("amount", amount, reason, "Check whether a refund stands here twice")
    return key, minor, at


def with_refunds(order: HistoryOrder, told: Sequence[Told]) -> tuple[HistoryOrder, list[Repair]]:
    """Return the order with refunds beside those that it has, by their time, and what had to be changed.

    One without a time was made when the last thing that is known happened to the order; one of a date alone
    not before what had happened on that day; one before the order was placed, when it was.
    """
    refunds: list[HistoryRefund] = [*order.refunds]
    repairs: list[Repair] = []
    events = (order.placed_at, order.shipped_at, order.delivered_at, order.cancelled_at)
    for each in told:
        at = each.at
        if at is None:
            at = max(known for known in (*events, order.reviewed_at) if known is not None)
            repairs.append(Repair(*each.place, "", RepairKind.REFUNDED_UNKNOWN, iso(at)))
        elif each.day_ends is not None:
            at = of_day(at, each.day_ends, events)
        if at < order.placed_at:
            kind = RepairKind.REFUNDED_BEFORE_PLACED
            repairs.append(Repair(*each.place, iso(at), kind, iso(order.placed_at)))
            at = order.placed_at
        refunds.append(HistoryRefund(each.amount_minor, at))
    refunds.sort(key=lambda refund: refund.at)
    return order._replace(refunds=tuple(refunds)), repairs
