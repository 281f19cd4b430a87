"""Rows of delimited text: cells between commas and quotes, or between commas that a backtick follows."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from holdfast.importers.grids.grid import Line
from holdfast.importers.grids.lines import LineBlock, line_block
from holdfast.importers.grids.refusals import RowQuotes, RowTooLong
from holdfast.importers.grids.windows import LONGEST, MOST_LINES, Window, flaw
from holdfast.kernel.refusal import Refusal

if TYPE_CHECKING:
    import _csv

csv.field_size_limit(2**31 - 1)
"""A cell of any length is read, and then judged with its row: the reader's own limit would cost it."""

_PATIENCE = 2_000_000


class QuotedRows:
    """The rows of CSV (RFC 4180) with any delimiter of one character.

    Where quotes contradict each other, the row costs itself alone, and reading goes on with the next line,
    though its quotes seemed to reach further. Lines that are read again for that are counted: after
    `_PATIENCE` of them the rows that such quotes span are lost together, so that no file takes much longer
    than an honest one of its size.
    """

    def __init__(self, delimiter: str, encoding: str, where: str) -> None:
        self._delimiter = delimiter
        self._encoding = encoding
        self._where = where
        self._first = 1  # the number of the first line in hand
        self._carried: list[str] = []
        self._enough = 0  # lines in hand: what is carried is read again once there is as much more
        self._suspect = False
        self._patience = _PATIENCE

    def rows(self, windows: Iterable[Window]) -> Iterator[Line | tuple[int, Refusal]]:
        """Give each row under the line on which it starts; blank ones are left out."""
        for window in windows:
            yield from self._window(window)

    def blocks(
        self, windows: Iterable[Window], width: int, wanted: Sequence[int]
    ) -> Iterator[LineBlock | list[Line | tuple[int, Refusal]]]:
        """Give the same rows by columns, where every line of a window is a row; see `line_block`."""
        for window in windows:
            block = None
            if not self._carried and not window.suspect:
                block = line_block(window.utf8(), self._first, self._delimiter, width, wanted)
            if block is None:
                yield [*self._window(window)]
            else:
                self._first += len(block.numbers)
                yield block

    def _window(self, window: Window) -> Iterator[Line | tuple[int, Refusal]]:
        found = window.lines()
        lines = self._carried + found if self._carried else found
        self._suspect = window.suspect or (self._suspect and bool(self._carried))
        if len(lines) < self._enough and not window.last:
            self._carried = lines
            return
        self._carried = []
        self._enough = 0
        yield from self._rows(lines, last=window.last)
        self._first += len(lines) - len(self._carried)

    def _rows(self, lines: list[str], *, last: bool) -> Iterator[Line | tuple[int, Refusal]]:
        """Give the rows of these lines; those that begin a row and do not end it are carried to the next."""
        first, suspect = self._first, self._suspect
        start = base = 0
        reader = self._reader(lines)
        while True:
            try:
                for cells in reader:
                    number = first + start
                    start = base + reader.line_num
                    if suspect and (refusal := self._flaw(number, cells)):
                        yield number, refusal
                    elif any(cells):
                        yield number, cells  # pyright: ignore[reportReturnType] - text is a value
            except csv.Error as error:
                ended = base + reader.line_num
                unfinished = ended == len(lines) and not last
                if unfinished and _fits(lines[start:]):
                    self._carried = lines[start:]
                    self._enough = 2 * len(self._carried)
                    return
                yield first + start, self._refusal(first + start, ended - start, error, unfinished=unfinished)
                start = self._resumed(start, ended)
                if start != ended:
                    reader, base = self._reader(islice(lines, start, None)), start
            else:
                return

    def _reader(self, lines: Iterable[str]) -> "_csv.Reader":
        return csv.reader(lines, delimiter=self._delimiter, strict=True)

    def _flaw(self, number: int, cells: list[str]) -> Refusal | None:
        return flaw(cells, self._encoding, f"{self._where}:{number}")

    def _refusal(self, number: int, lines: int, error: csv.Error, *, unfinished: bool) -> Refusal:
        where = f"{self._where}:{number}"
        if unfinished:
            return RowTooLong(where, most=LONGEST, lines=MOST_LINES)
        return RowQuotes(where, lines=lines, reason=str(error))

    def _resumed(self, start: int, ended: int) -> int:
        """Return at which line to go on after a bad row from line `start` to before line `ended`."""
        if ended - start <= 1 or self._patience <= 0:
            return ended
        self._patience -= ended
        return start + 1


def _fits(lines: list[str]) -> bool:
    return len(lines) <= MOST_LINES and sum(map(len, lines)) <= LONGEST


class MarkedRows:
    """The rows of bills that separate with a comma and a mark, and put the mark before the first value, too.

    WeChat Pay's mark is a backtick. A value may hold commas, and quotes mean nothing. A line without the mark
    at its beginning, such as the header, is separated by the comma alone.
    """

    def __init__(self, delimiter: str, encoding: str, where: str) -> None:
        self._delimiter = delimiter
        self._mark = delimiter[1:]
        self._encoding = encoding
        self._where = where

    def rows(self, windows: Iterable[Window]) -> Iterator[Line | tuple[int, Refusal]]:
        """Give each row under its line; blank ones are left out."""
        number = 0
        for window in windows:
            for line in window.lines():
                number += 1
                cells = self._cells(line.rstrip("\r\n"))
                where = f"{self._where}:{number}"
                if window.suspect and (refusal := flaw(cells, self._encoding, where)):
                    yield number, refusal
                elif any(cells):
                    yield number, [*cells]

    def _cells(self, line: str) -> list[str]:
        if line.startswith(self._mark):
            return line.removeprefix(self._mark).split(self._delimiter)
        return line.split(self._delimiter[0])
