"""Our own form, one row an order, as CSV or Parquet: docs/import.md says what each column means."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from holdfast.importers import cells, parquet
from holdfast.importers.atomic import replacing
from holdfast.importers.cells import BadCell, Cell
from holdfast.importers.chronology import Place, in_order
from holdfast.importers.history import History, HistoryOrder, Origin, Progress, Reject, Repair
from holdfast.importers.parts import Taken, drop_astray
from holdfast.importers.refusals import NoOrders, UnknownForm
from holdfast.importers.spreadsheet import Writer, restored
from holdfast.importers.table import CsvTable, Form
from holdfast.importers.wall import Wall
from holdfast.kernel import clock
from holdfast.kernel.currencies import EXPONENTS, WITHDRAWN
from holdfast.kernel.money import Money

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
    ),
    together=(("reviewed_at", "score"),),
)

_TIMES = frozenset(name for name in FORM.columns if name.endswith(("_at", "_by")))

_KINDS = {
    **dict.fromkeys(_TIMES, parquet.TIME),
    **dict.fromkeys(("order_id", "merchant_id", "consumer_id", "part_of"), parquet.IDENTITY),
    **dict.fromkeys(("currency", "title"), parquet.TEXT),
    "service": parquet.FLAG,
    "amount": parquet.AMOUNT,
    "score": parquet.SCORE,
}

_Row = tuple[int, Sequence[Cell] | BadCell]


def read_plain(path: Path, progress: Progress | None = None, wall: Wall | None = None) -> History:
    """Read a file of our own form; its name ends in .csv or .parquet.

    The currency of the history is that of most orders, the earlier one in the file on a tie; the others are
    rejected. Of several rows with one id the first counts. `wall` reads times without an offset; UTC if none.

    Raises:
        UnknownForm: the name ends in something else.
        SourceUnreadable, EmptyFile, NotText, BadEncoding, BrokenCsv, BrokenParquet: it cannot be read.
        WrongDelimiter, UnknownColumn, DuplicateColumn, MissingColumn, WrongColumnType: it is not of the form.
        NoOrders: no row could be taken.
    """
    wall = Wall() if wall is None else wall
    rejects: list[Reject] = []
    taken: dict[str, Taken] = {}
    for row, found in _rows(path, progress):
        try:
            code, order = _order(found, wall)
            _check_new(order.id, taken)
        except BadCell as bad:
            rejects.append(bad.at(path.name, row))
            wall.repairs(path.name, row)  # of a row that was not taken
        else:
            taken[order.id] = Taken(row, code, order, wall.repairs(path.name, row))
    if progress:
        progress(1.0)
    drop_astray(taken, rejects, path.name)
    if not taken:
        raise no_orders(path, rejects)
    return _history(path, taken, rejects, wall)


def no_orders(path: Path, rejects: Sequence[Reject]) -> NoOrders:
    """Return the refusal of a source none of whose rows could be taken."""
    first = f", the first in {rejects[0].file}:{rejects[0].row}: {rejects[0].reason}" if rejects else ""
    return NoOrders(str(path), count=len(rejects), first=first, rejects=tuple(rejects))


def _rows(path: Path, progress: Progress | None) -> Iterator[_Row]:
    match path.suffix.lower():
        case ".csv":
            return _csv_rows(path, progress)
        case ".parquet":
            return parquet.read_rows(path, FORM, _KINDS, progress)
        case suffix:
            raise UnknownForm(str(path), suffix=suffix)


def _csv_rows(path: Path, progress: Progress | None) -> Iterator[_Row]:
    table = CsvTable(path, FORM)
    size = path.stat().st_size
    for row, found in table.records(lambda done: progress(done / size) if progress else None):
        try:
            yield row, [restored(cell) for cell in table.arranged(found)]
        except BadCell as bad:
            yield row, bad


def _check_new(order_id: str, taken: Mapping[str, Taken]) -> None:
    if order_id in taken:
        reason = f"the order is already in row {taken[order_id].row}"
        raise BadCell("order_id", order_id, reason, "Keep one row per order, or give each an id of its own")


def _order(row: Sequence[Cell] | BadCell, wall: Wall) -> tuple[str, HistoryOrder]:
    """Return the currency of a row and its order, its times as they stand."""
    if isinstance(row, BadCell):
        raise row
    order_id, merchant_id, consumer_id, code, amount, placed_at, *rest = row
    ship_by, shipped_at, delivered_at, cancelled_at, reviewed_at, score, title, part_of, service = rest
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
        reason = f"{code} is no currency any more since {clock.day(since)}"
        raise BadCell("currency", code, reason, "Check the currency, or when the order was placed")
    if (order.reviewed_at is None) != (order.score is None):
        column = "reviewed_at" if order.reviewed_at is None else "score"
        reason = "a review needs both its time and its score"
        raise BadCell(column, "", reason, "Fill in both reviewed_at and score, or neither")
    return code, order


def _history(path: Path, taken: dict[str, Taken], rejects: list[Reject], wall: Wall) -> History:
    counts = Counter(each.currency for each in taken.values())
    currency = counts.most_common(1)[0][0]
    orders: list[HistoryOrder] = []
    repairs: list[Repair] = []
    origins: dict[str, Origin] = {}
    for row, code, order, odd in taken.values():
        if code != currency:
            reason = f"the history is in {currency}, as most of its orders are"
            bad = BadCell("currency", code, reason, "Import each currency from a file of its own")
            rejects.append(bad.at(path.name, row))
            continue
        whole = None if order.part_of is None else taken[order.part_of].order
        repaired, changes = in_order(order, lambda field, row=row: Place(path.name, row, field), whole)
        orders.append(repaired)
        origins[order.id] = Origin(path.name, row)
        repairs += [*odd, *changes]
    orders.sort(key=lambda order: (order.placed_at, order.part_of is not None, order.id))
    rejects.sort(key=lambda reject: reject.row)
    return History(str(path), currency, orders, rejects, (), repairs, origins, wall.name, wall.assumed)


def write_plain(history: History, path: Path) -> None:
    """Write the orders of a history in our own form, as CSV or Parquet by the name's ending.

    Rejects, repairs and vanishings are not part of the form. The file is whole or not there.

    Raises:
        UnknownForm: the name ends in neither .csv nor .parquet.
        NotWritten: the file cannot be written.
    """
    match path.suffix.lower():
        case ".csv":
            with replacing(path) as draft:
                _write_csv(history, draft)
        case ".parquet":
            with replacing(path) as draft:
                _write_parquet(history, draft)
        case suffix:
            raise UnknownForm(str(path), suffix=suffix)


def _written(order: HistoryOrder, currency: str) -> tuple[object, ...]:
    """Return the values of a row in the order of the form; times are instants."""
    amount = Money(order.amount_minor, currency).decimal()
    ids = (order.id, order.merchant_id, order.consumer_id, currency, amount, order.placed_at)
    times = (order.ship_by, order.shipped_at, order.delivered_at, order.cancelled_at, order.reviewed_at)
    service = "yes" if order.service else ""
    return (*ids, *times, order.score, order.title, order.part_of or "", service)


def _write_csv(history: History, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = Writer(file)
        writer.write(FORM.columns)
        for order in history.orders:
            row = zip(FORM.columns, _written(order, history.currency), strict=True)
            writer.write([_shown(value) if name in _TIMES else value for name, value in row])


def _shown(value: object) -> str:
    return clock.iso(value) if isinstance(value, int) else ""


def _write_parquet(history: History, path: Path) -> None:
    rows = [_written(order, history.currency) for order in history.orders]
    columns = {name: [row[place] for row in rows] for place, name in enumerate(FORM.columns)}
    columns["amount"] = [Decimal(str(amount)) for amount in columns["amount"]]
    parquet.write_columns(path, columns, EXPONENTS[history.currency])
