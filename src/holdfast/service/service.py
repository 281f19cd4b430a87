"""The service: what all requests share, over one database."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from holdfast.engine.front import WAITING, Front
from holdfast.engine.home import Lane
from holdfast.kernel.clock import Clock
from holdfast.postgres.home import Postgres
from holdfast.service.moving import Moving
from holdfast.service.readers import Readers


class Limits(NamedTuple):
    """The bounds of requests: bytes of a body, seconds until it is there, seconds for a sign of life.

    A batch has so many commands at most, and a body of as many bytes as `batch_bytes`. `waiting` is how many
    commands may wait for their turn, of all callers together.
    """

    body_bytes: int = 1 << 20
    batch_bytes: int = 4 << 20
    batch: int = 1_000
    waiting: int = WAITING
    body_seconds: float = 30
    ready_seconds: float = 2


LIMITS = Limits()


class Service(NamedTuple):
    """The front that runs commands, the readers, and the clock. Without a guard the clock moves by itself.

    `moving` moves the clock of a sandbox; None in the live market.
    """

    front: Front
    readers: Readers
    clock: Clock
    limits: Limits = LIMITS
    moving: Moving | None = None


@asynccontextmanager
async def opened(
    lane: Lane, open_reader: Callable[[], Postgres], clock: Clock, limits: Limits = LIMITS
) -> AsyncGenerator[Service]:
    """Open the service over a home that runs commands, which stays the caller's."""
    readers = Readers(open_reader)
    try:
        async with Front([lane], clock, waiting=limits.waiting) as front:
            yield Service(front, readers, clock, limits)
    finally:
        readers.close()
