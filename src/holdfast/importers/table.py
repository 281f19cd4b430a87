"""CSV files: the header checked against a form, the records with the true line on which each starts."""

import csv
import difflib
import io
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from holdfast.importers.cells import BadCell
from holdfast.importers.grids.lines import LineBlock, line_block
from holdfast.importers.refusals import (
    BadEncoding,
    BrokenCsv,
    DuplicateColumn,
    EmptyFile,
    MissingColumn,
    NotText,
    SourceUnreadable,
    UnknownColumn,
    WrongDelimiter,
)
from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text, meant, same

_BOM = b"\xef\xbb\xbf"
_EVERY = 1_000
_BLOCK = 1024**2

csv.field_size_limit(2**31 - 1)
"""A cell of any length is read, and then judged with its row: the reader's own limit would end the file."""

Advance = Callable[[int], None]
"""Is told, now and then, how many bytes of the file have been read."""

_WITHOUT = Text("：没有它，{partner} 说明不了什么", ": {partner} says nothing without it")


class Form(NamedTuple):
    """The columns of a file: those it must have and those it may have, in the order in which we want them.

    `together` lists pairs of optional columns that say nothing without each other.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    together: tuple[tuple[str, str], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return all columns, the required ones first."""
        return self.required + self.optional

    def check(self, header: Sequence[str], where: str) -> None:
        """Check the names in a header; their order is free.

        Raises:
            UnknownColumn: with the nearest name as a hint.
            DuplicateColumn: a name occurs twice.
            MissingColumn: a required one, or one that another column needs.
        """
        for name in header:
            if name not in self.columns:
                near = difflib.get_close_matches(name.strip().lower(), self.columns, n=1)
                hint = meant(near[0] if near else None)
                raise UnknownColumn(where, column=name, hint=hint, expected=self.described())
            if header.count(name) > 1:
                raise DuplicateColumn(where, column=name)
        for name in self.required:
            if name not in header:
                raise self._missing(name, same(""), where)
        for one, other in self.together:
            for name, partner in ((one, other), (other, one)):
                if partner in header and name not in header:
                    raise self._missing(name, _WITHOUT.fill(partner=partner), where)

    def _missing(self, name: str, because: Text, where: str) -> MissingColumn:
        return MissingColumn(where, column=name, because=because, expected=self.described())

    def described(self) -> Text:
        """Return the columns as a text for people."""
        needed = ", ".join(self.required)
        if not self.optional:
            return same(needed)
        both = Text("{needed}；可选 {more}", "{needed}; and if you like {more}")
        return both.fill(needed=needed, more=", ".join(self.optional))


class CsvTable:
    """A CSV file in UTF-8 (RFC 4180, a byte order mark allowed) whose header was found to be of the form."""

    def __init__(self, path: Path, form: Form) -> None:
        """Read and check the header.

        Raises:
            SourceUnreadable, EmptyFile, NotText, BadEncoding, BrokenCsv: it is no such file.
            WrongDelimiter, UnknownColumn, DuplicateColumn, MissingColumn: its header is not of the form.
        """
        self.path = path
        self.name = path.name
        self._form = form
        first = next(_records(path, None), None)
        if first is None:
            raise EmptyFile(str(path), expected=form.described())
        self.header_row, header = first
        if len(header) == 1 and (delimiter := next((sign for sign in ";\t|" if sign in header[0]), None)):
            raise WrongDelimiter(f"{path}:1", delimiter=delimiter)
        form.check(header, f"{path}:1")
        self.header = header
        absent = len(header)
        self._pick = itemgetter(*(header.index(c) if c in header else absent for c in form.columns))

    def records(self, advance: Advance | None = None) -> Iterator[tuple[int, list[str]]]:
        """Give each record's first line (from 1) and its cells, as they stand; blank lines are skipped.

        Raises:
            NotText, BadEncoding, BrokenCsv: the rest of the file cannot be read.
        """
        records = _records(self.path, advance)
        next(records)
        return records

    def blocks(self, advance: Advance | None = None) -> Iterator[LineBlock | list[tuple[int, list[str]]]]:
        """Give the same records, by columns where every line is one; see `line_block`.

        Raises:
            NotText, BadEncoding, BrokenCsv: the rest of the file cannot be read.
        """
        width = len(self.header)
        feed = _Feed(self.path, advance)
        try:
            with feed:
                feed.exactly(b"", records=1)
                while data := feed.block():
                    block = None
                    if _is_text(data):
                        block = line_block(data, feed.line, ",", width, range(width))
                    if block is None:
                        yield feed.exactly(data)
                    else:
                        feed.passed(data, len(block.numbers))
                        yield block
        except OSError as error:
            raise SourceUnreadable(str(self.path), reason=told_by_system(error)) from error

    def arranged(self, cells: list[str]) -> tuple[str, ...]:
        """Return the cells in the order of the form, those of absent columns empty.

        Raises:
            BadCell: there are more or fewer cells than columns.
        """
        if len(cells) != len(self.header):
            reason = Text(
                f"此行有 {len(cells)} 列，而表头有 {len(self.header)} 列",
                f"the row has {len(cells)} columns where the header has {len(self.header)}",
            )
            raise BadCell(
                "", ",".join(cells), reason, Text("请核对逗号和引号", "Check its commas and quotes")
            )
        return self._pick([*cells, ""])

    def cell(self, cells: list[str], column: str) -> str:
        """Return one cell of a record that may be cut short, or the empty text."""
        place = self.header.index(column)
        return cells[place] if place < len(cells) else ""


def header(path: Path) -> list[str]:
    """Return the first record of a CSV file, whatever its form.

    Raises:
        SourceUnreadable, NotText, BadEncoding, BrokenCsv: there is none to be read.
    """
    first = next(_records(path, None), None)
    return [] if first is None else first[1]


def _records(path: Path, advance: Advance | None) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_lines(path, advance), strict=True)
    while True:
        start = reader.line_num + 1
        cells = _next_record(reader, f"{path}:{start}")
        if cells is None:
            return
        if cells:
            yield start, cells


def _next_record(reader: Iterator[list[str]], where: str) -> list[str] | None:
    """Return the next record, empty where the line is blank; None at the end."""
    try:
        return next(reader, None)
    except csv.Error as error:
        raise BrokenCsv(where, reason=str(error)) from error


def _lines(path: Path, advance: Advance | None) -> Iterator[str]:
    """Give the lines of a text file; only a line feed ends one, so that they count as in any other tool."""
    done = 0
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                yield _decoded(raw, done, f"{path}:{number}")
                done += len(raw)
                if advance and number % _EVERY == 0:
                    advance(done)
    except OSError as error:
        raise SourceUnreadable(str(path), reason=told_by_system(error)) from error
    if advance:
        advance(done)


def _decoded(raw: bytes, offset: int, where: str) -> str:
    if 0 in raw:
        raise NotText(where, byte=offset + raw.index(0))
    text = raw.removeprefix(_BOM) if offset == 0 else raw
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        at = offset + len(raw) - len(text) + error.start
        raise BadEncoding(where, byte=at, value=text[error.start]) from error


def _is_text(data: bytes) -> bool:
    if b"\0" in data:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Feed:
    """A file in blocks of whole lines, or exactly, record by record, where a block ends within one."""

    def __init__(self, path: Path, advance: Advance | None) -> None:
        self._path = path
        self._advance = advance
        self._file = path.open("rb")
        self._pending = b""
        self.done = 0
        self.line = 1

    def __enter__(self) -> None:
        """Nothing more is to be done."""

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def block(self) -> bytes:
        """Return the next lines; nothing at the end."""
        pending, self._pending = self._pending, b""
        return pending or self._file.read(_BLOCK) + self._file.readline()

    def passed(self, data: bytes, lines: int) -> None:
        """Take note that these lines have been read."""
        self.done += len(data)
        self.line += lines
        if self._advance and (lines > 1 or self.line % _EVERY == 0):
            self._advance(self.done)

    def exactly(self, data: bytes, records: int | None = None) -> list[tuple[int, list[str]]]:
        """Return the records that begin in these lines, or so many; what is left of the lines comes again.

        Raises:
            NotText, BadEncoding, BrokenCsv: the rest of the file cannot be read.
        """
        first = self.line
        lines = _Lines(self, data, self._path)
        reader = csv.reader(lines, strict=True)
        ends = data.count(b"\n") + (not data.endswith(b"\n"))
        found: list[tuple[int, list[str]]] = []
        while len(found) < records if records else reader.line_num < ends:
            start = first + reader.line_num
            cells = _next_record(reader, f"{self._path}:{start}")
            if cells is None:
                break
            if cells:
                found.append((start, cells))
        self._pending = lines.left()
        return found


class _Lines:
    """The lines of a feed, decoded one by one; only a line feed ends one."""

    def __init__(self, feed: _Feed, data: bytes, path: Path) -> None:
        self._feed = feed
        self._path = path
        self._file = io.BytesIO(data)

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        raw = self._file.readline()
        if not raw:
            self._file = io.BytesIO(self._feed.block())
            raw = self._file.readline()
        if not raw:
            raise StopIteration
        text = _decoded(raw, self._feed.done, f"{self._path}:{self._feed.line}")
        self._feed.passed(raw, 1)
        return text

    def left(self) -> bytes:
        """Return the lines that were not read."""
        return self._file.read()
