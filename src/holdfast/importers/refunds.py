"""Refunds: one in the row of its order, others in a file of their own, each at a time that can have been.

docs/import.md says what the columns mean.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from holdfast.importers import cells, parquet
from holdfast.importers.cells import BadCell, Cell
from holdfast.importers.chronology import Place
from holdfast.importers.days import of_day
from holdfast.importers.history import HistoryOrder, HistoryRefund, Reject, Repair, RepairKind
from holdfast.importers.rows import Rows
from holdfast.importers.table import Form
from holdfast.importers.wall import Wall
from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.text import Text

FORM = Form(required=("order_id", "amount", "refunded_at"))
"""A file of refunds, one row each."""

KINDS = {"order_id": parquet.IDENTITY, "amount": parquet.AMOUNT, "refunded_at": parquet.TIME}

_LOW = Text("退回的金额请写大于零的数", "Write what went back as an amount above zero")


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
    why_none: Callable[[str], Text]


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
            raise BadCell(
                column,
                "",
                Text("退款须有金额", "a refund needs its amount"),
                Text("请写退回的金额；没有的写 0", "Write what went back, or 0 for nothing"),
            )
        return 0
    minor = cells.amount_minor(column, amount, code, 0, _LOW)
    if minor > order_minor:
        reason = Text("退款多于订单金额", "more was refunded than the order's amount")
        raise BadCell(
            column,
            amount,
            reason,
            Text(
                "请核对两个金额：退回的是订单金额的一部分",
                "Check both amounts: what went back is a part of the order's",
            ),
        )
    return minor


def read(files: Sequence[Rows], orders: Orders, wall: Wall) -> Found:
    """Read files of refunds of the orders of a history.

    Of rows beyond an order's amount the first count. A refund that the order has already, of the same amount
    at the same time, is the same one, told twice; not so where one file tells both.

    Raises:
        Refusal: a file cannot be read, or is not of the form. See `rows.rows`.
    """
    reader = _Reader(orders, wall)
    for each in files:
        reader.read(each)
    return reader.found


class _Reader:
    """Reads files of refunds, one after the other."""

    def __init__(self, orders: Orders, wall: Wall) -> None:
        self._told: dict[str, list[Told]] = {}
        self._rejects: list[Reject] = []
        self._repairs: list[Repair] = []
        self.found = Found(self._told, self._rejects, self._repairs)
        self._orders = orders
        self._wall = wall
        self._left = dict(orders.left)

    def read(self, rows: Rows) -> None:
        """Read a file."""
        before = {key: len(told) for key, told in self._told.items()}
        known: dict[str, Counter[tuple[int, Instant | None]]] = {}
        for number, found in rows.all():
            try:
                key, amount, at = self._refund(found)
                if key not in known:
                    known[key] = self._known(key, before.get(key, 0))
                if known[key][amount, at] > 0:
                    known[key][amount, at] -= 1
                    raise _told_twice(key, found)
                self._take(key, amount, found)
            except BadCell as bad:
                self._rejects.append(bad.at(rows.file, number))
                self._wall.row_read(rows.file, number)  # of a row that was not taken
                continue
            odd, day_ends = self._wall.row_read(rows.file, number)
            self._repairs += odd
            place = Place(rows.file, number, "refunded_at")
            self._told.setdefault(key, []).append(Told(amount, at, day_ends.get("refunded_at"), place))

    def _known(self, key: str, count: int) -> Counter[tuple[int, Instant | None]]:
        """Return the refunds of an order that were known before this file."""
        own = [(each.amount_minor, each.at) for each in self._orders.by_id[key].refunds]
        return Counter([*own, *((each.amount_minor, each.at) for each in self._told.get(key, ())[:count])])

    def _refund(self, row: Sequence[Cell] | BadCell) -> tuple[str, int, Instant | None]:
        """Return a row's order, its amount and its time.

        Raises:
            BadCell: there is no such order, or something in it cannot be taken.
        """
        if isinstance(row, BadCell):
            raise row
        order_id, amount, refunded_at = row
        key = cells.identity("order_id", order_id)
        order = self._orders.by_id.get(key)
        if order is None:
            reason = self._orders.why_none(key)
            raise BadCell(
                "order_id",
                key,
                reason,
                Text("请写历史中有的订单编号", "Give the id of an order that is in the history"),
            )
        minor = cells.amount_minor("amount", amount, self._orders.currency, 1, _LOW)
        return key, minor, self._wall.instant_or_none("refunded_at", refunded_at)

    def _take(self, key: str, minor: int, row: Sequence[Cell] | BadCell) -> None:
        left = self._left.get(key, self._orders.by_id[key].amount_minor)
        if minor > left:
            raise beyond("amount", _amount(row), key)
        self._left[key] = left - minor


def _amount(row: Sequence[Cell] | BadCell) -> str:
    return "" if isinstance(row, BadCell) else str(row[FORM.columns.index("amount")])


def beyond(column: str, amount: str, order_id: str) -> BadCell:
    """Return why a refund is not taken with which more would have gone back than the order's amount."""
    reason = Text(
        f"加上此笔，退款多于订单 {order_id} 的金额",
        f"with it more was refunded than the amount of order {order_id}",
    )
    return BadCell(
        column, amount, reason, Text("请核对是否有退款写了两次", "Check whether a refund stands here twice")
    )


def _told_twice(order_id: str, row: Sequence[Cell] | BadCell) -> BadCell:
    reason = Text(
        f"订单 {order_id} 在此时已有一笔同额退款",
        f"order {order_id} has a refund of this amount at this time already",
    )
    return BadCell(
        "amount",
        _amount(row),
        reason,
        Text(
            "请去掉；确有两笔的，请放在同一文件中", "Leave it out; if there were two, put both into one file"
        ),
    )


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
