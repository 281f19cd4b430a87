"""Files of our own form as chunks: rows that are plain in every cell by columns, the others one by one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa

from holdfast.importers import cells, parquet
from holdfast.importers.bulk import vectors
from holdfast.importers.bulk.chunk import Chunk, Kind, Row, constant, in_file, of_columns, of_rows, some
from holdfast.importers.bulk.moments import Days, Times, no_times, times
from holdfast.importers.bulk.plain_blocks import Block, Blocks
from holdfast.importers.bulk.vectors import Ints, Known, Mask, Texts, texts
from holdfast.importers.cells import BadCell
from holdfast.importers.history import HistoryOrder, Reject, Repair
from holdfast.importers.parts import Taken
from holdfast.importers.plain_rows import TIMES, Unpaid, finished, read_row
from holdfast.importers.refunds import with_refunds
from holdfast.importers.spreadsheet import restored
from holdfast.importers.wall import Wall
from holdfast.kernel.currencies import WITHDRAWN

_pa = cast("Any", pa)

_MOMENTS = sorted(TIMES)
_STARS = 5
_PER_MS = {"s": (1_000, 1), "ms": (1, 1), "us": (1, 1_000), "ns": (1, 1_000_000)}


class Sheet(NamedTuple):
    """The state of reading a sheet, carried from one block of rows to the next."""

    file: str
    table: int
    wall: Wall
    days: Days
    names: Known[str]
    currencies: Known[str]
    titles: Known[str]
    scores: Known[int]
    flags: Known[int]


def sheet(found: Blocks, table: int, wall: Wall) -> Sheet:
    """Return the initial state of reading a file of our own form."""
    said = restored if found.defused else str
    return Sheet(
        found.file,
        table,
        wall,
        Days(wall.name),
        Known(lambda cell: cells.identity("", said(cell))),
        Known(lambda cell: cells.currency("", said(cell))),
        Known(lambda cell: cells.title("", said(cell))),
        Known(lambda cell: 0 if cell == "" else cells.score("", said(cell))),
        Known(lambda cell: int(cells.flag("", said(cell)))),
    )


class Waiting(NamedTuple):
    """A part, which waits for its whole: in which table it stands, and what was read of it."""

    table: int
    file: str
    taken: Taken


def plain_chunks(
    found: Blocks, table: int, wall: Wall, parts: list[Waiting], *, by_row: bool = False
) -> Iterator[Chunk]:
    """Read a file of our own form.

    Args:
        found: its rows.
        table: its number among the tables of the source.
        wall: reads times without an offset.
        parts: rows that are parts of others are put here, too.
        by_row: read every row by itself.

    Raises:
        SourceUnreadable, EmptyFile, NotText, BadEncoding, BrokenCsv, BrokenParquet: it cannot be read.
        WrongDelimiter, UnknownColumn, DuplicateColumn, MissingColumn, WrongColumnType: it is not of the form.
    """
    with_ = sheet(found, table, wall)
    done = 0
    try:
        for block in found.all:
            every = np.arange(len(block.numbers()))
            if by_row:
                yield Chunk(*_exactly(block, every, with_, parts))
            else:
                fit = block.fit()
                columns = _Columns(block, with_, len(fit))
                swift = columns.batch()
                exact, rejects = _exactly(block, np.setdiff1d(every, fit[columns.good]), with_, parts)
                yield Chunk(in_file([swift, exact]), rejects)
            done = int(block.numbers()[-1])
    except UnicodeDecodeError as error:
        raise parquet.not_utf8(found.where, done, error) from error


def _exactly(block: Block, which: Ints, with_: Sheet, parts: list[Waiting]) -> tuple[Any, list[Reject]]:
    """Read rows one by one."""
    rows: list[Row] = []
    rejects: list[Reject] = []
    numbers = block.numbers()[which].tolist()
    for number, found in zip(numbers, block.rows(which), strict=True):
        if found is None:
            continue
        try:
            read = read_row(with_.file, number, found, with_.wall)
        except BadCell as bad:
            rejects.append(bad.at(with_.file, number))
            continue
        if isinstance(read, Unpaid):
            rows.append(Row(number, Kind.UNPAID, read.order_id))
        elif read.order.part_of is not None:
            parts.append(Waiting(with_.table, with_.file, read))
            rows.append(Row(number, Kind.PART, read.order.id, read.currency, read.order))
        else:
            order, repairs = whole_order(with_.file, read)
            rows.append(Row(number, Kind.ORDER, order.id, read.currency, order, repairs))
    return of_rows(with_.table, rows), rejects


def whole_order(
    file: str, read: Taken, whole: HistoryOrder | None = None
) -> tuple[HistoryOrder, list[Repair]]:
    """Return the order of a row with its refund, and the repairs."""
    order, repairs = finished(file, read, whole)
    if read.refund is not None:
        order, more = with_refunds(order, [read.refund])
        repairs = [*repairs, *more]
    return order, repairs


class _Columns:
    """The columns of a block; `good` are the rows of which every cell could be read at once."""

    def __init__(self, block: Block, with_: Sheet, count: int) -> None:
        self._block = block
        self._with = with_
        self._count = count
        self.good: Mask = np.ones(count, np.bool_)

    def batch(self) -> Any:
        """Return the rows that could be read."""
        if not self._count:
            return of_columns({}, 0)
        with_ = self._with
        self._settle_flags()
        codes, which, good = with_.currencies.of(self._texts("currency"), "")
        self.good &= good
        places = vectors.digits(codes, which)
        found: dict[str, Any] = {name: self._ids(name) for name in ("order_id", "merchant_id", "consumer_id")}
        found["currency"] = _pa.array(codes, type=_pa.string()).take(_pa.array(which))
        amount, said = self._amounts("amount", places)
        self.good &= said & (amount > 0)
        found["amount"] = amount
        moments = {name: self._times(name) for name in _MOMENTS}
        self._check_times(moments, codes, which)
        score, good = self._scores()
        self.good &= good & (moments["reviewed_at"].said == (score > 0))
        found["score"] = _pa.array(score.astype(np.int8), mask=score == 0)
        titles = vectors.strings(self._texts("title"), with_.titles)
        self.good &= titles.good
        found["title"] = titles.array
        service, good = vectors.values(self._texts("service"), with_.flags, 0)
        self.good &= good
        self.good &= moments["shipped_at"].said | ~moments["delivered_at"].said | (service > 0)
        found["service"] = service > 0
        refunded, said = self._amounts("refunded_amount", places)
        back = said & (refunded > 0)
        self.good &= ~back | (moments["refunded_at"].said & (refunded <= amount))
        self.good &= back | ~moments["refunded_at"].said
        found["refunded"] = some(refunded, back)
        for name, each in moments.items():
            found[name] = some(each.at, each.said)
        return self._of(found, moments)

    def _of(self, found: dict[str, Any], moments: Mapping[str, Times]) -> Any:
        with_, good = self._with, self.good
        with_.wall.assumed += sum(int((each.assumed & good).sum()) for each in moments.values())
        rows = self._block.numbers()[self._block.fit()]
        found |= {
            "table": np.full(self._count, with_.table, np.int32),
            "row": rows,
            "kind": np.full(self._count, int(Kind.ORDER), np.int8),
        }
        batch = of_columns(found, self._count)
        return batch if good.all() else batch.filter(_pa.array(good))

    def _settle_flags(self) -> None:
        """Leave out what waits for a whole, and what was never paid."""
        self.good &= ~self._texts("part_of").said
        paid = self._texts("paid")
        if paid.said.any():
            said, good = vectors.values(paid, self._with.flags, 0)
            self.good &= ~paid.said | (good & (said > 0))

    def _texts(self, name: str) -> Texts:
        column = self._block.column(name)
        if column is None:
            return Texts(constant("", self._count))
        if _pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if _pa.types.is_string(column.type) and not column.null_count:
            return Texts(column)
        if _pa.types.is_string(column.type) or _pa.types.is_large_string(column.type):
            return Texts(column.cast(_pa.string()).fill_null(""))
        self.good &= np.asarray(column.is_null())  # typed: what it holds is read exactly
        return texts([""] * self._count)

    def _ids(self, name: str) -> Any:
        read = vectors.ids(self._texts(name), self._with.names)
        self.good &= read.good
        return read.array

    def _amounts(self, name: str, places: Ints) -> tuple[Ints, Mask]:
        column = self._block.column(name)
        if column is None or not _pa.types.is_decimal128(column.type):
            read = vectors.amounts(self._texts(name), places)
        else:
            read = vectors.decimals(column, places)
        self.good &= read.good & (read.values <= cells.MAX_ORDER_MINOR)
        return read.values, read.said

    def _times(self, name: str) -> Times:
        column = self._block.column(name)
        if column is None:
            return no_times(self._count)
        if not _pa.types.is_timestamp(column.type) or column.type.tz is None:
            read = times(self._texts(name), self._with.days)
        else:
            read = _typed(column)
        self.good &= read.good
        return read

    def _scores(self) -> tuple[Ints, Mask]:
        column = self._block.column("score")
        if column is not None and _pa.types.is_integer(column.type):
            found: Ints = column.cast(_pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
            return found, np.asarray(column.is_null()) | ((found >= 1) & (found <= _STARS))
        return vectors.values(self._texts("score"), self._with.scores, 0)

    def _check_times(self, moments: Mapping[str, Times], codes: Sequence[str], which: Ints) -> None:
        """Leave out the rows whose times contradict each other, or whose currency was gone by then."""
        placed = moments["placed_at"]
        self.good &= placed.said & in_sequence(moments)
        gone = np.array([WITHDRAWN.get(code, cells.END) for code in codes], np.int64)
        self.good &= placed.at < gone[which]


def in_sequence(moments: Mapping[str, Times]) -> Mask:
    """Return which rows hold their times as `chronology.in_order` leaves them."""
    latest = placed = moments["placed_at"].at
    good = np.ones(len(placed), np.bool_)
    for name in ("shipped_at", "delivered_at", "cancelled_at"):
        each = moments[name]
        good &= ~each.said | (each.at >= latest)
        latest = np.where(each.said, each.at, latest)
    for name in ("ship_by", "reviewed_at", "refunded_at"):
        if name in moments:
            good &= ~moments[name].said | (moments[name].at >= placed)
    return good


def _typed(column: Any) -> Times:
    """Return typed times."""
    said = np.asarray(column.is_valid())
    counts: Ints = column.cast(_pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    times_, over = _PER_MS[column.type.unit]
    at = counts * times_ // over
    return Times(at, said, ~said | ((at >= cells.FIRST) & (at < cells.END)), np.zeros(len(said), np.bool_))
