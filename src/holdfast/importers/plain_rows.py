"""A row of our own form: one order, read exactly. docs/import.md says what each column means."""

from collections.abc import Sequence
from typing import NamedTuple

from holdfast.importers import cells, parquet
from holdfast.importers import refunds as refunds_files
from holdfast.importers.cells import BadCell, Cell
from holdfast.importers.chronology import Place, in_order
from holdfast.importers.days import within_days
from holdfast.importers.history import HistoryOrder, Repair
from holdfast.importers.parts import Taken
from holdfast.importers.refunds import Told
from holdfast.importers.table import Form
from holdfast.importers.wall import Wall
from holdfast.kernel import clock
from holdfast.kernel.clock import Instant
from holdfast.kernel.currencies import WITHDRAWN
from holdfast.kernel.identity import settled
from holdfast.kernel.text import Text

FORM = Form(
    required=("order_id", "merchant_id", "consumer_id", "currency", "amount", "placed_at"),
    optional=(
        "ship_by",
        "shipped_at",
        "delivered_at",
        "cancelled_at",
        "reviewed_at",
        "score",
        "title",
        "part_of",
        "service",
        "refunded_amount",
        "refunded_at",
        "paid",
    ),
    together=(("reviewed_at", "score"), ("refunded_amount", "refunded_at")),
)

TIMES = frozenset(name for name in FORM.columns if name.endswith(("_at", "_by")))

KINDS = {
    **dict.fromkeys(TIMES, parquet.TIME),
    **dict.fromkeys(("order_id", "merchant_id", "consumer_id", "part_of"), parquet.IDENTITY),
    **dict.fromkeys(("currency", "title"), parquet.TEXT),
    **dict.fromkeys(("service", "paid"), parquet.FLAG),
    **dict.fromkeys(("amount", "refunded_amount"), parquet.AMOUNT),
    "score": parquet.SCORE,
}

_UNPAID = FORM.columns.index("paid")


class Unpaid(NamedTuple):
    """A row of an order that was never paid; nothing else of it is looked at."""

    order_id: str


def read_row(file: str, row: int, found: Sequence[Cell] | BadCell, wall: Wall) -> Taken | Unpaid:
    """Read a row.

    Raises:
        BadCell: it cannot be taken.
    """
    try:
        if not isinstance(found, BadCell) and not cells.said_yes("paid", found[_UNPAID], empty=True):
            return Unpaid(settled(str(found[0])))
        code, order, refund_minor, refund_at = _order(found, wall)
    finally:
        read = wall.row_read(file, row)  # also of a row that is not taken: the next one has times of its own
    place = Place(file, row, "refunded_at")
    refund = Told(refund_minor, refund_at, read.day_ends.get("refunded_at"), place)
    return Taken(row, code, order, read, refund if refund_minor else None)


def finished(file: str, taken: Taken, whole: HistoryOrder | None = None) -> tuple[HistoryOrder, list[Repair]]:
    """Return the order of a row as it can have happened, but for its refund, and what was changed.

    `whole` is the order of which it is a part.
    """
    order = within_days(taken.order, taken.read.day_ends, whole)
    repaired, changes = in_order(order, lambda field: Place(file, taken.row, field), whole)
    return repaired, [*taken.read.odd, *changes]


def _order(row: Sequence[Cell] | BadCell, wall: Wall) -> tuple[str, HistoryOrder, int, Instant | None]:
    """Return the currency of a row, its order, its times as they stand, and what it refunds, and when."""
    if isinstance(row, BadCell):
        raise row
    order_id, merchant_id, consumer_id, code, amount, placed_at, *rest = row
    ship_by, shipped_at, delivered_at, cancelled_at, reviewed_at, score, title, *rest = rest
    part_of, service, refunded_amount, refunded_at, _ = rest
    code = cells.currency("currency", code)
    order = HistoryOrder(
        id=cells.identity("order_id", order_id),
        merchant_id=cells.identity("merchant_id", merchant_id),
        consumer_id=cells.identity("consumer_id", consumer_id),
        amount_minor=cells.amount_minor("amount", amount, code),
        title=cells.title("title", title),
        placed_at=wall.instant("placed_at", placed_at),
        ship_by=wall.instant_or_none("ship_by", ship_by),
        shipped_at=wall.instant_or_none("shipped_at", shipped_at),
        delivered_at=wall.instant_or_none("delivered_at", delivered_at),
        cancelled_at=wall.instant_or_none("cancelled_at", cancelled_at),
        reviewed_at=wall.instant_or_none("reviewed_at", reviewed_at),
        score=None if score == "" else cells.score("score", score),
        part_of=None if part_of == "" else cells.identity("part_of", part_of),
        service=cells.flag("service", service),
    )
    if (since := WITHDRAWN.get(code)) is not None and order.placed_at >= since:
        reason = Text(
            f"{code} 自 {clock.day(since)} 起不再是币种",
            f"{code} is no currency any more since {clock.day(since)}",
        )
        raise BadCell(
            "currency",
            code,
            reason,
            Text("请核对币种或下单时间", "Check the currency, or when the order was placed"),
        )
    if (order.reviewed_at is None) != (order.score is None):
        column = "reviewed_at" if order.reviewed_at is None else "score"
        reason = Text("评价须同时有时间和评分", "a review needs both its time and its score")
        raise BadCell(
            column,
            "",
            reason,
            Text(
                "请同时填写 reviewed_at 和 score，或都留空", "Fill in both reviewed_at and score, or neither"
            ),
        )
    at = wall.instant_or_none("refunded_at", refunded_at)
    return code, order, refunds_files.in_row(refunded_amount, at, code, order.amount_minor), at
