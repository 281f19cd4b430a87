"""The deliverer: a job that sends facts to endpoints, many at a time, and writes down what became of it.

An event loop of its own runs within each step. The database is asked on one thread beside it, so that
messages go on meanwhile. What is in memory is thrown away with any error; the next one goes on from what is
written down.
"""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from typing import TypeVar

import psycopg

from holdfast.delivering.bodies import SOURCE
from holdfast.delivering.book import Book
from holdfast.delivering.changes import Changes
from holdfast.delivering.endpoints import Endpoint, Endpoints
from holdfast.delivering.flights import Flights
from holdfast.delivering.intake import State
from holdfast.delivering.source import Source
from holdfast.kernel.clock import MINUTE, Clock, Instant
from holdfast.outbound.posting import Poster
from holdfast.postgres.home import Postgres
from holdfast.postgres.refusals import ServerUnreachable

T = TypeVar("T")

PAGE = 500
"""Facts that are read at once."""

CATCHING_UP = 8
"""Endpoints that catch up in one step, each by a page: the others do so in the next ones."""

WRITTEN_TOGETHER = 256
"""Attempts after which they are written down: the most that an end has sent again, beside what is flying."""

WAIT_SECONDS = 1.0
"""The most that a step waits for an answer: a step ends, so that the job can be told to stop."""

END_SECONDS = 2.0
"""The time that messages which are flying are given when the job ends."""

FORGET_EVERY = MINUTE


class Deliverer:
    """The deliverer of one schema: see `worker.job.Work`. It closes the home, the book and the poster."""

    def __init__(
        self,
        home: Postgres,
        book: Book,
        post: Callable[[], Poster],
        clock: Clock,
        rng: Random,
        source: str = SOURCE,
    ) -> None:
        """Read nothing yet; `post` makes what messages are sent by, on the loop that it is for."""
        self._home = home
        self._book = book
        self._read = Source(home, book)
        self._make_post = post
        self._clock = clock
        self._rng = rng
        self._source = source
        self._runner = asyncio.Runner()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="webhooks")
        self._state: State | None = None
        self._poster: Poster | None = None
        self._flights: Flights | None = None
        self._more = False
        self._sound = True
        self._forgot_at: Instant = 0

    def step(self) -> int:
        """Send what is due, and write down what became of it; return how many attempts were over.

        A step in which facts were read, or an answer waited for, counts for one at least: there is work.
        Where another deliverer is at work there is none.

        Raises:
            ServerUnreachable, psycopg.OperationalError: the database was lost.
        """
        self._sound = False
        done = self._runner.run(self._round())
        self._sound = True
        return done

    def close(self) -> None:
        """Wait a little for what is flying, write down what became of it, and close everything."""
        try:
            self._runner.run(self._end())
        finally:
            self._runner.close()
            self._thread.shutdown()
            self._book.close()
            self._home.close()

    async def _aside(self, ask: Callable[[], T]) -> T:
        """Ask the database on the thread beside the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, ask)

    async def _round(self) -> int:
        state, flights = self._state, self._flights
        if state is None or flights is None:
            begun = await self._begun()
            if begun is None:
                return 0
            state, flights = begun
        read = await self._take_in(state)
        flights.send_all(state.endpoints)
        await self._read_unread(flights)
        ended = await flights.ended(self._wanted(state), WAIT_SECONDS)
        await self._read_unread(flights)
        await self._disable(state)
        await self._write(state)
        return ended or int(bool(read or len(flights)))

    async def _begun(self) -> tuple[State, Flights] | None:
        """Begin from what is written down; None where another deliverer is at work."""
        if not await self._aside(self._book.lead):
            return None
        position, endpoints = await self._aside(self._read.begin)
        self._state = State(position, Endpoints(endpoints))
        self._poster = self._make_post()
        self._flights = Flights(self._state, self._poster, self._clock, self._rng, self._source)
        return self._state, self._flights

    async def _take_in(self, state: State) -> int:
        """Read on, for all endpoints and for those that catch up; return how many facts were read."""
        page = await self._aside(partial(self._read.page, state.position, PAGE))
        state.take_in(page, self._clock.now())
        read = len(page.facts)
        behind = [endpoint for endpoint in state.endpoints if endpoint.catches_up][:CATCHING_UP]
        for endpoint in behind:
            read += await self._catch_up(state, endpoint)
        self._more = len(page.facts) == PAGE or bool(behind)
        return read

    async def _catch_up(self, state: State, endpoint: Endpoint) -> int:
        begins = endpoint.position
        if begins is None:
            return 0
        most = min(PAGE, state.position - begins)
        facts = await self._aside(partial(self._read.facts, begins, most)) if most > 0 else []
        state.catch_up(endpoint, facts, self._clock.now())
        return len(facts)

    def _wanted(self, state: State) -> int:
        """Return how many attempts are waited for: fewer where there is more to read, and little to send."""
        if not self._more:
            return WRITTEN_TOGETHER
        ready = sum(len(each.lines) for each in state.endpoints if each.failing_since is None)
        return min(WRITTEN_TOGETHER, max(ready // 2, 1))

    async def _read_unread(self, flights: Flights) -> None:
        """Read the facts of messages that waited for longer than they are kept in memory."""
        if flights.unread:
            positions = {message.fact_id: message.position for _, message in flights.unread}
            facts = await self._aside(partial(self._read.facts_of, positions))
            flights.read(facts)

    async def _disable(self, state: State) -> None:
        """Have decided what was found: that an endpoint is gone, or has failed for too long."""
        commands, state.disabling = state.disabling, []
        for command in commands:
            known = await self._aside(partial(self._read.disable, command, self._clock.now()))
            endpoint = state.endpoints.get(command.endpoint_id)
            if known is not None and endpoint is not None:
                state.refresh(endpoint, known)

    async def _write(self, state: State) -> None:
        """Write down all that has changed. What lands meanwhile is written the next time."""
        for endpoint in state.endpoints:
            state.changes.keep(endpoint)
        changes, state.changes = state.changes, Changes()
        if changes:
            await self._aside(partial(self._book.write, changes))
        now = self._clock.now()
        if now - self._forgot_at >= FORGET_EVERY:
            self._forgot_at = now
            await self._aside(partial(self._book.forget, now))

    async def _end(self) -> None:
        state, flights = self._state, self._flights
        if state is None or flights is None or self._poster is None:
            return
        try:
            if self._sound:
                await flights.ended(len(flights), END_SECONDS)
                with contextlib.suppress(psycopg.Error, ServerUnreachable):
                    await self._write(state)
        finally:
            await flights.cancel()
            await self._poster.aclose()
