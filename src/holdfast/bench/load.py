"""Asyncio callers in a closed loop through the front: each asks again as soon as it is answered."""

import asyncio
import statistics
import time
from array import array
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from holdfast.bench.market import Asked
from holdfast.bench.schema import Ground
from holdfast.engine.front import Front
from holdfast.engine.tuning import tune_process

Tell = Callable[[float], None]
"""Is told the share of a measurement that is done, from 0 to 1."""

_TOLD_EVERY_SECONDS = 0.25
_MILLISECONDS = 1_000


class Plan(NamedTuple):
    """How long is measured: a warm-up that does not count, then intervals, all in seconds."""

    warm_up: float
    interval: float
    intervals: int

    @property
    def seconds(self) -> float:
        """Return how long it takes in all."""
        return self.warm_up + self.interval * self.intervals


class Answered(NamedTuple):
    """What callers met: medians over the intervals; `batch` is the mean number of commands a transaction."""

    per_s: float
    p50_ms: float
    p99_ms: float
    batch: int


class _Calls:
    """When each call was answered, and how long it took, in seconds."""

    def __init__(self) -> None:
        self.ends = array("d")
        self.lasted = array("d")

    def add(self, began: float, ended: float) -> None:
        """Note one call."""
        self.ends.append(ended)
        self.lasted.append(ended - began)


def drive(ground: Ground, ask: Callable[[], Asked], callers: int, plan: Plan, tell: Tell) -> Answered:
    """Let so many callers ask for as long as the plan says, and return what they met."""
    tune_process()
    calls = asyncio.run(_drive(ground, ask, callers, plan, tell))
    batches = sum(lane.batches for lane in ground.lanes)
    commands = sum(lane.commands for lane in ground.lanes)
    started = calls[0]
    return _summed(calls[1], started + plan.warm_up, plan, max(1, round(commands / batches)))


async def _drive(
    ground: Ground, ask: Callable[[], Asked], callers: int, plan: Plan, tell: Tell
) -> tuple[float, _Calls]:
    calls = _Calls()
    for lane in ground.lanes:
        lane.batches = lane.commands = 0
    async with Front(ground.lanes, ground.clock) as front:
        started = time.perf_counter()
        until = started + plan.seconds
        async with asyncio.TaskGroup() as group:
            group.create_task(_watch(started, plan.seconds, tell))
            for _ in range(callers):
                group.create_task(_call(front, ask, until, calls))
    return started, calls


async def _call(front: Front, ask: Callable[[], Asked], until: float, calls: _Calls) -> None:
    began = time.perf_counter()
    while began < until:
        command, key = ask()
        outcome = await front.submit(command, key)
        assert outcome.refusal is None, f"the load was refused: {outcome.refusal}"
        ended = time.perf_counter()
        calls.add(began, ended)
        began = ended


async def _watch(started: float, seconds: float, tell: Tell) -> None:
    while (passed := time.perf_counter() - started) < seconds:
        tell(passed / seconds)
        await asyncio.sleep(min(_TOLD_EVERY_SECONDS, seconds - passed))


def _summed(calls: _Calls, started: float, plan: Plan, batch: int) -> Answered:
    """Sum up each interval by itself, and take the medians: one stall of the machine is not the figure."""
    parts: list[list[float]] = [[] for _ in range(plan.intervals)]
    for ended, lasted in zip(calls.ends, calls.lasted, strict=True):
        number = int((ended - started) / plan.interval)
        if ended >= started and number < plan.intervals:
            parts[number].append(lasted * _MILLISECONDS)
    return Answered(
        statistics.median(len(part) / plan.interval for part in parts),
        statistics.median(quantile(part, 0.5) for part in parts),
        statistics.median(quantile(part, 0.99) for part in parts),
        batch,
    )


def quantile(values: Sequence[float], share: float) -> float:
    """Return a quantile, the value next above it where it lies between two; 0 where there are no values."""
    return float(np.quantile(values, share, method="higher")) if values else 0.0
