"""Deadlines that are due by the clock happen, in their order, slice by slice. See `docs/decisions/0021`."""

from collections.abc import Generator

from holdfast.kernel.clock import Clock
from holdfast.kernel.guard import Guard
from holdfast.kernel.ids import fresh_ids
from holdfast.postgres.home import Postgres


class Deadlines:
    """The deadlines of one schema, over a connection of its own. A step is a slice."""

    def __init__(self, url: str, schema: str | None, clock: Clock, guard: Guard | None) -> None:
        """Connect; `guard` judges the clock, see `kernel.guard`."""
        self._home = Postgres(url, schema, fresh_ids(), guard=guard)
        self._clock = clock
        self._going: Generator[int] | None = None

    def step(self) -> int:
        """Let the next slice happen; return how many deadlines it had: 0 when none is due.

        Raises:
            ClockAhead, ClockBehind: the clock cannot be the present; nothing happened.
            ServerUnreachable: the database was lost and did not come back.
        """
        if self._going is None:
            self._going = self._home.advancing(self._clock.now())
        steps = next(self._going, 0)
        if not steps:
            self._going = None
        return steps

    def close(self) -> None:
        """Close the connection; deadlines that have not happened stay due."""
        if self._going is not None:
            self._going.close()
        self._home.close()
