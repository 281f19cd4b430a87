"""Minutes of load on the service, orders and reads in turn: no error, and no more memory at the end."""

import time
from collections import deque
from random import Random

from holdfast.bench import market
from holdfast.bench.api.asked import Asked, Placing, get
from holdfast.bench.api.callers import Answer, call
from holdfast.bench.api.letting_in import let_in
from holdfast.bench.api.serving import Serving, serving
from holdfast.bench.core import Found
from holdfast.bench.figure import Measured
from holdfast.bench.load import Tell
from holdfast.bench.schema import ground

_SEED = 13
_MINUTE_SECONDS = 60
_LOOK_SECONDS = 1
_SETTLED = 0.2
"""The share of the time after which memory counts: pools and caches are full by then."""

_REMEMBERED = 10_000


class _Mixed:
    """What callers ask, and what they noted: orders that were placed are read later."""

    def __init__(self, service: Serving, seconds: float, tell: Tell) -> None:
        self._service = service
        self._tell = tell
        self._seconds = seconds
        self._began = self._looked = time.monotonic()
        self._placing = Placing(Random(_SEED))  # noqa: S311 - a load, repeatable on purpose
        self._placed: deque[str] = deque(maxlen=_REMEMBERED)
        self._asked = 0
        self.answered = 0
        self.errors = 0
        self.memory_mb: list[float] = []

    def ask(self) -> Asked | None:
        """Return an order to place or, every other time, one to read; None once the time is over."""
        now = time.monotonic()
        if now - self._began > self._seconds:
            return None
        if now - self._looked > _LOOK_SECONDS:
            self._look(now)
        self._asked += 1
        if self._asked % 2 and self._placed:
            order_id = self._placed.popleft()
            return Asked(get(f"/v1/orders/{order_id}"), order_id)
        return self._placing.next()

    def heard(self, asked: Asked, answer: Answer | None) -> None:
        """Count an answer, or that there was none."""
        self.answered += 1
        if answer is None or answer.status not in {200, 201}:
            self.errors += 1
        elif answer.status == 201:  # noqa: PLR2004 - of RFC 9110
            self._placed.append(asked.order_id)

    def _look(self, now: float) -> None:
        self._looked = now
        share = (now - self._began) / self._seconds
        if share >= _SETTLED:
            self.memory_mb.append(self._service.memory_mb())
        self._service.keep_log_short()
        self._tell(min(1.0, share))


def lasting(url: str, tell: Tell, *, minutes: float) -> Found:
    """Load the service for so many minutes, and count errors; the floor of these is how often was asked.

    Of its memory it is the last over the first, once it has settled; the floor is that it stays as it is.
    """
    with ground(url) as place:
        market.open_market(place.lanes[0], place.clock.now())
        let_in(place.lanes[0], place.clock.now())
        with serving(url) as service:
            mixed = _Mixed(service, minutes * _MINUTE_SECONDS, tell)
            call(service.place, mixed.ask, mixed.heard)
    memory = mixed.memory_mb
    return {
        "errors": Measured(mixed.errors, mixed.answered),
        "memory_growth": Measured(memory[-1] / memory[0], 1.0),
    }
