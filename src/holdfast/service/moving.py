"""The hand that moves a sandbox's clock: on a thread of its own, one move at a time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from holdfast.markets import moving
from holdfast.markets.model import Market
from holdfast.markets.moving import Asked, Moved
from holdfast.markets.refusals import ClockMoving
from holdfast.markets.stage import Script


class Moving:
    """Moves the clock of one sandbox. Close it when no request is left."""

    def __init__(self, market: Market, script: Script) -> None:
        """Move none yet; `script` says what those outside of the sandbox do."""
        self.market = market
        self._script = script
        self._going = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="moving")

    async def move(self, asked: Asked) -> Moved:
        """Move the clock as it is asked for. See `markets.moving.move`.

        Raises:
            ClockMoving: it is being moved.
        """
        if self._going:
            raise ClockMoving("clock")
        self._going = True
        try:
            do = partial(moving.move, self.market, self._script, asked)
            return await asyncio.get_running_loop().run_in_executor(self._thread, do)
        finally:
            self._going = False

    def close(self) -> None:
        """Finish the move that is going on."""
        self._thread.shutdown()
