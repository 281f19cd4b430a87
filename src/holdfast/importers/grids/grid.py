"""Grids: the common form of all files, rows of cells, each row under the number that people see for it."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Protocol

from holdfast.kernel.refusal import Refusal

Value = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta
"""The value of a cell. In text files all are texts; workbooks have numbers and times. An empty one is ""."""

Advance = Callable[[float], None]
"""Is told, now and then, which share of the file has been read, from 0 to 1."""

Line = tuple[int, list[Value]]
"""A row: its number in the file, from 1 (in text: the line on which it starts), and its cells."""


class Grid(Protocol):
    """A table of a file, under one way of reading it; made cheaply, read only when it is asked."""

    @property
    def name(self) -> str:
        """The name in messages: the file's, with the member of an archive or the sheet after it."""
        ...

    @property
    def encoding(self) -> str | None:
        """How its bytes are read as text; None where the container says so itself."""
        ...

    @property
    def delimiter(self) -> str | None:
        """The separator of its cells; None where the container format has cells."""
        ...

    def head(self) -> list[Line]:
        """Return its first rows, at most `HEAD`; fewer where it cannot be read that way further.

        Raises nothing: a grid that cannot be read that way at all has no rows.
        """
        ...

    def rows(self, advance: Advance | None = None) -> Iterator[Line | tuple[int, Refusal]]:
        """Give every row; blank ones are left out. One that cannot be read costs itself alone: its refusal.

        Raises:
            Refusal: the rest of the file cannot be read.
        """
        ...


HEAD = 30
"""So many rows are looked at for a header: reports have titles, notes and blank rows before it."""
