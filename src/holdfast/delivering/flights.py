"""Messages that are flying: sent, and not answered yet. Bounded for each endpoint, and for all together."""

import asyncio
from collections.abc import Iterable
from functools import partial
from random import Random

from holdfast.delivering.bodies import SOURCE
from holdfast.delivering.changes import Attempted, Fate
from holdfast.delivering.endpoints import Endpoint
from holdfast.delivering.intake import State
from holdfast.delivering.messages import Message, Taken
from holdfast.delivering.schedule import again_at
from holdfast.delivering.sending import Post, Verdict, attempt
from holdfast.kernel.clock import DAY, HOUR, Clock, Duration, Instant
from holdfast.webhooks.model import DisabledWhy

FLYING = 1_024
"""Messages that are flying at the same time, to all endpoints together."""

SUSPECTS_FLYING = FLYING // 2
"""And to endpoints that failed last or were slow: the rest is for those that answer."""

DISABLED_AFTER: Duration = 3 * DAY
"""An endpoint is disabled once nothing could be delivered to it for so long."""

MAX_REST: Duration = HOUR
"""The longest pause of an endpoint that says that it has too much to do."""


class Flights:
    """The flights of one deliverer, on its event loop."""

    def __init__(self, state: State, post: Post, clock: Clock, rng: Random, source: str = SOURCE) -> None:
        self._state = state
        self._post = post
        self._clock = clock
        self._rng = rng
        self._source = source
        self._flying: dict[asyncio.Task[Verdict], tuple[Endpoint, Message]] = {}
        self._suspects = 0
        self._news = asyncio.Event()
        self._ended = 0
        self._error: BaseException | None = None
        self.unread: list[tuple[Endpoint, Message]] = []
        """Messages that were taken, and whose facts have to be read before they can be sent."""

    def __len__(self) -> int:
        return len(self._flying)

    def send_all(self, endpoints: Iterable[Endpoint]) -> None:
        """Send whatever is due."""
        for endpoint in endpoints:
            self.send(endpoint)

    def send(self, endpoint: Endpoint) -> None:
        """Send an endpoint what is due, as much as it may be sent at once."""
        now = self._clock.now()
        while self._may(endpoint, now) and (message := endpoint.lines.take(now)) is not None:
            if message.taken is None:
                self.unread.append((endpoint, message))
            else:
                self._launch(endpoint, message, message.taken)

    def read(self, facts: dict[str, Taken]) -> None:
        """Send the messages whose facts were read meanwhile; one without a fact is no message."""
        unread, self.unread = self.unread, []
        for endpoint, message in unread:
            taken = facts.get(message.fact_id)
            if taken is None:
                endpoint.lines.done(message)
                self._state.changes.finish(message)
            else:
                message.taken = taken
                self._launch(endpoint, message, taken)

    def _may(self, endpoint: Endpoint, now: Instant) -> bool:
        return (
            endpoint.enabled
            and endpoint.rests_until <= now
            and endpoint.lines.flying < endpoint.width
            and len(self._flying) + len(self.unread) < FLYING
            and not (endpoint.suspect and self._suspects >= SUSPECTS_FLYING)
        )

    def _launch(self, endpoint: Endpoint, message: Message, taken: Taken) -> None:
        sent = attempt(self._post, self._clock, endpoint.row, endpoint.keys, taken, self._source)
        task = asyncio.get_running_loop().create_task(sent)
        self._flying[task] = endpoint, message
        self._suspects += endpoint.suspect
        task.add_done_callback(partial(self._land, taken.fact.kind, endpoint.suspect))

    def _land(self, kind: str, suspect: bool, task: "asyncio.Task[Verdict]") -> None:  # noqa: FBT001 - bound
        endpoint, message = self._flying.pop(task)
        self._suspects -= suspect
        self._news.set()
        if task.cancelled():
            endpoint.lines.again(message)
            return
        self._error = self._error or task.exception()
        if self._error is not None:
            return
        self._ended += 1
        self._judge(endpoint, message, kind, task.result())
        self.send(endpoint)

    def _judge(self, endpoint: Endpoint, message: Message, kind: str, verdict: Verdict) -> None:
        now = self._clock.now()
        message.attempts += 1
        if message.first_at is None:
            message.first_at = now
        endpoint.touched = True
        due: Instant | None = None
        if verdict.delivered:
            fate = Fate.DELIVERED
            endpoint.succeeded(verdict.took_ms, now)
        else:
            due = again_at(message.attempts, message.first_at, now, verdict.asked, self._rng)
            fate = Fate.GIVEN_UP if due is None else Fate.FAILED
            self._fail(endpoint, message.line, verdict, now)
        if due is None:
            endpoint.lines.done(message)
            self._state.changes.finish(message)
        else:
            message.due, message.taken, message.changed = due, None, True
            endpoint.lines.again(message)
        self._state.changes.attempts.append(
            Attempted(
                endpoint_id=endpoint.row.id,
                position=message.position,
                fact_id=message.fact_id,
                kind=kind,
                attempt=message.attempts,
                at=now,
                took_ms=verdict.took_ms,
                fate=fate,
                status=verdict.status,
                error=verdict.error,
                due=due,
            )
        )

    def _fail(self, endpoint: Endpoint, line: str, verdict: Verdict, now: Instant) -> None:
        silent = endpoint.failed(line, now)
        if verdict.busy:
            endpoint.rests_until = max(endpoint.rests_until, now + min(verdict.asked, MAX_REST))
        if not endpoint.enabled:
            return
        if verdict.gone:
            self._state.disable(endpoint, DisabledWhy.GONE)
        elif silent >= DISABLED_AFTER:
            self._state.disable(endpoint, DisabledWhy.FAILING)

    async def ended(self, wanted: int, seconds: float) -> int:
        """Wait until so many attempts are over, none is flying, or a time has passed; return how many were.

        Raises:
            Exception: an attempt failed by an error of ours.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self._flying and not self.unread and self._ended < wanted and self._error is None:
            self._news.clear()
            try:
                async with asyncio.timeout_at(until):
                    await self._news.wait()
            except TimeoutError:
                break
        if self._error is not None:
            raise self._error
        ended, self._ended = self._ended, 0
        return ended

    async def cancel(self) -> None:
        """End whatever is flying: it is sent again by whoever goes on."""
        flying = [*self._flying]
        for task in flying:
            task.cancel()
        await asyncio.gather(*flying, return_exceptions=True)
