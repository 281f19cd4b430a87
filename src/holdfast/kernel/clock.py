"""Instants and durations are integers of milliseconds; an instant counts from the Unix epoch in UTC."""

import datetime as dt
import time
from typing import Annotated, Protocol

Instant = Annotated[int, "instant"]
"""Milliseconds since the Unix epoch, UTC. The annotation lets stores keep it as a time."""

Duration = Annotated[int, "duration"]
"""Milliseconds."""

SECOND: Duration = 1_000
MINUTE: Duration = 60 * SECOND
HOUR: Duration = 60 * MINUTE
DAY: Duration = 24 * HOUR

UNITS: dict[str, Duration] = {"seconds": SECOND, "minutes": MINUTE, "hours": HOUR, "days": DAY}

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Clock(Protocol):
    """The source of the present: the machine's clock, or a simulated one."""

    def now(self) -> Instant:
        """Return the present instant."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> Instant:
        """Return the machine's present instant."""
        return time.time_ns() // 1_000_000


class SimulatedClock:
    """A clock that stands still until it is advanced; it never goes back."""

    def __init__(self, start: Instant) -> None:
        self._now = start

    def now(self) -> Instant:
        """Return the simulated instant."""
        return self._now

    def advance_to(self, instant: Instant) -> None:
        """Move forward to `instant`.

        Raises:
            ValueError: `instant` lies before the present.
        """
        if instant < self._now:
            raise ValueError(f"a clock does not go back: {iso(instant)} is before {iso(self._now)}")
        self._now = instant


def instant(moment: dt.datetime) -> Instant:
    """Return the instant of `moment`; a moment without a zone is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return (moment - _EPOCH) // dt.timedelta(milliseconds=1)


def moment(at: Instant) -> dt.datetime:
    """Return `at` as an aware UTC datetime."""
    return _EPOCH + dt.timedelta(milliseconds=at)


def parse(text: str) -> Instant:
    """Read an ISO 8601 date or date-time; without an offset it is UTC.

    Raises:
        ValueError: `text` is no such date.
    """
    return instant(dt.datetime.fromisoformat(text))


def iso(at: Instant) -> str:
    """Write an instant per RFC 3339 in UTC; milliseconds are written only where they are not zero.

    >>> iso(parse("2026-03-01T10:00:00+08:00")), iso(1)
    ('2026-03-01T02:00:00Z', '1970-01-01T00:00:00.001Z')
    """
    precision = "milliseconds" if at % SECOND else "seconds"
    return moment(at).isoformat(timespec=precision).replace("+00:00", "Z")


def day(at: Instant) -> str:
    """Write the UTC date of `at` as YYYY-MM-DD."""
    return moment(at).date().isoformat()
