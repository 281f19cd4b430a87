"""Orders, reads and batches a second over HTTP, each in turns with the echo of the same bytes.

A turn of the service and one of the echo follow each other closely, and of all turns the median counts: where
the machine slows down for a while, it does so for both.
"""

import statistics
import time
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from holdfast.bench import market
from holdfast.bench.api.asked import Asked, Placing, Reading, post
from holdfast.bench.api.callers import CONNECTIONS, Answer, Ask, call
from holdfast.bench.api.echo import Echo, echoing
from holdfast.bench.api.letting_in import let_in
from holdfast.bench.api.serving import Serving, serving
from holdfast.bench.core import Found
from holdfast.bench.figure import Measured
from holdfast.bench.load import Tell, quantile
from holdfast.bench.schema import ground
from holdfast.engine.execution import Submission
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.orders.model import Order
from holdfast.service.running import Address

READ = 5_000
"""Orders that are there to be read."""

BATCH = 100
"""Orders of a request that has many."""

BATCHING = 8
"""Connections that send such requests: together as many orders wait as a transaction takes, and more."""

_SEED = 7
_AT_ONCE = 500
_MILLISECONDS = 1_000
_NOT_FOUND = 404


class Turns(NamedTuple):
    """How long is measured, in seconds: what does not count at first, then each turn; and how many turns."""

    warm_up: float
    seconds: float
    rounds: int


THOROUGH = Turns(2, 2, 7)
QUICK = Turns(0.5, 0.7, 3)


class LoadRefused(Refusal):
    """A request of the load was not answered as it should be."""

    code = "load_refused"
    sort = Sort.TROUBLE
    what = Text("负载的请求得到 {status}：{said}", "a request of the load was answered {status}: {said}")
    fix = Text(
        "请查明原因后重新测量：这样的数字不算数", "Find out why, and measure again: no such figure counts"
    )


class Turn(NamedTuple):
    """What callers met: requests a second, the latency of 99 of 100, and what they cost of a core."""

    per_s: float
    p99_ms: float
    cpu_share: float


def rates(url: str, tell: Tell, *, quick: bool) -> Found:
    """Measure orders, reads and batches, and the memory of the service before there is any load."""
    with ground(url) as place:
        lane = place.lanes[0]
        market.open_market(lane, place.clock.now())
        let_in(lane, place.clock.now())
        orders = market.Orders(Random(_SEED))  # noqa: S311 - a load, repeatable on purpose
        for _ in range(0, READ, _AT_ONCE):
            now = place.clock.now()
            asked = (orders.next() for _ in range(_AT_ONCE))
            lane.run([Submission(command, now, key) for command, key in asked])
        there = [row.id for row in lane.rows(Order)]
        lane.close()
        with serving(url) as service, echoing() as echo:
            return _all(_Beside(service, echo, QUICK if quick else THOROUGH), there, tell)


class _Beside(NamedTuple):
    """The service and the echo, which are asked in turns."""

    service: Serving
    echo: Echo
    turns: Turns

    def measured(
        self, ask: Ask, tell: Tell, *, echoed: Ask | None = None, connections: int = CONNECTIONS
    ) -> tuple[Turn, Turn]:
        """Return what callers met at the service and at the echo: medians over the turns.

        Args:
            ask: what the service is asked.
            tell: is told how far it is.
            echoed: what the echo is asked instead.
            connections: so many ask.
        """
        asks = ((self.service.place, ask), (self.echo.place, echoed or ask))
        for place, each in asks:
            taken(place, each, connections, self.turns.warm_up)
        found: list[list[Turn]] = []
        for number in range(self.turns.rounds):
            found.append([taken(place, each, connections, self.turns.seconds) for place, each in asks])
            self.service.keep_log_short()
            tell((number + 1) / self.turns.rounds)
        served, echoed_turns = zip(*found, strict=True)
        return _median(served), _median(echoed_turns)


def _all(beside: _Beside, there: Sequence[str], tell: Tell) -> Found:
    placing = Placing(Random(_SEED), "http-")  # noqa: S311 - as above
    reading = Reading(Random(_SEED), there)  # noqa: S311 - as above
    service, echo = beside.service, beside.echo
    # Asked once, each has what it loads with the first request.
    row = once(service.place, reading.next())
    once(service.place, placing.next())
    once(echo.place, placing.next())
    found = {"idle_mb": Measured(service.memory_mb(), echo.memory_mb())}
    met, floor = beside.measured(placing.next, lambda share: tell(share * 0.4))
    found["http_place_order_per_s"] = Measured(met.per_s, floor.per_s)
    found["http_place_order_p99_ms"] = Measured(met.p99_ms, floor.p99_ms)
    found["load_cpu_share"] = Measured(met.cpu_share, floor.cpu_share)
    same = Asked(post("/v1/orders", row.body), "")
    met, floor = beside.measured(reading.next, lambda share: tell(0.4 + share * 0.3), echoed=lambda: same)
    found["http_read_per_s"] = Measured(met.per_s, floor.per_s)
    if once(service.place, Asked(post("/v1/batch", b"{}"), "")).status != _NOT_FOUND:
        met, floor = beside.measured(
            lambda: placing.batch(BATCH), lambda share: tell(0.7 + share * 0.3), connections=BATCHING
        )
        found["http_batch_orders_per_s"] = Measured(met.per_s * BATCH, floor.per_s * BATCH)
    return found


def once(place: Address, asked: Asked) -> Answer:
    """Ask once, and return the answer."""
    answers: list[Answer | None] = []
    coming = iter([asked])
    call(place, lambda: next(coming, None), lambda _, answer: answers.append(answer), 1)
    answer = answers[0]
    assert answer is not None, "nobody answers"
    return answer


def taken(place: Address, ask: Ask, connections: int, seconds: float) -> Turn:
    """Let the connections ask for so long.

    Raises:
        LoadRefused: something was not answered as it should be.
    """
    lasted: list[float] = []
    began, cpu = time.perf_counter(), time.process_time()
    until = began + seconds

    def heard(_asked: Asked, answer: Answer | None) -> None:
        if answer is None or answer.status not in {200, 201}:
            raise refused(answer)
        lasted.append(answer.lasted)

    call(place, lambda: ask() if time.perf_counter() < until else None, heard, connections)
    whole = time.perf_counter() - began
    share = (time.process_time() - cpu) / whole
    return Turn(len(lasted) / whole, quantile(lasted, 0.99) * _MILLISECONDS, share)


def refused(answer: Answer | None) -> LoadRefused:
    """Return the refusal of a load that was not answered as it should be."""
    status, said = (0, "") if answer is None else (answer.status, answer.body.decode()[:300])
    return LoadRefused("--only", status=status, said=said)


def _median(turns: Sequence[Turn]) -> Turn:
    return Turn(*(statistics.median(each) for each in zip(*turns, strict=True)))
