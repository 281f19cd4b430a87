"""The front: group commit for asyncio callers. Many requests share one transaction.

Requests wait in a bounded queue (admission control); whenever a lane is free it takes all that wait, up to a
limit, and runs them as one batch. There is no timer: under little load a request leaves at once, under much
load batches grow.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import NamedTuple, Self

from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.home import Lane
from holdfast.journal.requests import KeyInFlight
from holdfast.kernel.actor import LIBRARY, Actor
from holdfast.kernel.clock import Clock
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Command
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

BATCH = 500
"""The maximal size of a batch, in commands of one transaction."""

WAITING = 10_000
"""Commands that may wait; beyond it callers are refused at once (HTTP 429)."""


class Busy(Refusal):
    """More requests wait than can be answered soon."""

    code = "busy"
    sort = Sort.BUSY
    what = Text("已有 {waiting} 个请求在等待", "{waiting} requests wait already")
    fix = Text("请稍后带同一幂等键重试", "Try again in a moment, with the same idempotency key")


class Stopped(Refusal):
    """The front takes no more requests."""

    code = "stopped"
    sort = Sort.UNAVAILABLE
    what = Text("引擎正在停止", "the engine is stopping")
    fix = Text("请待其恢复后带同一幂等键重试", "Try again when it is back, with the same idempotency key")


class Asked(NamedTuple):
    """A command that is one of several, under a key of its own where it has one."""

    command: Command
    key: str | None = None


_Waiting = tuple[Submission, asyncio.Future[Outcome]]


class Front:
    """The dispatcher of requests to one or more lanes over the same rows; each lane has a thread of its own.

    Use it as an asynchronous context manager. Requests that were taken before its end are still answered.
    """

    def __init__(
        self, lanes: Sequence[Lane], clock: Clock, *, batch: int = BATCH, waiting: int = WAITING
    ) -> None:
        self._lanes = lanes
        self._clock = clock
        self._batch = batch
        self._bound = waiting
        self._queue: deque[_Waiting] = deque()
        self._in_flight: set[str] = set()
        self._ready = asyncio.Event()
        self._stopping = False
        self._threads = ThreadPoolExecutor(len(lanes), thread_name_prefix="lane")
        self._serving: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._serving = [asyncio.create_task(self._serve(lane)) for lane in self._lanes]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._ready.set()
        await asyncio.gather(*self._serving)
        self._threads.shutdown()

    async def submit(self, command: Command, key: str | None = None, actor: Actor = LIBRARY) -> Outcome:
        """Run a command of an actor and return its outcome, once that is committed.

        Raises:
            Busy: too many wait.
            Stopped: the front is closing.
            KeyInFlight: the key is being answered.
            ServerUnreachable: the database was lost; the same key tells later whether it happened.
        """
        self._admit(1)
        submission = Submission(command, self._clock.now(), key, actor)
        request_id = submission.request_id
        if request_id is not None:
            if request_id in self._in_flight:
                raise KeyInFlight(f"key:{key}")
            self._in_flight.add(request_id)
        return await self._queued(submission)

    async def submit_all(
        self, asked: Iterable[Asked], actor: Actor = LIBRARY
    ) -> list[Outcome | BaseException]:
        """Run commands of an actor in order, and return their outcomes once all are committed.

        Each stands by itself: one that is refused hinders none behind it, and they may take several
        transactions. Where the transaction of some was lost, each of these has the error in its place. With
        several lanes they may run side by side.

        Raises:
            Busy: too many wait; none of these is taken.
            Stopped: the front is closing; none of these is taken.
        """
        now = self._clock.now()
        submissions = [Submission(command, now, key, actor) for command, key in asked]
        self._admit(len(submissions))
        # A key that comes twice among them is no conflict: the second finds the answer of the first.
        others = frozenset(self._in_flight)
        answers: list[asyncio.Future[Outcome]] = []
        for submission in submissions:
            request_id = submission.request_id
            if request_id is None or request_id not in others:
                if request_id is not None:
                    self._in_flight.add(request_id)
                answers.append(self._queued(submission))
            else:
                answers.append(_refused(KeyInFlight(f"key:{submission.key}")))
        return await asyncio.gather(*answers, return_exceptions=True)

    def _admit(self, count: int) -> None:
        if self._stopping:
            raise Stopped("front")
        if len(self._queue) + count > self._bound:
            raise Busy("front", waiting=len(self._queue))

    def _queued(self, submission: Submission) -> asyncio.Future[Outcome]:
        # From here on the command runs, even if its caller stops waiting: a batch is not taken apart again.
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._queue.append((submission, future))
        self._ready.set()
        return future

    async def _serve(self, lane: Lane) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._ready.wait()
            if not self._queue:
                if self._stopping:
                    return
                self._ready.clear()
                continue
            batch = [self._queue.popleft() for _ in range(min(self._batch, len(self._queue)))]
            try:
                outcomes = await loop.run_in_executor(
                    self._threads, lane.run, [submission for submission, _ in batch]
                )
            except Exception as error:  # noqa: BLE001 - it is handed to everybody who waits for this batch
                _fail(batch, error)
            else:
                _answer(batch, outcomes)
            self._in_flight.difference_update(
                request_id for submission, _ in batch if (request_id := submission.request_id)
            )


def _refused(refusal: Refusal) -> asyncio.Future[Outcome]:
    future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    future.set_result(Outcome(refusal=refusal.record()))
    return future


def _answer(batch: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
    for (_, future), outcome in zip(batch, outcomes, strict=True):
        if not future.done():  # its caller may have given up; the command happened all the same
            future.set_result(outcome)


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
