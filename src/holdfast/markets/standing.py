"""Commands in a sandbox whose clock stands: they happen at its time, which all processes agree on."""

from collections.abc import Sequence

import psycopg

from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.home import Lane
from holdfast.kernel.clock import Instant
from holdfast.markets import tables
from holdfast.markets.model import Market
from holdfast.markets.refusals import NoSuchMarket
from holdfast.postgres.line import Line
from holdfast.postgres.reading import Connection
from holdfast.postgres.wire import open_wire


class StandingClock:
    """A clock that stands still; it shows what was read of the sandbox's last."""

    def __init__(self, at: Instant) -> None:
        self._at = at

    def now(self) -> Instant:
        """Return the time that was read last."""
        return self._at

    def show(self, at: Instant) -> None:
        """Show a time that was read; what was read before and comes later changes nothing."""
        self._at = max(self._at, at)


class StandingLane:
    """A lane around a sandbox's home: its clock is held while a batch runs, which happens at its time."""

    def __init__(self, home: Lane, market: Market) -> None:
        """Connect to the clock; `home` stays the caller's."""
        self._home = home
        self._market = market
        self._line = Line(lambda: open_wire(market.url, market.schema), lambda _connection: None)

    def run(self, batch: Sequence[Submission]) -> list[Outcome]:
        """Run commands at the sandbox's time. See `Home.run`.

        Raises:
            NoSuchMarket: it was removed.
            ServerUnreachable: the database was lost.
        """
        now = self._line.read(self._hold)
        try:
            return self._home.run([each._replace(at=now) for each in batch])
        finally:
            self._let_go()

    def close(self) -> None:
        """Close the connection."""
        self._line.close()

    def _hold(self, connection: Connection) -> Instant:
        """Hold the clock where it stands, and return where that is."""
        connection.execute(b"BEGIN")
        try:
            found = tables.clock(connection, self._market.made, "FOR SHARE")
        except psycopg.errors.UndefinedTable:
            found = None
        if found is None:
            connection.execute(b"ROLLBACK")
            raise NoSuchMarket("market", name=self._market.name)
        return found.now

    def _let_go(self) -> None:
        try:
            self._line.connection.execute(b"COMMIT")
        except psycopg.OperationalError:
            # Lost, and with it the hold: the next batch connects anew. What the batch did stays done.
            self._line.connection.close()
