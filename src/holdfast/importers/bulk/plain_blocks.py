"""Files of our own form as blocks: some rows at once, as columns, and each exactly where that is wanted."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

import numpy as np
import pyarrow as pa

from holdfast.importers import parquet
from holdfast.importers.bulk.vectors import Ints
from holdfast.importers.cells import BadCell, Cell
from holdfast.importers.exports.recognising import Recognised
from holdfast.importers.grids.grid import Line
from holdfast.importers.grids.lines import LineBlock
from holdfast.importers.history import Progress
from holdfast.importers.plain_rows import FORM, KINDS
from holdfast.importers.rows import checked, texts
from holdfast.importers.spreadsheet import restored
from holdfast.importers.table import CsvTable
from holdfast.kernel.refusal import Refusal

_pa = cast("Any", pa)

ROWS = 16_384
"""So many rows are read at once."""


class Block(Protocol):
    """Some rows of a file."""

    def numbers(self) -> Ints:
        """Return the number of each row."""
        ...

    def fit(self) -> Ints:
        """Return which rows have as many cells as there are columns; the columns hold these alone."""
        ...

    def column(self, name: str) -> Any:
        """Return a column as it stands, of texts or typed; None where the file has none of the name."""
        ...

    def rows(self, which: Ints) -> Iterator[Sequence[Cell] | BadCell | None]:
        """Give the cells of these rows exactly, or why they cannot be told apart; None of a blank one."""
        ...


class _Lines:
    """Rows of a CSV file, each of one line."""

    def __init__(self, table: CsvTable, block: LineBlock) -> None:
        self._table = table
        self._block = block

    def numbers(self) -> Ints:
        return self._block.numbers

    def fit(self) -> Ints:
        return self._block.fit

    def column(self, name: str) -> Any:
        header = self._table.header
        return self._block.column(header.index(name)) if name in header else None

    def rows(self, which: Ints) -> Iterator[Sequence[Cell] | BadCell | None]:
        return (_arranged(self._table, self._block.row(at)) for at in which.tolist())


class _Read:
    """Rows of a CSV file that were read one by one."""

    def __init__(self, table: CsvTable, records: Sequence[tuple[int, list[str]]]) -> None:
        self._table = table
        self._records = records
        width = len(table.header)
        fit = [at for at, (_, row) in enumerate(records) if len(row) == width]
        self._fit = np.array(fit, np.int64)
        self._columns: list[tuple[str, ...]] = [*zip(*(records[at][1] for at in fit), strict=True)]

    def numbers(self) -> Ints:
        return np.array([number for number, _ in self._records], np.int64)

    def fit(self) -> Ints:
        return self._fit

    def column(self, name: str) -> Any:
        header = self._table.header
        return _pa.array(self._columns[header.index(name)], type=_pa.string()) if name in header else None

    def rows(self, which: Ints) -> Iterator[Sequence[Cell] | BadCell | None]:
        places: list[int] = which.tolist()
        return (_arranged(self._table, self._records[at][1]) for at in places)


def _arranged(table: CsvTable, row: Sequence[Any]) -> Sequence[Cell] | BadCell | None:
    """Return the cells of a row in the order of the form, or why they cannot be told; None of a blank one."""
    if not row:
        return None
    try:
        return [restored(cell) for cell in table.arranged([*row])]
    except BadCell as bad:
        return bad


class _Records:
    """Records of a Parquet file."""

    def __init__(self, batch: parquet.Batch) -> None:
        self._batch = batch

    def numbers(self) -> Ints:
        return np.arange(self._batch.first, self._batch.first + self._batch.size, dtype=np.int64)

    def fit(self) -> Ints:
        return np.arange(self._batch.size, dtype=np.int64)

    def column(self, name: str) -> Any:
        return self._batch.columns.get(name)

    def rows(self, which: Ints) -> Iterator[Sequence[Cell] | BadCell | None]:
        return self._batch.rows(FORM, _pa.array(which))


class _Cells:
    """Rows of a table of any kind of file."""

    def __init__(self, header: Sequence[str], rows: Sequence[Line | tuple[int, Refusal]]) -> None:
        self._header = header
        self._numbers = [number for number, _ in rows]
        self._rows: list[list[str] | BadCell | None] = [texts(header, row, KINDS) for _, row in rows]
        fit = [at for at, row in enumerate(self._rows) if isinstance(row, list)]
        self._fit = np.array(fit, np.int64)
        self._fitting = [row for row in self._rows if isinstance(row, list)]

    def numbers(self) -> Ints:
        return np.array(self._numbers, np.int64)

    def fit(self) -> Ints:
        return self._fit

    def column(self, name: str) -> Any:
        if name not in self._header:
            return None
        at = self._header.index(name)
        return _pa.array([row[at] for row in self._fitting], type=_pa.string())

    def rows(self, which: Ints) -> Iterator[Sequence[Cell] | BadCell | None]:
        absent = len(self._header)
        pick = [self._header.index(name) if name in self._header else absent for name in FORM.columns]
        places: list[int] = which.tolist()
        for place in places:
            row = self._rows[place]
            if not isinstance(row, list):
                yield row
            else:
                cells = [*row, ""]
                yield [cells[at] for at in pick]


class Blocks(NamedTuple):
    """The rows of a file, some at once. `defused`: texts of its columns may be, so that none runs."""

    file: str
    where: str
    all: Iterator[Block]
    defused: bool = False


def file_blocks(path: Path, progress: Progress | None) -> Blocks:
    """Return the rows of a .csv file; any other is taken for a Parquet file.

    Raises:
        Refusal: see `plain_chunks.plain_chunks`.
    """
    if path.suffix.lower() == ".csv":
        return Blocks(path.name, str(path), _csv_blocks(path, progress), defused=True)
    return Blocks(path.name, str(path), _parquet_blocks(path, progress))


def table_blocks(table: Recognised, progress: Progress | None) -> Blocks:
    """Return the rows of a table in a file of another kind.

    Raises:
        UnknownColumn, DuplicateColumn, MissingColumn: it is not of the form.
        Refusal: the rest of the table cannot be read.
    """
    name = table.grid.name
    return Blocks(name, name, _table_blocks(table, checked(table, FORM), progress))


def _csv_blocks(path: Path, progress: Progress | None) -> Iterator[Block]:
    table = CsvTable(path, FORM)
    size = path.stat().st_size
    for block in table.blocks(lambda done: progress(done / size) if progress else None):
        if isinstance(block, LineBlock):
            yield _Lines(table, block)
        elif block:
            yield _Read(table, block)


def _parquet_blocks(path: Path, progress: Progress | None) -> Iterator[Block]:
    for batch in parquet.read_batches(path, FORM, KINDS, progress, ROWS):
        yield _Records(batch)


def _table_blocks(table: Recognised, header: Sequence[str], progress: Progress | None) -> Iterator[Block]:
    rows = (line for line in table.grid.rows(progress) if line[0] > table.row)
    while found := [*islice(rows, ROWS)]:
        yield _Cells(header, found)
