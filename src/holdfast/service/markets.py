"""The markets of a service: the live one, and its sandboxes, each opened when it is first asked for.

Which market a request is for follows from its credential: `hf_live_…` leads to the live market, and
`hf_test_NAME.…` to the sandbox of that name. A session says it in the same way, before its id.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import NamedTuple

from holdfast.engine.front import Busy
from holdfast.markets.model import MarketKind
from holdfast.markets.refusals import NoSuchMarket
from holdfast.service.asking import Headers
from holdfast.service.sandboxes import OpenSandbox, Sandboxes
from holdfast.service.service import Service

MOST = 16
"""Sandboxes that are open at the same time: each has up to seven connections."""

IDLE_SECONDS = 300.0
"""A sandbox that nobody has used for so long is closed."""

WAITING = 100
"""Requests that may wait for a sandbox to be opened."""

_TOKEN = re.compile(
    rb"Bearer hf_(live|test|session|invite)_(?:([a-z0-9-]{1,32})\.)?", re.ASCII | re.IGNORECASE
)


class Led(NamedTuple):
    """Where a credential leads: the market of this name, the live one for None; which kind it must be."""

    name: str | None
    kind: MarketKind | None


def led_by(headers: Headers) -> Led:
    """Return where a request is led by its credential; without one, to the live market."""
    found = _TOKEN.match(headers.get(b"authorization", b""))
    if found is None:
        return Led(None, None)
    kind = {b"live": MarketKind.LIVE, b"test": MarketKind.SANDBOX}.get(found[1].lower())
    return Led(None if found[2] is None else found[2].decode(), kind)


class Markets:
    """The live market's service, and those of its sandboxes. Close it when no request is left."""

    def __init__(self, own: Service, of: Sandboxes | None = None, most: int = MOST) -> None:
        """Begin with the live market alone; without sandboxes `of` it nothing else is ever found."""
        self._own = own
        self._of = of
        self._most = most
        self._open: dict[str, OpenSandbox] = {}
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._sweeping: asyncio.Task[None] | None = None

    @property
    def own(self) -> Service:
        """Return the live market's service."""
        return self._own

    def is_open(self, led: Led) -> bool:
        """Tell whether the market that a credential leads to is open: the live one, or a sandbox in use."""
        return led.name in self._open if led.name is not None else led.kind is not MarketKind.SANDBOX

    @asynccontextmanager
    async def using(self, led: Led) -> AsyncGenerator[Service]:
        """Give the service of the market that a credential leads to, its clock as it stands.

        Raises:
            NoSuchMarket: it is not there, or of another kind than the credential is for.
            Busy: too many sandboxes are in use, or too many requests wait for one.
        """
        if led.name is None and led.kind is not MarketKind.SANDBOX:
            yield self._own
            return
        if led.name is None or led.kind is MarketKind.LIVE:
            raise NoSuchMarket("market", name=led.name or "")
        found = await self._found(led.name)
        found.going += 1
        try:
            if await found.time() is None:
                self._open.pop(led.name, None)
                raise NoSuchMarket("market", name=led.name)
            yield found.service
        finally:
            found.going -= 1
            found.use()
            if not found.going and self._open.get(led.name) is not found:
                await found.stack.aclose()

    async def _found(self, name: str) -> OpenSandbox:
        if (found := self._open.get(name)) is not None:
            return found
        if self._of is None:
            raise NoSuchMarket("market", name=name)
        if self._waiting >= WAITING:
            raise Busy("markets", waiting=self._waiting)
        self._waiting += 1
        try:
            async with self._turn:
                if (found := self._open.get(name)) is None:
                    market = await self._of.find(name)
                    await self._make_room()
                    found = self._open[name] = await self._of.opened(market)
                if self._sweeping is None:
                    self._sweeping = asyncio.create_task(self._sweep())
                return found
        finally:
            self._waiting -= 1

    async def _make_room(self) -> None:
        """Close the sandbox that was not used for the longest time, where no more may be open.

        Raises:
            Busy: all are in use.
        """
        if len(self._open) < self._most:
            return
        idle = [each for each in self._open.values() if not each.going]
        if not idle:
            raise Busy("markets", waiting=len(self._open))
        await self._close(min(idle, key=lambda each: each.used))

    async def close_idle(self, seconds: float = IDLE_SECONDS) -> None:
        """Close the sandboxes that nobody has used for so long."""
        now = asyncio.get_running_loop().time()
        for each in list(self._open.values()):
            if not each.going and now - each.used >= seconds:
                await self._close(each)

    async def _close(self, each: OpenSandbox) -> None:
        self._open.pop(each.market.name, None)
        await each.stack.aclose()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(IDLE_SECONDS / 5)
            async with self._turn:
                await self.close_idle()

    async def close(self) -> None:
        """Close all sandboxes; the live market's service stays its opener's."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        for each in list(self._open.values()):
            await self._close(each)
        if self._of is not None:
            self._of.close()
