"""Times as an export writes them: ISO 8601, or by the patterns of its form; never guessed."""

import datetime as dt

from holdfast.importers.cells import BadCell
from holdfast.importers.exports.cleaning import narrow
from holdfast.importers.wall import Wall
from holdfast.kernel.clock import Instant
from holdfast.kernel.text import Text

_DAY_LENGTH = len("2026-04-06")


class Times:
    """Reads the times of a form; `alone` tells of the one that was read last whether it was a date alone."""

    def __init__(self, patterns: tuple[str, ...], wall: Wall, months: tuple[str, ...] = ()) -> None:
        self._patterns = patterns
        self._months = {name: f"{number:02}" for number, name in enumerate(months, start=1)}
        self.wall = wall
        self.alone = False

    def instant(self, column: str, text: str) -> Instant:
        """Read a time.

        Raises:
            BadCell: it is none that the form knows, or out of bounds.
        """
        moment = self._moment(column, narrow(text))
        return self.wall.instant(column, moment.date().isoformat() if self.alone else moment.isoformat())

    def _moment(self, column: str, text: str) -> dt.datetime:
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            self.alone = len(text) <= _DAY_LENGTH
            return moment
        if self._months:
            text = " ".join(self._months.get(word, word) for word in text.lower().split())
        for pattern in self._patterns:
            try:
                moment = dt.datetime.strptime(text, pattern)  # noqa: DTZ007 - the wall knows the zone
            except ValueError:
                continue
            self.alone = "%H" not in pattern and "%I" not in pattern
            return moment
        known = ", ".join(("2026-04-06 19:44:05", *self._patterns))
        raise BadCell(
            column,
            text,
            Text("不是此格式所写的时间", "this is no time as the form writes them"),
            Text(f"所知的有：{known}", f"Known are: {known}"),
        )
