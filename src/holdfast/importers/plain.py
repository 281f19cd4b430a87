"""Files of our own form, one row an order, as CSV or Parquet, read into a history."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from holdfast.importers import refunds as refunds_files
from holdfast.importers.cells import BadCell, Cell
from holdfast.importers.history import History, HistoryOrder, Origin, Progress, Reject, Repair
from holdfast.importers.parts import Taken, drop_astray, drop_unpaid
from holdfast.importers.plain_rows import FORM, KINDS, Unpaid, finished, read_row
from holdfast.importers.refunds import with_refunds
from holdfast.importers.refusals import NonePaid, NoOrders
from holdfast.importers.rows import rows
from holdfast.importers.wall import Wall


class _Source:
    """What the rows of a file were found to be."""

    def __init__(self, path: Path, wall: Wall) -> None:
        self.path = path
        self.wall = wall
        self.taken: dict[str, Taken] = {}
        self.rejects: list[Reject] = []
        self.unpaid_parts = 0
        self.unpaid_ids: set[str] = set()

    def take(self, row: int, found: Sequence[Cell] | BadCell) -> None:
        """Take a row as an order, as one that was never paid, or as a reject."""
        try:
            read = read_row(self.path.name, row, found, self.wall)
            order_id = read.order_id if isinstance(read, Unpaid) else read.order.id
            _check_new(order_id, self.taken)
        except BadCell as bad:
            self.rejects.append(bad.at(self.path.name, row))
            return
        if isinstance(read, Unpaid):
            self.unpaid_ids.add(order_id)
        else:
            self.unpaid_ids.discard(order_id)
            self.taken[order_id] = read

    @property
    def unpaid(self) -> int:
        """Return how many orders were never paid, parts of such orders among them."""
        return len(self.unpaid_ids) + self.unpaid_parts

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
    for row, found in rows(path, FORM, KINDS, progress):
        source.take(row, found)
    if progress:
        progress(1.0)
    source.unpaid_parts = drop_unpaid(source.taken, source.unpaid_ids)
    drop_astray(source.taken, source.rejects, path.name)
    if not source.taken:
        raise nothing_taken(path, len(source.rejects), source.rejects, source.unpaid)
    return _with_refunds(_history(source), source, refunds)


def other_currency(code: str, currency: str) -> BadCell:
    """Return why an order is not taken whose currency is not that of most."""
    reason = f"the history is in {currency}, as most of its orders are"
    return BadCell("currency", code, reason, "Import each currency by itself")


def already(order_id: str, row: int) -> BadCell:
    """Return why a row is not taken whose order stands in an earlier row."""
    reason = f"the order is already in row {row}"
    return BadCell("order_id", order_id, reason, "Keep one row for each order, or export the file again")


def nothing_taken(path: Path, count: int, rejects: Sequence[Reject], unpaid: int) -> NoOrders:
    """Return the refusal of a source none of whose rows could be taken.

    Args:
        path: the source.
        count: how many rows were refused.
        rejects: why, of all of them or of the first.
        unpaid: how many were never paid.
    """
    if unpaid and not count:
        return NonePaid(str(path), count=unpaid, rejects=())
    first = f", the first in {rejects[0].file}:{rejects[0].row}: {rejects[0].reason}" if rejects else ""
    first += f"; {unpaid} were never paid" if unpaid else ""
    return NoOrders(str(path), count=count, first=first, rejects=tuple(rejects))


def _check_new(order_id: str, taken: Mapping[str, Taken]) -> None:
    if order_id in taken:
        raise already(order_id, taken[order_id].row)


def _history(source: _Source) -> History:
    """Return the history of the rows that were taken, all of one currency, but for refunds."""
    path, taken, rejects, wall = source.path, source.taken, source.rejects, source.wall
    counts = Counter(each.currency for each in taken.values())
    currency = counts.most_common(1)[0][0]
    orders: list[HistoryOrder] = []
    repairs: list[Repair] = []
    origins: dict[str, Origin] = {}
    for each in taken.values():
        if each.currency != currency:
            rejects.append(other_currency(each.currency, currency).at(path.name, each.row))
            continue
        part_of = each.order.part_of
        order, changes = finished(path.name, each, None if part_of is None else taken[part_of].order)
        orders.append(order)
        origins[order.id] = Origin(path.name, each.row)
        repairs += changes
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
