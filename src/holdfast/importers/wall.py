"""Times as a clock on a wall showed them: read in a zone, and what was assumed of them told.

Where clocks are put back, an hour is shown twice: a time in it is taken as the first of the two. Where they
are put forward, an hour is never shown: a time in it is taken as if they had not been, and so shows later.
"""

import datetime as dt
from functools import partial

from holdfast.importers import cells
from holdfast.importers.cells import Cell
from holdfast.importers.history import Repair, RepairKind
from holdfast.kernel.clock import Instant, instant
from holdfast.kernel.zones import UTC, written, zone


class Wall:
    """Reads the times of a source; `assumed` counts those without an offset, which were read in the zone."""

    def __init__(self, name: str = UTC) -> None:
        """Take the name of a zone.

        Raises:
            UnknownZone: there is none of that name.
        """
        self.name = name
        self.assumed = 0
        self._zone = zone(name)
        self._odd: list[tuple[str, str, RepairKind, str]] = []

    def instant(self, column: str, cell: Cell) -> Instant:
        """Read a time; see `cells.instant`.

        Raises:
            BadCell: it is missing, no time, or out of bounds.
        """
        return cells.instant(column, cell, partial(self._on_the_wall, column))

    def instant_or_none(self, column: str, cell: Cell) -> Instant | None:
        """Read a time as `instant` does; an empty cell is None."""
        return None if cell == "" else self.instant(column, cell)

    def repairs(self, file: str, row: int) -> list[Repair]:
        """Return what was chosen of times that were read since this was asked last: they are of this row."""
        odd, self._odd = self._odd, []
        return [Repair(file, row, column, value, kind, became) for column, value, kind, became in odd]

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
