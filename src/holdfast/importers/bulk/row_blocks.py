"""Rows of a table of an export as a block: by columns those of the header's width, and each by itself."""

from collections.abc import Sequence
from typing import Any, Protocol, cast

import numpy as np
import pyarrow as pa

from holdfast.importers.bulk.vectors import Ints
from holdfast.importers.exports.cleaning import as_text
from holdfast.importers.grids.grid import Line, Value
from holdfast.kernel.refusal import Refusal

_pa = cast("Any", pa)


class RowBlock(Protocol):
    """Some rows: their numbers, and which of them have the header's width; the columns hold these alone."""

    numbers: Ints
    fit: Ints

    def column(self, at: int) -> Any:
        """Return a column as texts, as they stand."""
        ...

    def row(self, place: int) -> Sequence[Value] | Refusal:
        """Return the cells of a row, none of a blank one, or why it cannot be read."""
        ...


class ReadRows:
    """Rows that were read one by one."""

    def __init__(self, rows: Sequence[Line | tuple[int, Refusal]], width: int) -> None:
        self._rows = rows
        self.numbers: Ints = np.array([number for number, _ in rows], np.int64)
        fit = [at for at, (_, row) in enumerate(rows) if not isinstance(row, Refusal) and len(row) == width]
        self.fit: Ints = np.array(fit, np.int64)
        self._fitting = [cast("Sequence[Value]", rows[at][1]) for at in fit]

    def column(self, at: int) -> Any:
        """Return a column as texts; numbers and times of a workbook are written as such."""
        held = [row[at] for row in self._fitting]
        try:
            return _pa.array(held, type=_pa.string())
        except (TypeError, UnicodeError, _pa.ArrowException):
            return _pa.array(
                [value if isinstance(value, str) else as_text(value) for value in held], type=_pa.string()
            )

    def row(self, place: int) -> Sequence[Value] | Refusal:
        """Return a row."""
        return self._rows[place][1]
