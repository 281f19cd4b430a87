"""How large the guarantee fund must be: the loss of a year that one in a thousand exceeds.

Runs of the lab give merchants, with the amounts that the fund paid for each and when. Years are put together
from them: each has as many merchants of every kind as the market, drawn with replacement (a compound
resampling, as in Klugman, Panjer and Willmot, Loss Models, on aggregate loss). Merchants are independent but
for that: a crisis that makes many run at once is not in it.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from holdfast.lab.results import RunFigures, SellerFigures

YEARS = 20_000
_BOOTSTRAPS = 100
_BOOTSTRAP_YEARS = 5_000
_SEED = 20_260_101


class FundSize(msgspec.Struct, frozen=True):
    """The capital with which the fund stays solvent, in minor units, and the figures behind it.

    `solvency` is the probability to stay so; `interval` the 95% interval over runs. `share_of_sales` is of
    the market's sales in the measured time. `without_share_minor` is the same if the fund had no share of
    them. `worst_seen_minor` is the deepest that it fell in any year that was put together.
    """

    policy: str
    solvency: float
    capital_minor: int
    interval: tuple[int, int]
    share_of_sales: float
    without_share_minor: int
    mean_draw_minor: int
    mean_given_minor: int
    worst_seen_minor: int
    runs: int
    merchants_seen: int
    years: int


class _Pool:
    """The merchants of some runs: the sums that each takes from the fund and gives to it, on each day."""

    def __init__(self, runs: Sequence[RunFigures], days: int) -> None:
        self.sellers = [seller for run in runs for seller in run.sellers]
        self.kinds = sorted({seller.kind for seller in self.sellers})
        self.per_year = {
            kind: sum(seller.kind == kind for seller in self.sellers) / len(runs) for kind in self.kinds
        }
        self.days = days

    def of(self, kind: str) -> list[SellerFigures]:
        return [seller for seller in self.sellers if seller.kind == kind]


def _years(
    pool: _Pool, years: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return, by year and day, the fund's payments less its recoveries, and the fund's income.

    The income comes evenly; recoveries come, on the safe side, on the last day.
    """
    net = np.zeros((years, pool.days))
    given = np.zeros(years)
    for kind in pool.kinds:
        sellers = pool.of(kind)
        gives = np.array([seller.settled.given_minor for seller in sellers], dtype=float)
        drawn = [number for number, seller in enumerate(sellers) if seller.drawn_on]
        flows = np.array([_flow(sellers[number], pool.days) for number in drawn]).reshape(-1, pool.days)
        mean = pool.per_year[kind]
        count = int(mean)
        counts = np.full(years, count) + (rng.random(years) < mean - count)
        # How often each merchant is drawn in a year: those that cost nothing need not be told apart.
        chances = np.full(len(drawn) + 1, 1 / len(sellers))
        chances[-1] = 1 - len(drawn) / len(sellers)
        times = rng.multinomial(counts, chances)[:, :-1]
        net += times @ flows
        given += counts * gives.mean()
    daily = np.repeat(given[:, None] / pool.days, pool.days, axis=1)
    return net, daily


def _flow(seller: SellerFigures, days: int) -> NDArray[np.float64]:
    flow = np.zeros(days)
    for day, minor in seller.drawn_on:
        flow[min(max(day, 0), days - 1)] += minor
    flow[-1] -= seller.settled.recovered_minor
    return flow


def _deepest(flows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how deep the fund falls below its start in each year."""
    return np.maximum(0.0, np.cumsum(flows, axis=1).max(axis=1))


def size_fund(policy: str, runs: Sequence[RunFigures], days: int, solvency: float) -> FundSize:
    """Return the capital with which the fund is solvent through a year with probability `solvency`.

    Args:
        policy: the policy under which the runs were made.
        runs: at least two.
        days: length of the measured time and of the time after it.
        solvency: above 0.5 and below 1.
    """
    rng = np.random.default_rng(_SEED)
    pool = _Pool(runs, days)
    net, given = _years(pool, YEARS, rng)
    falls = _deepest(net - given)
    bounds = [_resampled(runs, days, solvency, rng) for _ in range(_BOOTSTRAPS)]
    sales = sum(seller.settled.sales_minor for seller in pool.sellers) / len(runs)
    capital = float(np.quantile(falls, solvency))
    return FundSize(
        policy=policy,
        solvency=solvency,
        capital_minor=round(capital),
        interval=(round(float(np.quantile(bounds, 0.025))), round(float(np.quantile(bounds, 0.975)))),
        share_of_sales=capital / sales if sales else 0.0,
        without_share_minor=round(float(np.quantile(_deepest(net), solvency))),
        mean_draw_minor=round(float(net.sum(axis=1).mean())),
        mean_given_minor=round(float(given.sum(axis=1).mean())),
        worst_seen_minor=round(float(falls.max())),
        runs=len(runs),
        merchants_seen=len(pool.sellers),
        years=YEARS,
    )


def _resampled(runs: Sequence[RunFigures], days: int, solvency: float, rng: np.random.Generator) -> float:
    """Return the capital that other runs might have given: these, drawn with replacement."""
    drawn: list[int] = rng.integers(0, len(runs), size=len(runs)).tolist()
    chosen = [runs[number] for number in drawn]
    net, given = _years(_Pool(chosen, days), _BOOTSTRAP_YEARS, rng)
    return float(np.quantile(_deepest(net - given), solvency))
