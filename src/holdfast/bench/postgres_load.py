"""The figures over PostgreSQL under callers: transfers, orders, one hot merchant, one caller alone."""

from collections.abc import Callable
from random import Random

from holdfast.bench import floor, market
from holdfast.bench.bare.room import WITH_BARE
from holdfast.bench.figure import Measured
from holdfast.bench.load import Answered, Plan, Tell, drive
from holdfast.bench.market import Asked, Orders, Transfers
from holdfast.bench.schema import Ground, ground

CALLERS = 256
LANES = 1

_SEED = 7
_RECORDED = 40
_RECORDED_ALONE = 400
_THOROUGH = Plan(warm_up=3, interval=2, intervals=5)
QUICK = Plan(warm_up=1, interval=1, intervals=3)


def transfers(url: str, tell: Tell, *, quick: bool) -> dict[str, Measured]:
    """Measure plain transfers with 256 callers."""
    with ground(url, LANES, WITH_BARE) as place:
        market.open_accounts(place.lanes[0], place.clock.now())
        met, least = _against_floor(place, Transfers(_rng()).next, CALLERS, tell, quick=quick)
    return {
        "pg_transfers_per_s_256": Measured(met.per_s, least.per_s),
        "pg_transfers_p99_ms_256": Measured(met.p99_ms, least.p99_ms),
    }


def orders(url: str, tell: Tell, *, quick: bool) -> dict[str, Measured]:
    """Measure orders of a whole market with 256 callers."""
    with ground(url, LANES) as place:
        market.open_market(place.lanes[0], place.clock.now())
        met, least = _against_floor(place, Orders(_rng()).next, CALLERS, tell, quick=quick)
    return {
        "pg_place_order_per_s_256": Measured(met.per_s, least.per_s),
        "pg_place_order_p99_ms_256": Measured(met.p99_ms, least.p99_ms),
    }


def alone(url: str, tell: Tell, *, quick: bool) -> dict[str, Measured]:
    """Measure orders of a single caller."""
    with ground(url) as place:
        market.open_market(place.lanes[0], place.clock.now())
        met, least = _against_floor(place, Orders(_rng()).next, 1, tell, quick=quick)
    return {"pg_place_order_p50_ms_1": Measured(met.p50_ms, least.p50_ms)}


def hot_merchant(url: str, tell: Tell, *, quick: bool) -> dict[str, Measured]:
    """Measure orders that all go to one merchant, with 256 callers."""
    with ground(url, LANES) as place:
        market.open_market(place.lanes[0], place.clock.now())
        ask = Orders(_rng(), merchants=1).next
        met, least = _against_floor(place, ask, CALLERS, tell, quick=quick)
    return {"pg_hot_merchant_per_s_256": Measured(met.per_s, least.per_s)}


def _against_floor(
    place: Ground, ask: Callable[[], Asked], callers: int, tell: Tell, *, quick: bool
) -> tuple[Answered, floor.Floor]:
    """Drive the load, then run batches of the size that it had, and copy what they wrote."""
    plan = QUICK if quick else _THOROUGH
    met = drive(place, ask, callers, plan, tell)
    recorded = floor.record(place, ask, met.batch, _RECORDED if callers > 1 else _RECORDED_ALONE)
    return met, floor.measure(place.connection, recorded, met.batch, plan.interval)


def _rng() -> Random:
    return Random(_SEED)  # noqa: S311 - a load, repeatable on purpose
