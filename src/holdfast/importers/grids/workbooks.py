"""Workbooks as grids, one for each sheet: .xlsx and its kin, and the .xls of before 2007."""

import datetime as dt
import io
import math
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import BinaryIO, TypeVar

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from holdfast.importers.grids import extents
from holdfast.importers.grids.grid import HEAD, Advance, Line, Value
from holdfast.importers.grids.refusals import (
    BlankFile,
    BrokenWorkbook,
    LockedWorkbook,
    NotATable,
    TooManyTables,
    WorkbookTooLarge,
)
from holdfast.importers.grids.sources import Source, brief, reading
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text

MOST_SHEETS = 200
MOST_BYTES = 512 * 1024**2
"""A workbook is taken into memory as it is, compressed."""

_T = TypeVar("_T")
_EXACT = 2**53
_EVERY = 1_000
_SEEN = 64 * 1024
_OVERLAP = 64
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_STREAMS = ("Workbook\0".encode("utf-16-le"), "Book\0".encode("utf-16-le"))
"""Names in the directory of an OLE file: what holds an encrypted .xlsx, and what holds an .xls."""

_LOCKED = re.compile(rb"\x09\x08\x10\0\0\x06\x05\0.{12}(?:\x86\0\0\0)?\x2f\0", re.DOTALL)
"""The record with which an .xls begins, and the one that says that the rest is encrypted (MS-XLS 2.4.117)."""


class SheetGrid:
    """A sheet. A value that was merged over several rows stands in each of them, in its first column."""

    encoding = None
    delimiter = None

    def __init__(
        self, source: Source, sheet: str, head: list[Line], opened: CalamineSheet | None = None
    ) -> None:
        """Take a sheet by its name; `opened` where it has been read already, which saves to read it once."""
        self.name = f"{source.name} › {sheet}"
        self._source = source
        self._sheet = sheet
        self._head = head
        self._opened = opened

    def head(self) -> list[Line]:
        """Return its first rows."""
        return self._head

    def rows(self, advance: Advance | None = None) -> Iterator[Line | tuple[int, Refusal]]:
        """Give every row.

        Raises:
            Refusal: the file has become another one, or cannot be read any more.
        """
        sheet, self._opened = self._opened, None
        if sheet is None:
            with _opened(self._source) as book:
                sheet = _sheet(self._source.where, book, self._sheet)
        total = max(1, (sheet.end or (0, 0))[0] + 1)
        for number, cells in _lines(sheet):
            yield number, cells
            if advance and number % _EVERY == 0:
                advance(number / total)
        if advance:
            advance(1.0)


def sheet_grids(source: Source, *, zipped: bool) -> list[SheetGrid]:
    """Return the sheets of a workbook that hold anything.

    Args:
        source: the workbook.
        zipped: whether it is an .xlsx, which is a zip archive, or an .xls, which is none.

    Raises:
        LockedWorkbook, BrokenWorkbook, WorkbookTooLarge, InflatesTooMuch, TooManyTables: it cannot be read.
        NotATable: it is another kind of document.
        BlankFile: no sheet holds anything.
    """
    with held(source) as file:
        if zipped:
            extents.check(file, source.where)
        else:
            _check_ole(file, source.where)
    with _opened(source) as book:
        names = book.sheet_names
        if len(names) > MOST_SHEETS:
            raise TooManyTables(source.where, most=MOST_SHEETS)
        found: list[SheetGrid] = []
        for name in names:
            sheet = _sheet(source.where, book, name)
            if head := [*islice(_lines(sheet), HEAD)]:
                found.append(SheetGrid(source, name, head, sheet if len(names) == 1 else None))
    if not found:
        raise BlankFile(source.where)
    return found


def _sheet(where: str, book: CalamineWorkbook, name: str) -> CalamineSheet:
    return _read(where, lambda: book.get_sheet_by_name(name))


def _lines(sheet: CalamineSheet) -> Iterator[Line]:
    """Give a sheet's rows as they are numbered in it, without the empty columns before its first one."""
    merges = _Merges(sheet)
    for index, values in enumerate(sheet.iter_rows()):
        cells = [value if type(value) is str else _value(value) for value in values]
        merges.fill(index, cells)
        if any(cells) or any(cell != "" for cell in cells):
            yield index + 1, cells


def _value(value: Value) -> Value:
    """Return a cell's value: a whole number as one, and a day as the midnight that it is in the file."""
    if type(value) is float:
        if value.is_integer() and abs(value) < _EXACT:
            return int(value)
        return value if math.isfinite(value) else str(value)
    if type(value) is dt.date:
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - workbooks know no zones
    return value


class _Merges:
    """Ranges of cells that were made one: their value is kept in the first of them alone."""

    def __init__(self, sheet: CalamineSheet) -> None:
        left = (sheet.start or (0, 0))[1]
        self._starts: dict[int, list[tuple[int, int]]] = {}
        for (top, first), (bottom, _) in sheet.merged_cell_ranges or []:
            if bottom > top and first >= left:
                self._starts.setdefault(top, []).append((first - left, bottom))
        self._open: dict[int, tuple[int, Value]] = {}

    def fill(self, row: int, cells: list[Value]) -> None:
        """Put the values of the ranges that reach down to this row into its empty cells."""
        for column, (bottom, value) in list(self._open.items()):
            if row > bottom:
                del self._open[column]
            elif cells[column] == "":
                cells[column] = value
        for column, bottom in self._starts.get(row, ()):
            if column < len(cells):
                self._open[column] = (bottom, cells[column])


@contextmanager
def held(source: Source) -> Generator[BinaryIO]:
    """Give a workbook's bytes: the file itself, or what a member of an archive holds, in memory.

    Raises:
        WorkbookTooLarge: there are more of them than are read.
        Refusal: they cannot be read.
    """
    if source.file is None:
        yield io.BytesIO(_whole(source))
        return
    with reading(source.file) as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        if size > MOST_BYTES:
            raise _too_large(source, size)
        yield file


def _whole(source: Source) -> bytes:
    parts: list[bytes] = []
    size = 0
    with source.open() as stream:
        while found := stream.read(_SEEN):
            parts.append(found)
            size += len(found)
            if size > MOST_BYTES:
                raise _too_large(source, size)
    return b"".join(parts)


def _too_large(source: Source, size: int) -> Refusal:
    return WorkbookTooLarge(
        source.where,
        part=Text("工作簿", "the workbook"),
        size=size,
        unit=Text("字节", "bytes"),
        most=MOST_BYTES,
    )


@contextmanager
def _opened(source: Source) -> Generator[CalamineWorkbook]:
    with held(source) as file, _read(source.where, lambda: CalamineWorkbook.from_filelike(file)) as book:
        yield book


def _check_ole(file: BinaryIO, where: str) -> None:
    """Check that an OLE file, as Office wrote before 2007, is a workbook that is not encrypted.

    Raises:
        LockedWorkbook: it is an .xls with a password, or the envelope of an .xlsx with one.
        NotATable: it holds no workbook: it is a document, or a message.
    """
    tail, workbook = b"", False
    while found := file.read(_SEEN):
        seen = tail + found
        if _ENCRYPTED in seen or _LOCKED.search(seen):
            raise LockedWorkbook(where)
        workbook = workbook or any(name in seen for name in _STREAMS)
        tail = seen[-_OVERLAP:]
    if not workbook:
        raise NotATable(
            where,
            kind=Text("旧版 Office 的文档", "a document of an old Office"),
            advice=Text("请重新导出为 CSV 或 .xlsx", "Export the orders again, as CSV or .xlsx"),
        )


def _read(where: str, step: Callable[[], _T]) -> _T:
    try:
        return step()
    except PasswordError as error:
        raise LockedWorkbook(where) from error
    except (CalamineError, OSError, ValueError) as error:
        raise BrokenWorkbook(where, reason=brief(error)) from error
    except BaseException as error:
        # A panic of Rust code comes as an exception that is no Exception, and whose class has no public name.
        if type(error).__name__ != "PanicException":
            raise
        raise BrokenWorkbook(
            where, reason=Text("各部分互相矛盾", "its parts contradict each other")
        ) from error
