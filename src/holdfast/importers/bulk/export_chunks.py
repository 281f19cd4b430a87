"""Exports of marketplaces as chunks: rows that are plain, whole orders by columns, the others one by one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, cast

import numpy as np
import pyarrow as pa

from holdfast.importers.bulk.chunk import Chunk, Kind, Row, in_file, of_rows
from holdfast.importers.bulk.export_columns import ExportColumns, Read
from holdfast.importers.bulk.order_lines import OrderLines, Stretch
from holdfast.importers.bulk.row_blocks import ReadRows, RowBlock
from holdfast.importers.bulk.vectors import Ints, Mask
from holdfast.importers.cells import BadCell
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.form import Form, Rows
from holdfast.importers.exports.found import Found, State
from holdfast.importers.exports.playable import Maker, as_it_happened
from holdfast.importers.exports.reading import OPEN_ORDERS, Reader, Reading
from holdfast.importers.exports.recognising import Recognised
from holdfast.importers.grids.grid import Value
from holdfast.importers.grids.lines import LineBlock
from holdfast.importers.grids.text import TextGrid
from holdfast.importers.history import LeftOut, Progress, Reject
from holdfast.kernel.refusal import Refusal

_pa = cast("Any", pa)

ROWS = 8_192
"""So many rows are read at once."""

WHOLE_ORDERS = 32_768
"""So many rows that are whole orders are read by columns at once."""

HELD_ORDERS = 5 * OPEN_ORDERS
"""When lines of so many orders are held, those are put together that need not be waited for any more."""

Line = tuple[int, Sequence[Value] | Refusal]


def export_chunks(
    table: Recognised,
    reader: Reader,
    number: int,
    asked: Asked,
    left_out: Counter[LeftOut],
    progress: Progress | None = None,
    *,
    by_row: bool = False,
) -> Iterator[Chunk]:
    """Read a table; rows that are left out are counted. `by_row`: read every row by itself.

    Raises:
        Refusal: the rest of the table cannot be read.
    """
    reading = _Reading(table, reader, number, asked, left_out)
    if by_row or not has_plain_rows(table.form):
        yield from reading.by_rows(progress)
    else:
        yield from reading.by_columns(progress)


def has_plain_rows(form: Form) -> bool:
    """Tell whether no row of a form has to be looked at for what it begins with: totals, and the end."""
    return not form.ends and not form.totals


class _Reading:
    """How one table is read."""

    def __init__(
        self, table: Recognised, reader: Reader, number: int, asked: Asked, left_out: Counter[LeftOut]
    ) -> None:
        self._table = table
        self._file = table.grid.name
        self._reader = reader
        self._number = number
        self._asked = asked
        self._left_out = left_out
        self._maker = Maker(table.form, table.grid.name, asked)
        self._columns = ExportColumns(reader, table, asked, number)
        self._whole = table.form.rows is Rows.ORDER

    def by_rows(self, progress: Progress | None) -> Iterator[Chunk]:
        """Read one row after the other."""
        rows = self._reader.lines(progress)
        while not self._reader.ended and (found := [*islice(rows, ROWS)]):
            yield self.exactly(self._taken(found))
        yield self.exactly(self._reader.finish())

    def by_columns(self, progress: Progress | None) -> Iterator[Chunk]:
        """Read rows by columns; lines of orders are put together when enough other orders have begun."""
        held: list[Stretch] = []
        enough, wait = (WHOLE_ORDERS, 0) if self._whole else (HELD_ORDERS, OPEN_ORDERS)
        begun = 0
        for block in self._blocks(progress):
            places = np.flatnonzero(block.numbers > self._table.row)
            first, before = self._before_orders(block, places)
            stretch, others = self._stretch(block, places[first:])
            if before or len(others):
                yield self.exactly([*before, *self._taken(self._lines(block, others.tolist()))])
            held.append(stretch)
            begun += len(stretch.places) if self._whole else len(stretch.ids.unique())
            if begun >= enough:
                chunk, held, begun = self._ended(held, wait)
                yield chunk
        yield self._ended(held, 0)[0]
        yield self.exactly(self._reader.finish())

    def _blocks(self, progress: Progress | None) -> Iterator[RowBlock]:
        """Give the rows, some at once."""
        grid, width = self._table.grid, self._reader.columns.width
        if isinstance(grid, TextGrid):
            for found in grid.blocks(width, self._columns.wanted, progress):
                yield found if isinstance(found, LineBlock) else ReadRows(found, width)
            return
        rows = grid.rows(progress)
        while found := [*islice(rows, ROWS)]:
            yield ReadRows(found, width)

    def _before_orders(self, block: RowBlock, places: Ints) -> tuple[int, list[Reading]]:
        """Return how many rows come before the first one of an order, and what they became: some explain."""
        before: list[Reading] = []
        for count, place in enumerate(places.tolist()):
            if self._reader.begins(block.row(place)):
                return count, before
            before += self._taken(self._lines(block, [place]))
        return len(places), before

    def _stretch(self, block: RowBlock, places: Ints) -> tuple[Stretch, Ints]:
        """Return the rows that say of which order they are, and the places of the others."""
        ids, good, out = self._columns.ids(block)
        if good.all() and not out.any() and len(ids) == len(places) == len(block.numbers):
            return Stretch(block, places, ids, good), places[:0]
        swift = np.zeros(len(block.numbers), np.bool_)
        swift[block.fit] = good & ~out
        where = np.zeros(len(block.numbers), np.int64)
        where[block.fit] = np.arange(len(block.fit))
        kept = places[swift[places]]
        found = ids.take(_pa.array(where[kept]))
        rest = places[~swift[places]]
        left_out = np.zeros(len(block.numbers), np.bool_)
        left_out[block.fit] = out
        odd = self._odd(block, rest[~left_out[rest]])
        if not odd:
            return Stretch(block, kept, found, swift[kept]), rest
        names = dict(zip(kept.tolist(), found.to_pylist(), strict=True)) | odd
        every = np.array(sorted(names), np.int64)
        named = _pa.array([names[place] for place in every.tolist()], type=_pa.string())
        return Stretch(block, every, named, swift[every]), np.setdiff1d(rest, every)

    def _odd(self, block: RowBlock, places: Ints) -> dict[int, str]:
        """Return the orders of rows that have no columns, or whose ids are not plain."""
        found: dict[int, str] = {}
        for place, (_, cells) in zip(places.tolist(), self._lines(block, places.tolist()), strict=True):
            order_id = None if isinstance(cells, Refusal) or not cells else self._reader.order_id(cells)
            if order_id is not None:
                found[place] = order_id
        return found

    def _ended(self, held: Sequence[Stretch], wait: int) -> tuple[Chunk, list[Stretch], int]:
        """Read the orders after whose first row as many others as `wait` have begun; return the rest, too."""
        if self._whole:
            return self._read(OrderLines(held, None)), [], 0
        ids = _pa.concat_arrays([_pa.array([], _pa.string()), *(each.ids for each in held)])
        encoded = ids.dictionary_encode()
        codes: Ints = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        count = max(0, len(encoded.dictionary) - wait)
        ended = codes < count
        now: list[Stretch] = []
        later: list[Stretch] = []
        begin = 0
        for each in held:
            here = ended[begin : begin + len(each.places)]
            begin += len(each.places)
            now.append(each.some(here))
            later += [] if here.all() else [each.some(~here)]
        return self._read(OrderLines(now, codes[ended])), later, len(encoded.dictionary) - count

    def _read(self, lines: OrderLines) -> Chunk:
        """Read orders: by columns those that are plain, the others row by row."""
        read = self._columns.read(lines)
        slow = self._orders(lines, np.flatnonzero(~read.good))
        spoilt = self._spoilt(read)
        rejected = self._orders(lines, np.flatnonzero(read.good)[spoilt])
        swift, passed = self._columns.counted(read, ~spoilt)
        self._left_out[LeftOut.NOT_PAY_LATER] += passed
        return _together([slow, rejected, Chunk(swift)])

    def _spoilt(self, read: Read) -> Mask:
        """Return which orders that were read have an earlier row that could not be taken."""
        if not self._reader.spoilt or not read.columns:
            return np.zeros(int(read.good.sum()), np.bool_)
        pairs = zip(read.columns["order_id"].to_pylist(), read.columns["row"].tolist(), strict=True)
        return np.array([self._reader.spoilt.get(order_id, row) < row for order_id, row in pairs], np.bool_)

    def _orders(self, lines: OrderLines, orders: Ints) -> Chunk:
        """Read these orders row by row."""

        def readings() -> Iterator[Reading]:
            for order in orders.tolist():
                rows = lines.of_order(order)
                yield from self._taken((int(lines.numbers[at]), lines.row(at)) for at in rows)
                yield from self._reader.close(lines.ids[rows[0]].as_py())

        return self.exactly(readings())

    def _lines(self, block: RowBlock, places: Sequence[int]) -> Iterator[Line]:
        return ((int(block.numbers[place]), block.row(place)) for place in places)

    def _taken(self, lines: Iterable[Line]) -> Iterator[Reading]:
        """Give what rows became, read one by one; blank ones became nothing."""
        for number, cells in lines:
            blank = not isinstance(cells, Refusal) and all(cell == "" for cell in cells)
            if not blank and not self._reader.ended:
                yield from self._reader.take(number, cells)

    def exactly(self, readings: Iterable[Reading]) -> Chunk:
        """Return rows that were parsed one by one, as a chunk."""
        rows: list[Row] = []
        rejects: list[Reject] = []
        for reading in readings:
            rejects += reading.rejects
            if reading.found is None:
                continue
            if self._asked.only_pay_later and not reading.found.pay_later:
                self._left_out[LeftOut.NOT_PAY_LATER] += 1
                continue
            try:
                rows.append(self._row(reading.found, reading))
            except BadCell as bad:
                rejects.append(bad.at(self._file, reading.found.row))
        return Chunk(of_rows(self._number, rows), rejects)

    def _row(self, found: Found, reading: Reading) -> Row:
        if found.state is State.UNPAID:
            return Row(found.row, Kind.UNPAID, found.order_id)
        made = self._maker.make(found)
        order, repairs = as_it_happened(made, reading.odd, self._file, found.row)
        return Row(found.row, Kind.ORDER, order.id, made.currency, order, repairs, found.links)


def _together(chunks: Sequence[Chunk]) -> Chunk:
    rejects = [reject for chunk in chunks for reject in chunk.rejects]
    rejects.sort(key=lambda reject: reject.row)
    return Chunk(in_file([chunk.batch for chunk in chunks]), rejects)
