"""Text in which every line is a row, read by columns, where that gives what reading row by row gives.

A line is a row by itself where no quote is open at its end. What is between quotes is read alike by all
readers of CSV where each quote that opens stands at the beginning of a cell, each that closes at its end, and
any other is doubled (RFC 4180); of other text nothing is read. pyarrow carries no types: here it is `Any`.
"""

import csv
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pacsv

from holdfast.importers.grids.grid import Value

_pa = cast("Any", pa)
_csv = cast("Any", pacsv)

Ints = npt.NDArray[np.int64]

_QUOTE, _LINE_FEED, _RETURN = ord('"'), ord("\n"), ord("\r")
_ROOM = 64


class LineBlock:
    """Rows, each of one line: `numbers` are those of the lines, `fit` the places of those of the right width.

    The columns hold the rows that fit, in their order.
    """

    def __init__(
        self, data: bytes, ends: Ints, first: int, delimiter: str, table: Any, misfits: Ints
    ) -> None:
        self._data = data
        self._ends = ends
        self._delimiter = delimiter
        [self._columns] = table.to_batches() or [_pa.RecordBatch.from_pylist([], schema=table.schema)]
        self.numbers: Ints = np.arange(first, first + len(ends), dtype=np.int64)
        self.fit: Ints = np.delete(np.arange(len(ends), dtype=np.int64), misfits)

    def column(self, at: int) -> Any:
        """Return a column of texts: one of those that were wanted."""
        return self._columns.column(str(at))

    def row(self, place: int) -> list[Value]:
        """Return the cells of a row, whatever their number; none of a blank one."""
        begin = int(self._ends[place - 1]) if place else 0
        line = self._data[begin : int(self._ends[place])].decode()
        row: list[Value] = []
        for cells in csv.reader([line], delimiter=self._delimiter, strict=True):
            row.extend(cells)
        return row


def line_block(
    data: bytes, first: int, delimiter: str, width: int, wanted: Sequence[int]
) -> LineBlock | None:
    """Return whole lines of text in UTF-8 as rows; None where they are to be read row by row.

    Args:
        data: the lines; whoever calls knows that they can be decoded, and hold no zero bytes.
        first: the number of the first line.
        delimiter: what separates cells, one character of ASCII.
        width: how many cells a row has; of others there are no columns.
        wanted: the places of the columns that will be asked for.
    """
    if width <= 1 or not data or (ends := _ends(data, ord(delimiter))) is None:
        return None
    misfits: list[int] = []

    def misfit(row: Any) -> str:
        misfits.append(row.number - 1)
        return "skip"

    names = [str(at) for at in range(width)]
    asked = [str(at) for at in wanted]
    try:
        table = _csv.read_csv(
            _pa.BufferReader(data),
            read_options=_csv.ReadOptions(
                column_names=names, use_threads=False, block_size=len(data) + _ROOM
            ),
            parse_options=_csv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if b'"' in data else False,
                invalid_row_handler=misfit,
                ignore_empty_lines=False,
            ),
            convert_options=_csv.ConvertOptions(
                include_columns=asked,
                column_types=dict.fromkeys(asked, _pa.string()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except _pa.ArrowInvalid:
        return None
    if table.num_rows + len(misfits) != len(ends):
        return None
    return LineBlock(data, ends, first, delimiter, table, np.array(misfits, np.int64))


def _ends(data: bytes, delimiter: int) -> Ints | None:
    """Return where each line ends; None where one is no row by itself, or its quotes are not in order."""
    signs = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(signs == _LINE_FEED).astype(np.int64, copy=False)
    if b"\r" in data:
        before = signs[np.maximum(ends - 1, 0)]
        if np.count_nonzero(before == _RETURN) != np.count_nonzero(signs == _RETURN):
            return None
    if b'"' in data and not _quotes_fit(signs, ends, delimiter):
        return None
    return ends + 1 if data.endswith(b"\n") else np.append(ends + 1, len(data))


def _quotes_fit(signs: npt.NDArray[np.uint8], ends: Ints, delimiter: int) -> bool:
    quotes = np.flatnonzero(signs == _QUOTE)
    if len(quotes) % 2 or (np.searchsorted(quotes, ends) % 2).any():
        return False
    opening, closing = quotes[::2], quotes[1::2]
    before = signs[np.maximum(opening - 1, 0)]
    after = signs[np.minimum(closing + 1, len(signs) - 1)]
    begins = (opening == 0) | (before == delimiter) | (before == _LINE_FEED) | (before == _QUOTE)
    end = (closing == len(signs) - 1) | (after == delimiter) | (after == _LINE_FEED) | (after == _QUOTE)
    return bool(begins.all() and (end | (after == _RETURN)).all())
