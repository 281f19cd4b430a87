"""The service: what all requests share, over one database."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from holdfast.access.room import ROOM as ACCESS
from holdfast.access.ways import RecordRead, RecordWrongPassword
from holdfast.engine.execution import Outcome
from holdfast.engine.front import WAITING, Front
from holdfast.engine.home import Lane
from holdfast.kernel.actor import LIBRARY, Actor
from holdfast.kernel.clock import Clock
from holdfast.kernel.rows import Command
from holdfast.postgres.home import Postgres
from holdfast.service.admission import Admission, Rates
from holdfast.service.callers import Callers
from holdfast.service.moving import Moving
from holdfast.service.readers import Readers


class Limits(NamedTuple):
    """The bounds of requests: bytes of a body, seconds until it is there, seconds for a sign of life.

    A batch has so many commands at most, and a body of as many bytes as `batch_bytes`. `waiting` is how many
    commands may wait for their turn, of all callers together. `rates` say how often callers may ask, `hosts`
    by which names the service is asked beside those of this machine.
    """

    body_bytes: int = 1 << 20
    batch_bytes: int = 4 << 20
    batch: int = 1_000
    waiting: int = WAITING
    body_seconds: float = 30
    ready_seconds: float = 2
    rates: Rates = Rates()
    hosts: frozenset[str] = frozenset()


LIMITS = Limits()


ENDING: frozenset[type[Command]] = frozenset(ACCESS.handles) - {RecordRead, RecordWrongPassword}
"""Commands after which a credential may be another than it was, or no more."""


class WatchedFront(Front):
    """A front that has credentials looked up anew when one was given, changed or ended by it."""

    callers: Callers | None = None

    async def submit(self, command: Command, key: str | None = None, actor: Actor = LIBRARY) -> Outcome:
        """See `Front.submit`."""
        try:
            return await super().submit(command, key, actor)
        finally:
            if self.callers is not None and type(command) in ENDING:
                self.callers.forget()


class Service(NamedTuple):
    """What all requests of a market share. Without a guard the clock moves by itself.

    Commands go to the `front`, reads to the `readers`; `admission` says who asks and whether it may. `moving`
    moves the clock of a sandbox; None in the live market.
    """

    front: Front
    readers: Readers
    clock: Clock
    admission: Admission
    limits: Limits = LIMITS
    moving: Moving | None = None


@asynccontextmanager
async def opened(
    lane: Lane,
    open_reader: Callable[[], Postgres],
    clock: Clock,
    limits: Limits = LIMITS,
    elapsed: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[Service]:
    """Open the service over a home that runs commands, which stays the caller's.

    `elapsed` gives seconds that never go back, by which callers are held to their rates.
    """
    readers = Readers(open_reader)
    try:
        admission = Admission(readers, clock, limits.rates, elapsed)
        async with WatchedFront([lane], clock, waiting=limits.waiting) as front:
            front.callers = admission.callers
            yield Service(front, readers, clock, admission, limits)
    finally:
        readers.close()
