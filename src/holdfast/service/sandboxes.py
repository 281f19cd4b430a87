"""Sandboxes as a service has them: found in the registry, opened, and closed again."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from random import SystemRandom
from typing import TypeVar

import psycopg

from holdfast.engine.home import Lane
from holdfast.kernel.clock import Clock, Instant, SystemClock
from holdfast.kernel.ids import Ids
from holdfast.markets import registry, tables
from holdfast.markets.model import ClockKind, Market
from holdfast.markets.refusals import NoSuchMarket
from holdfast.markets.registry import UNGUARDED
from holdfast.markets.stage import Script
from holdfast.markets.standing import StandingClock, StandingLane
from holdfast.postgres.home import Postgres
from holdfast.postgres.line import Line
from holdfast.postgres.migrate import migrate
from holdfast.postgres.reading import Connection
from holdfast.postgres.wire import open_wire
from holdfast.service.moving import Moving
from holdfast.service.service import LIMITS, Limits, Service, opened

T = TypeVar("T")


class OpenSandbox:
    """An open sandbox: its service, its clock, how many requests it answers, and when it was used last."""

    def __init__(self, market: Market, service: Service, clock: Clock, stack: AsyncExitStack) -> None:
        self.market, self.service, self.clock, self.stack = market, service, clock, stack
        self.going = 0
        self._used = _seconds()

    def use(self) -> None:
        """Note that it is used now."""
        self._used = _seconds()

    @property
    def used(self) -> float:
        """Return when it was used last: by a request, or by what still reads for one."""
        return max(self._used, self.service.readers.used)

    async def time(self) -> Instant | None:
        """Return how its clock stands, which other processes move, too; None where it was removed."""
        at = await self.service.readers.read(lambda home: home.ask(partial(_time, self.market.made)))
        if at is not None and isinstance(self.clock, StandingClock):
            self.clock.show(at)
        return at


class Sandboxes:
    """Finds and opens the sandboxes of a live market, on a thread of its own."""

    def __init__(self, url: str, schema: str | None, script: Script, limits: Limits = LIMITS) -> None:
        """Look them up in the registry there; `script` says what those outside of them do."""
        self._url, self._schema = url, schema
        self._script = script
        self._limits = limits
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="markets")
        self._registry: Line | None = None

    async def find(self, name: str) -> Market:
        """Return the sandbox of this name.

        Raises:
            NoSuchMarket: there is none.
        """
        found = await self._on_thread(partial(self._find, name))
        if found is None:
            raise NoSuchMarket("market", name=name)
        return found

    def _find(self, name: str) -> Market | None:
        if self._registry is None:
            self._registry = Line(partial(open_wire, self._url, self._schema), lambda _connection: None)
        return self._registry.read(lambda connection: registry.find(connection, self._url, name))

    async def opened(self, market: Market) -> OpenSandbox:
        """Open a sandbox, its schema brought up to date."""
        async with AsyncExitStack() as stack:
            await self._on_thread(partial(migrate, market.url, market.schema))
            open_home = partial(Postgres, market.url, market.schema, guard=UNGUARDED)
            home = await self._on_thread(lambda: open_home(ids=Ids(SystemRandom())))
            stack.callback(home.close)
            lane: Lane = home
            clock: Clock = SystemClock()
            if market.clock is ClockKind.STANDING:
                standing = await self._on_thread(partial(StandingLane, home, market))
                stack.callback(standing.close)
                lane = standing
                clock = StandingClock(market.epoch)
            moving = Moving(market, self._script)
            stack.callback(moving.close)
            opening = opened(lane, lambda: open_home(ids=Ids(SystemRandom())), clock, self._limits)
            service = await stack.enter_async_context(opening)
            return OpenSandbox(market, service._replace(moving=moving), clock, stack.pop_all())

    async def _on_thread(self, do: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, do)

    def close(self) -> None:
        """Close the connection to the registry."""
        self._thread.shutdown()
        if self._registry is not None:
            self._registry.close()


def _time(made: str, connection: Connection) -> Instant | None:
    """Return how the clock of a sandbox stands; None where it was removed."""
    try:
        found = tables.clock(connection, made)
    except psycopg.errors.UndefinedTable:
        return None
    return None if found is None else found.now


def _seconds() -> float:
    return asyncio.get_running_loop().time()
