"""The rows of a file of our own: cells in the order of a form."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from holdfast.importers import parquet
from holdfast.importers.cells import BadCell, Cell
from holdfast.importers.exports.cleaning import as_text
from holdfast.importers.exports.recognising import Recognised
from holdfast.importers.grids.grid import Value
from holdfast.importers.history import Progress
from holdfast.importers.refusals import UnknownForm
from holdfast.importers.spreadsheet import restored
from holdfast.importers.table import CsvTable, Form
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text

Row = tuple[int, Sequence[Cell] | BadCell]
"""The number of a row, as in `Reject`, and its cells, or why they cannot be told apart."""

_ROUNDED = 10**15
"""A number with more digits than a spreadsheet keeps."""


class Rows(NamedTuple):
    """The rows of a file, which are read as often as they are asked for."""

    file: str
    all: Callable[[], Iterator[Row]]


def of_file(path: Path, form: Form, kinds: Mapping[str, parquet.Kind]) -> Rows:
    """Return the rows of a file: see `rows`."""
    return Rows(path.name, partial(rows, path, form, kinds))


def of_table(table: Recognised, form: Form, kinds: Mapping[str, parquet.Kind]) -> Rows:
    """Return the rows of a table in a file of any kind.

    Raises:
        UnknownColumn, DuplicateColumn, MissingColumn: it is not of the form.
    """
    header = checked(table, form)
    return Rows(table.grid.name, partial(_table_rows, table, header, form, kinds))


def checked(table: Recognised, form: Form) -> list[str]:
    """Return the names of a table's columns.

    Raises:
        UnknownColumn, DuplicateColumn, MissingColumn: it is not of the form.
    """
    header = [str(cell).strip() for cell in table.header]
    while header and not header[-1]:
        header.pop()
    form.check(header, f"{table.grid.name}:{table.row}")
    return header


def _table_rows(
    table: Recognised, header: Sequence[str], form: Form, kinds: Mapping[str, parquet.Kind]
) -> Iterator[Row]:
    pick = [header.index(name) if name in header else len(header) for name in form.columns]
    for number, row in table.grid.rows():
        if number <= table.row:
            continue
        found = texts(header, row, kinds)
        if found is None:
            continue
        if isinstance(found, BadCell):
            yield number, found
        else:
            cells = [*found, ""]
            yield number, [cells[at] for at in pick]


def texts(
    header: Sequence[str], row: Sequence[Value] | Refusal, kinds: Mapping[str, parquet.Kind]
) -> list[str] | BadCell | None:
    """Return the cells of a row of a table as texts, or why they cannot be told; None of a blank one.

    A time at midnight is a date alone: workbooks know no difference.
    """
    if isinstance(row, Refusal):
        return BadCell("", "", *row.record().told())
    if not any(as_text(cell).strip() for cell in row):
        return None
    width = len(header)
    if any(cell != "" for cell in row[width:]):
        return BadCell(
            "",
            as_text(next(cell for cell in row[width:] if cell != "")),
            Text(
                f"此行有 {len(row)} 列，而表头有 {width} 列",
                f"the row has {len(row)} columns where the header has {width}",
            ),
            Text(
                "请清空超出表头的内容，或在表头为其命名",
                "Empty what stands beyond the header, or give it a name there",
            ),
        )
    for name, cell in zip(header, row, strict=False):
        if kinds[name] is parquet.IDENTITY and isinstance(cell, int | float) and abs(cell) >= _ROUNDED:
            return BadCell(
                name,
                as_text(cell),
                Text(
                    "编号已丢失：电子表格丢掉了末几位",
                    "the id is lost: a spreadsheet has thrown its last digits away",
                ),
                Text("请从来源系统以文本写出编号", "Write ids as text, out of the system that they are from"),
            )
    return [restored(_text(cell)) for cell in (*row, *[""] * (width - len(row)))][:width]


def _text(cell: Value) -> str:
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return as_text(cell)


def rows(
    path: Path, form: Form, kinds: Mapping[str, parquet.Kind], progress: Progress | None = None
) -> Iterator[Row]:
    """Give the rows of a .csv or .parquet file; `kinds` says what each column holds.

    Raises:
        UnknownForm: the name ends in neither .csv nor .parquet.
        SourceUnreadable, EmptyFile, NotText, BadEncoding, BrokenCsv, BrokenParquet: it cannot be read.
        WrongDelimiter, UnknownColumn, DuplicateColumn, MissingColumn, WrongColumnType: it is not of the form.
    """
    match path.suffix.lower():
        case ".csv":
            return _csv_rows(path, form, progress)
        case ".parquet":
            return parquet.read_rows(path, form, kinds, progress)
        case suffix:
            raise UnknownForm(str(path), suffix=suffix)


def _csv_rows(path: Path, form: Form, progress: Progress | None) -> Iterator[Row]:
    table = CsvTable(path, form)
    size = path.stat().st_size
    for row, found in table.records(lambda done: progress(done / size) if progress else None):
        try:
            yield row, [restored(cell) for cell in table.arranged(found)]
        except BadCell as bad:
            yield row, bad
