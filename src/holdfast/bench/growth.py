"""Whether an order costs more when many are there: one million orders, in batches of 500 without callers."""

import statistics
import time
from contextlib import suppress
from random import Random

from psycopg import errors

from holdfast.bench import floor, market
from holdfast.bench.figure import Measured
from holdfast.bench.load import Tell
from holdfast.bench.market import Orders
from holdfast.bench.schema import Ground, ground
from holdfast.engine.execution import Submission
from holdfast.engine.tuning import tune_process

BATCH = 500
THOROUGH = (100_000, 1_000_000)
QUICK = (20_000, 100_000)
"""The two marks, in orders placed, whose rates are compared."""

_SEED = 7
_WINDOW_SHARE = 0.2
_RECORDED = 20
_FLOOR_SECONDS = 2.0


def unit(*, quick: bool) -> str:
    """Return the figure's unit, with the marks."""
    first, last = QUICK if quick else THOROUGH
    return f"rate at {last:,} orders / rate at {first:,}"


def growth(url: str, tell: Tell, *, quick: bool) -> dict[str, Measured]:
    """Place orders up to the later mark, and compare the rates over the last orders before each mark.

    It begins with a checkpoint, so that none falls into one window and not into the other by chance: after it
    every page of a random key's index is written to the log in full once more.

    The floor is the same ratio of COPY and commit of recorded batches into tables that are empty at both
    marks: it shows what the machine itself slowed down by meanwhile.
    """
    first, last = QUICK if quick else THOROUGH
    window = round(first * _WINDOW_SHARE)
    with ground(url) as place:
        market.open_market(place.lanes[0], place.clock.now())
        with suppress(errors.InsufficientPrivilege):  # on a server of one's own; then it stands as it stands
            place.connection.execute("CHECKPOINT")
        orders = Orders(Random(_SEED))  # noqa: S311 - a load, repeatable on purpose
        tune_process()
        early = _placed(place, orders, 0, first, last, tell)
        recorded = floor.record(place, orders.next, BATCH, _RECORDED)
        early_floor = floor.measure(place.connection, recorded, BATCH, _FLOOR_SECONDS)
        late = _placed(place, orders, first + BATCH * _RECORDED, last, last, tell)
        late_floor = floor.measure(place.connection, recorded, BATCH, _FLOOR_SECONDS)
    batches = window // BATCH
    ratio = statistics.median(early[-batches:]) / statistics.median(late[-batches:])
    return {"pg_growth_ratio": Measured(ratio, late_floor.per_s / early_floor.per_s)}


def _placed(place: Ground, orders: Orders, start: int, end: int, last: int, tell: Tell) -> list[float]:
    """Place orders from one mark to the next; return how long each batch took, in seconds."""
    lasted: list[float] = []
    lane = place.lanes[0]
    for placed in range(start, end, BATCH):
        now = place.clock.now()
        batch = [Submission(command, now, key) for command, key in (orders.next() for _ in range(BATCH))]
        began = time.perf_counter()
        outcomes = lane.run(batch)
        lasted.append(time.perf_counter() - began)
        assert all(outcome.accepted for outcome in outcomes), "an order was refused"
        tell(placed / last)
    return lasted
