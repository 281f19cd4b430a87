"""Readers: connections that are read over, each with a thread of its own, so that nothing blocks the loop."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from holdfast.engine.front import Busy
from holdfast.postgres.home import Postgres

T = TypeVar("T")

READERS = 4
"""Connections that are read over at the same time."""

WAITING = 500
"""Reads that may wait for one; beyond it callers are refused at once (HTTP 429)."""


class Readers:
    """A bounded pool of homes that are only read. Close it when no request is left.

    `used` is when the last read began, by the clock of the loop.
    """

    def __init__(
        self, open_home: Callable[[], Postgres], most: int = READERS, waiting: int = WAITING
    ) -> None:
        """Open none yet: each thread opens its home with the first read that it has."""
        self._open = open_home
        self._bound = waiting + most
        self._asked = 0
        self.used = 0.0
        self._own = threading.local()
        self._homes: list[Postgres] = []
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="reader")

    async def read(self, ask: Callable[[Postgres], T]) -> T:
        """Return what is asked of a home.

        Raises:
            Busy: too many wait.
            ServerUnreachable: the database is away.
        """
        if self._asked >= self._bound:
            raise Busy("readers", waiting=self._asked)
        self._asked += 1
        self.used = asyncio.get_running_loop().time()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._on_thread, ask)
        finally:
            self._asked -= 1

    def _on_thread(self, ask: Callable[[Postgres], T]) -> T:
        home: Postgres | None = getattr(self._own, "home", None)
        if home is None:
            home = self._own.home = self._open()
            self._homes.append(home)
        return ask(home)

    def close(self) -> None:
        """Finish what is being read, and close the connections."""
        self._threads.shutdown()
        while self._homes:
            self._homes.pop().close()
