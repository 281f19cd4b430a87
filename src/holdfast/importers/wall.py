"""Times as a clock on a wall showed them: read in a zone, and what was assumed of them told.

Where clocks are put back, an hour is shown twice: a time in it is taken as the first of the two. Where they
are put forward, an hour is never shown: a time in it is taken as if they had not been, and so shows later.
A date without a time of day begins at midnight; `Read` says which times of a row are such.
"""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from holdfast.importers import cells
from holdfast.importers.cells import Cell
from holdfast.importers.history import Repair, RepairKind
from holdfast.kernel.clock import Instant, instant
from holdfast.kernel.zones import UTC, day_begins, day_number, written, zone

_LONGEST_DATE = len("YYYY-Www-D")


class Read(NamedTuple):
    """What the times of one row were taken for: those that clocks showed oddly, and the dates alone.

    `day_ends` holds, by its column, the last instant of each date that had no time of day.
    """

    odd: list[Repair]
    day_ends: Mapping[str, Instant]


class Wall:
    """Reads the times of a source; `assumed` counts those without an offset, which were read in the zone.

    `dates` of these were dates alone, without a time of day.
    """

    def __init__(self, name: str = UTC) -> None:
        """Take the name of a zone.

        Raises:
            UnknownZone: there is none of that name.
        """
        self.name = name
        self.assumed = 0
        self.dates = 0
        self._zone = zone(name)
        self._odd: list[tuple[str, str, RepairKind, str]] = []
        self._day_ends: dict[str, Instant] = {}

    def instant(self, column: str, cell: Cell) -> Instant:
        """Read a time; see `cells.instant`. A date alone is its midnight.

        Raises:
            BadCell: it is missing, no time, or out of bounds.
        """
        at = cells.instant(column, cell, partial(self._on_the_wall, column))
        if _is_date(cell):
            self.dates += 1
            ends = day_begins(day_number(at, self._zone) + 1, self._zone)
            self._day_ends[column] = min(ends, cells.END) - 1
        return at

    def instant_or_none(self, column: str, cell: Cell) -> Instant | None:
        """Read a time as `instant` does; an empty cell is None."""
        return None if cell == "" else self.instant(column, cell)

    def row_read(self, file: str, row: int) -> Read:
        """Return what the times were taken for that were read since this was asked last: its row's."""
        odd, self._odd = self._odd, []
        day_ends, self._day_ends = self._day_ends, {}
        repairs = [Repair(file, row, column, value, kind, became) for column, value, kind, became in odd]
        return Read(repairs, day_ends)

    def repairs(self, file: str, row: int) -> list[Repair]:
        """Return what was chosen of times that were read since this was asked last: they are of this row."""
        return self.row_read(file, row).odd

    def _on_the_wall(self, column: str, shown: dt.datetime) -> Instant:
        self.assumed += 1
        first = shown.replace(tzinfo=self._zone, fold=0)
        at = instant(first)
        before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
        assert before is not None
        assert after is not None
        if before != after:
            kind = RepairKind.SHOWN_TWICE if before > after else RepairKind.NEVER_SHOWN
            self._odd.append((column, shown.isoformat(), kind, written(at, self._zone)))
        return at


def _is_date(cell: Cell) -> bool:
    """Tell whether a time that was read is a date alone."""
    if not isinstance(cell, str) or len(text := cell.strip()) > _LONGEST_DATE:
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
