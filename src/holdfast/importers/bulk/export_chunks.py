"""Exports of marketplaces as chunks: rows that are plain, whole orders by columns, the others one by one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from holdfast.importers.bulk.chunk import Chunk, Kind, Row, by_row, of_rows
from holdfast.importers.bulk.export_columns import ExportColumns
from holdfast.importers.bulk.row_blocks import ReadRows, RowBlock
from holdfast.importers.bulk.vectors import Ints
from holdfast.importers.cells import BadCell
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.form import Rows
from holdfast.importers.exports.found import Found, State
from holdfast.importers.exports.playable import Maker, as_it_happened
from holdfast.importers.exports.reading import Reader, Reading
from holdfast.importers.exports.recognising import Recognised
from holdfast.importers.grids.lines import LineBlock
from holdfast.importers.grids.text import TextGrid
from holdfast.importers.history import LeftOut, Progress, Reject

ROWS = 8_192
"""So many rows are read at once."""


def export_chunks(
    table: Recognised,
    reader: Reader,
    number: int,
    asked: Asked,
    left_out: Counter[LeftOut],
    progress: Progress | None = None,
) -> Iterator[Chunk]:
    """Read a table; rows that are left out are counted.

    Raises:
        Refusal: the rest of the table cannot be read.
    """
    reading = _Reading(table, reader, number, asked, left_out)
    for block in reading.blocks(progress):
        yield reading.chunk(block)
        if reader.ended:
            break
    yield reading.exactly(reader.finish())


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
        swift = table.form.rows is Rows.ORDER and not table.form.ends
        self._columns = ExportColumns(reader, table, asked, number) if swift else None

    def blocks(self, progress: Progress | None) -> Iterator[RowBlock]:
        """Give the rows after the header, some at once."""
        grid = self._table.grid
        if self._columns is not None and isinstance(grid, TextGrid):
            for found in grid.blocks(self._reader.columns.width, self._columns.wanted, progress):
                yield found if isinstance(found, LineBlock) else ReadRows(found, self._reader.columns.width)
            return
        rows = grid.rows(progress)
        while found := [*islice(rows, ROWS)]:
            yield ReadRows(found, self._reader.columns.width)

    def chunk(self, block: RowBlock) -> Chunk:
        """Return what some rows became."""
        places = np.flatnonzero(block.numbers > self._table.row)
        if self._columns is None:
            return self._one_by_one(block, places)
        begun = 0
        first: list[Chunk] = []
        while begun < len(places) and not self._reader.begun and not self._reader.ended:
            first.append(self._one_by_one(block, places[begun : begun + 1]))
            begun += 1
        if begun == len(places):
            return _together(first)
        rest = places[begun:]
        read = self._columns.read(block, rest)
        slow = self._one_by_one(block, np.setdiff1d(rest, read.places, assume_unique=True))
        spoilt = self._columns.spoilt(read)
        rejected = self._one_by_one(block, read.places[spoilt])
        swift, passed = self._columns.counted(read, ~spoilt)
        self._left_out[LeftOut.NOT_PAY_LATER] += passed
        return _together([*first, slow, rejected, Chunk(swift)])

    def _one_by_one(self, block: RowBlock, places: Ints) -> Chunk:
        """Return what these rows became, read one by one."""
        return self.exactly(
            reading
            for place in places.tolist()
            if (cells := block.row(place)) and not self._reader.ended
            for reading in self._reader.take(int(block.numbers[place]), cells)
        )

    def exactly(self, readings: Iterable[Reading]) -> Chunk:
        """Return what was read row by row."""
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
        return Row(found.row, Kind.ORDER, order.id, made.currency, order, repairs)


def _together(chunks: Sequence[Chunk]) -> Chunk:
    rejects = [reject for chunk in chunks for reject in chunk.rejects]
    rejects.sort(key=lambda reject: reject.row)
    return Chunk(by_row([chunk.batch for chunk in chunks]), rejects)
