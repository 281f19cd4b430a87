"""Our own form, one row an order, as CSV or Parquet: docs/import.md says what each column means."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from holdfast.importers import cells, parquet
from holdfast.importers import refunds as refunds_files
from holdfast.importers.atomic import replacing
from holdfast.importers.cells import BadCell, Cell
from holdfast.importers.chronology import Place, in_order
from holdfast.importers.days import within_days
from holdfast.importers.history import History, HistoryOrder, Origin, Progress, Reject, Repair
from holdfast.importers.parts import Taken, drop_astray, drop_unpaid
from holdfast.importers.refunds import Told, with_refunds
from holdfast.importers.refusals import NonePaid, NoOrders, UnknownForm
from holdfast.importers.rows import rows
from holdfast.importers.spreadsheet import Writer
from holdfast.importers.table import Form
from holdfast.importers.wall import Wall
from holdfast.kernel import clock
from holdfast.kernel.clock import Instant
from holdfast.kernel.currencies import EXPONENTS, WITHDRAWN
from holdfast.kernel.identity import settled
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
        "refunded_amount",
        "refunded_at",
        "paid",
    ),
    together=(("reviewed_at", "score"), ("refunded_amount", "refunded_at")),
)

_TIMES = frozenset(name for name in FORM.columns if name.endswith(("_at", "_by")))

_KINDS = {
    **dict.fromkeys(_TIMES, parquet.TIME),
    **dict.fromkeys(("order_id", "merchant_id", "consumer_id", "part_of"), parquet.IDENTITY),
    **dict.fromkeys(("currency", "title"), parquet.TEXT),
    **dict.fromkeys(("service", "paid"), parquet.FLAG),
    **dict.fromkeys(("amount", "refunded_amount"), parquet.AMOUNT),
    "score": parquet.SCORE,
}

_UNPAID = FORM.columns.index("paid")


class _Source:
    """What the rows of a file were found to be."""

    def __init__(self, path: Path, wall: Wall) -> None:
        self.path = path
        self.wall = wall
        self.taken: dict[str, Taken] = {}
        self.rejects: list[Reject] = []
        self.unpaid = 0
        self.unpaid_ids: set[str] = set()

    def take(self, row: int, found: Sequence[Cell] | BadCell) -> None:
        """Take a row as an order, as one that was never paid, or as a reject."""
        wall, name = self.wall, self.path.name
        try:
            if not isinstance(found, BadCell) and not cells.said_yes("paid", found[_UNPAID], empty=True):
                self.unpaid += 1
                self.unpaid_ids.add(settled(str(found[0])))
                return
            code, order, refund_minor, refund_at = _order(found, wall)
            _check_new(order.id, self.taken)
        except BadCell as bad:
            self.rejects.append(bad.at(name, row))
            wall.row_read(name, row)  # of a row that was not taken
        else:
            read = wall.row_read(name, row)
            place = Place(name, row, "refunded_at")
            refund = Told(refund_minor, refund_at, read.day_ends.get("refunded_at"), place)
            self.taken[order.id] = Taken(row, code, order, read, refund if refund_minor else None)

    def why_none(self, order_id: str) -> str:
        """Say why there is no order of this id."""
        if order_id in self.unpaid_ids:
            return f"the order {order_id} was never paid"
        return f"the order {order_id} is not in the file of orders, or was not taken"


def read_plain(
    path: Path, progress: Progress | None = None, wall: Wall | None = None, refunds: Sequence[Path] = ()
) -> History:
    """Read a file of our own form; its name ends in .csv or .parquet.

    The currency of the history is that of most orders, the earlier one in the file on a tie; the others are
    rejected. Of several rows with one id the first counts. `wall` reads times without an offset; UTC if none.
    `refunds` are files of refunds of these orders: see `refunds.read`.

    Raises:
        UnknownForm: the name ends in something else.
        SourceUnreadable, EmptyFile, NotText, BadEncoding, BrokenCsv, BrokenParquet: it cannot be read.
        WrongDelimiter, UnknownColumn, DuplicateColumn, MissingColumn, WrongColumnType: it is not of the form.
        NoOrders, NonePaid: no row could be taken, or none was paid.
    """
    source = _Source(path, Wall() if wall is None else wall)
    for row, found in rows(path, FORM, _KINDS, progress):
        source.take(row, found)
    if progress:
        progress(1.0)
    source.unpaid += drop_unpaid(source.taken, source.unpaid_ids)
    drop_astray(source.taken, source.rejects, path.name)
    if not source.taken:
        raise _nothing_taken(source)
    return _with_refunds(_history(source), source, refunds)


def _nothing_taken(source: _Source) -> NoOrders:
    if source.unpaid and not source.rejects:
        return NonePaid(str(source.path), count=source.unpaid, rejects=())
    return no_orders(source.path, source.rejects, source.unpaid)


def no_orders(path: Path, rejects: Sequence[Reject], unpaid: int = 0) -> NoOrders:
    """Return the refusal of a source none of whose rows could be taken; `unpaid` of them were never paid."""
    first = f", the first in {rejects[0].file}:{rejects[0].row}: {rejects[0].reason}" if rejects else ""
    first += f"; {unpaid} were never paid" if unpaid else ""
    return NoOrders(str(path), count=len(rejects), first=first, rejects=tuple(rejects))


def _check_new(order_id: str, taken: Mapping[str, Taken]) -> None:
    if order_id in taken:
        reason = f"the order is already in row {taken[order_id].row}"
        raise BadCell("order_id", order_id, reason, "Keep one row per order, or give each an id of its own")


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
        reason = f"{code} is no currency any more since {clock.day(since)}"
        raise BadCell("currency", code, reason, "Check the currency, or when the order was placed")
    if (order.reviewed_at is None) != (order.score is None):
        column = "reviewed_at" if order.reviewed_at is None else "score"
        reason = "a review needs both its time and its score"
        raise BadCell(column, "", reason, "Fill in both reviewed_at and score, or neither")
    at = wall.instant_or_none("refunded_at", refunded_at)
    return code, order, refunds_files.in_row(refunded_amount, at, code, order.amount_minor), at


def _history(source: _Source) -> History:
    """Return the history of the rows that were taken, all of one currency, but for refunds."""
    path, taken, rejects, wall = source.path, source.taken, source.rejects, source.wall
    counts = Counter(each.currency for each in taken.values())
    currency = counts.most_common(1)[0][0]
    orders: list[HistoryOrder] = []
    repairs: list[Repair] = []
    origins: dict[str, Origin] = {}
    for row, code, told, (odd, day_ends), _ in taken.values():
        if code != currency:
            reason = f"the history is in {currency}, as most of its orders are"
            bad = BadCell("currency", code, reason, "Import each currency from a file of its own")
            rejects.append(bad.at(path.name, row))
            continue
        whole = None if told.part_of is None else taken[told.part_of].order
        order = within_days(told, day_ends, whole)
        repaired, changes = in_order(order, lambda field, row=row: Place(path.name, row, field), whole)
        orders.append(repaired)
        origins[order.id] = Origin(path.name, row)
        repairs += [*odd, *changes]
    orders.sort(key=lambda order: (order.placed_at, order.part_of is not None, order.id))
    rejects.sort(key=lambda reject: reject.row)
    return History(str(path), currency, orders, rejects, (), repairs, origins, wall.name, wall.assumed)


def _with_refunds(history: History, source: _Source, paths: Sequence[Path]) -> History:
    """Return the history with the refunds of its rows, and of the files of refunds."""
    own = {key: each.refund for key, each in source.taken.items() if each.refund is not None}
    by_id = {order.id: order for order in history.orders}
    left = {key: by_id[key].amount_minor - refund.amount_minor for key, refund in own.items() if key in by_id}
    orders = refunds_files.Orders(by_id, history.currency, left, source.why_none)
    found = refunds_files.read(paths, orders, source.wall)
    refunded: list[HistoryOrder] = []
    repairs: list[Repair] = [*found.repairs]
    for order in history.orders:
        told = [*([own[order.id]] if order.id in own else []), *found.told.get(order.id, ())]
        whole, changes = with_refunds(order, told) if told else (order, [])
        refunded.append(whole)
        repairs += changes
    names = {path.name: number for number, path in enumerate((source.path, *paths))}
    return replace(
        history,
        orders=refunded,
        rejects=[*history.rejects, *found.rejects],
        repairs=sorted([*history.repairs, *repairs], key=lambda repair: (names[repair.file], repair.row)),
        assumed=source.wall.assumed,
        unpaid=source.unpaid,
        dates=source.wall.dates,
    )


def write_plain(history: History, path: Path) -> tuple[Path, ...]:
    """Write the orders of a history in our own form, as CSV or Parquet by the name's ending.

    A row has room for one refund. Where orders have more, the further ones stand in a file of refunds beside
    it: `market-refunds.csv` for `market.csv`. Rejects, repairs, vanishings and what was never paid are not
    part of the form. Each file is whole or not there.

    Returns:
        The files that were written: that of the orders, and that of further refunds where there are any.

    Raises:
        UnknownForm: the name ends in neither .csv nor .parquet.
        NotWritten: a file cannot be written.
    """
    orders = [_written(order, history.currency) for order in history.orders]
    further = [
        (order.id, Money(refund.amount_minor, history.currency).decimal(), refund.at)
        for order in history.orders
        for refund in order.refunds[1:]
    ]
    _write(path, FORM, orders, history.currency)
    if not further:
        return (path,)
    beside = path.with_name(f"{path.stem}-refunds{path.suffix}")
    _write(beside, refunds_files.FORM, further, history.currency)
    return path, beside


def _write(path: Path, form: Form, written: Sequence[Sequence[object]], currency: str) -> None:
    match path.suffix.lower():
        case ".csv":
            with replacing(path) as draft:
                _write_csv(form, written, draft)
        case ".parquet":
            with replacing(path) as draft:
                columns = {name: [row[place] for row in written] for place, name in enumerate(form.columns)}
                parquet.write_columns(draft, columns, EXPONENTS[currency])
        case suffix:
            raise UnknownForm(str(path), suffix=suffix)


def _written(order: HistoryOrder, currency: str) -> tuple[object, ...]:
    """Return the values of a row in the order of the form; times are instants."""
    amount = Money(order.amount_minor, currency).decimal()
    ids = (order.id, order.merchant_id, order.consumer_id, currency, amount, order.placed_at)
    times = (order.ship_by, order.shipped_at, order.delivered_at, order.cancelled_at, order.reviewed_at)
    service = "yes" if order.service else ""
    refund: tuple[object, ...] = (None, None)
    if order.refunds:
        refund = (Money(order.refunds[0].amount_minor, currency).decimal(), order.refunds[0].at)
    return (*ids, *times, order.score, order.title, order.part_of or "", service, *refund, "")


def _write_csv(form: Form, written: Sequence[Sequence[object]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = Writer(file)
        writer.write(form.columns)
        for values in written:
            row = zip(form.columns, values, strict=True)
            writer.write([_shown(value) if name in _TIMES else value for name, value in row])


def _shown(value: object) -> str:
    return clock.iso(value) if isinstance(value, int) else ""
