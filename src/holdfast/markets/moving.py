"""Moving a sandbox's clock: to a time or by a while, and telling what happened."""

import time
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from typing import NamedTuple

from holdfast.journal.requests import KeyReused
from holdfast.kernel.clock import DAY, Duration, Instant, iso
from holdfast.markets import tables
from holdfast.markets.model import ClockKind, Market
from holdfast.markets.refusals import ClockBackwards, ClockMoving, ClockRuns, JumpTooFar, NoSuchMarket
from holdfast.markets.stage import Script, Stage
from holdfast.markets.tables import Move

MOST_DAYS = 3_660
"""Days by which a clock is moved at once: ten years."""

SECONDS = 5.0
"""So long does a move take at most; what is left of it is another one's."""


class Asked(NamedTuple):
    """How a clock is to be moved: `to` a time, or `by` a while.

    Under the same `key` the same move is meant: it goes on where it was broken off, and is never made twice.
    """

    to: Instant | None
    by: Duration | None
    key: str | None = None

    @property
    def fingerprint(self) -> str:
        """Return what tells it from another request."""
        return f"to {self.to} by {self.by}"

    def target(self, now: Instant) -> Instant:
        """Return the time that is meant.

        Raises:
            ClockBackwards: it is over.
            JumpTooFar: it is too far away.
        """
        to = self.to if self.to is not None else now + (self.by or 0)
        if to < now:
            raise ClockBackwards("/to", now=iso(now), to=iso(to))
        if to - now > MOST_DAYS * DAY:
            raise JumpTooFar("/to" if self.by is None else "/by", days=(to - now) // DAY, most=MOST_DAYS)
        return to


class Moved(NamedTuple):
    """What a move came to: from `since` to `now`, on its way to `until`.

    What happened are the facts from the position `first` in the feed to the one before `following`, `counts`
    of each kind. `replayed`: it had come to its end before.
    """

    since: Instant
    now: Instant
    until: Instant
    first: int
    following: int
    counts: Mapping[str, int]
    replayed: bool = False

    @property
    def done(self) -> bool:
        """Tell whether it has come to its end."""
        return self.now >= self.until


def move(market: Market, script: Script, asked: Asked, seconds: float = SECONDS) -> Moved:
    """Move the clock of a sandbox, for so many seconds at most; the rest is left to the next try.

    Raises:
        ClockRuns: it is the machine's.
        ClockMoving: somebody else moves it.
        ClockBackwards, JumpTooFar: it cannot be moved so.
        KeyReused: another move was asked for under this key.
        NoSuchMarket: it was removed.
    """
    if market.clock is not ClockKind.STANDING:
        raise ClockRuns("clock")
    with closing(Stage(market, script)) as stage, _alone(stage):
        begun, ended = _begun(stage, asked)
        if ended is None:
            over = time.monotonic() + seconds
            _go_to(stage, begun.until, over)
            now, following = _clock(stage).now, tables.feed_end(stage.connection)
            if asked.key is not None and now >= begun.until:
                tables.end_move(stage.connection, begun.id, now, following)
        else:
            now, following = ended
        happened = tables.counts(stage.connection, begun.first, following)
        return Moved(begun.since, now, begun.until, begun.first, following, happened, ended is not None)


def _go_to(stage: Stage, until: Instant, over: float) -> None:
    def go_on() -> bool:
        return time.monotonic() < over

    while stage.step(until, go_on) is not None and go_on():
        pass


@contextmanager
def _alone(stage: Stage) -> Generator[None]:
    # It is held by the session of the stage. Where that ends in some other way, the server gives it back.
    if not tables.try_to_move(stage.connection):
        raise ClockMoving("clock")
    try:
        yield
    finally:
        if not stage.connection.closed:
            tables.let_move(stage.connection)


def _begun(stage: Stage, asked: Asked) -> tuple[Move, tuple[Instant, int] | None]:
    """Return the move that is asked for, kept under its key, and to what it came where it has ended."""
    connection = stage.connection
    known = None if asked.key is None else tables.move(connection, asked.key)
    if known is not None:
        if known.fingerprint != asked.fingerprint:
            raise KeyReused(f"key:{asked.key}")
        ended = None if known.reached is None or known.following is None else (known.reached, known.following)
        return known, ended
    now = _clock(stage).now
    first = tables.feed_end(connection)
    begun = Move(asked.key or "", asked.fingerprint, now, asked.target(now), first)
    if asked.key is not None:
        tables.add_move(connection, begun)
    return begun, None


def _clock(stage: Stage) -> tables.ClockState:
    found = tables.clock(stage.connection, stage.market.made)
    if found is None:
        raise NoSuchMarket("market", name=stage.market.name)
    return found
