"""The service: what all requests share, over one database."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from holdfast.engine.front import Front
from holdfast.engine.home import Lane
from holdfast.kernel.clock import Clock
from holdfast.postgres.home import Postgres
from holdfast.service.moving import Moving
from holdfast.service.readers import Readers


class Limits(NamedTuple):
    """The bounds of requests: bytes of a body, seconds until it is there, seconds for a sign of life."""

    body_bytes: int = 1 << 20
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
        async with Front([lane], clock) as front:
            yield Service(front, readers, clock, limits)
    finally:
        readers.close()
