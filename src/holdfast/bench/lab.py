"""The lab: facts that a process simulates, what a second process adds, and how long a large year takes."""

import multiprocessing
import time
from collections.abc import Callable, Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from holdfast.bench import memory
from holdfast.bench.core import Report, UnknownFigure
from holdfast.bench.figure import LAB_TARGETS, Figure, Measured, judge
from holdfast.kernel import interrupt
from holdfast.lab import market_file
from holdfast.lab.distributions import Constant
from holdfast.lab.jobs import Kept, perform_all, untold
from holdfast.lab.market import Market
from holdfast.lab.results import RunFigures
from holdfast.lab.runs import Simulate
from holdfast.lab.sellers import population
from holdfast.lab.simulation import simulate
from holdfast.policy_files import reading

_POLICY = "covered(0.95)"
_SEED = 7
_RUNS = 4
_SPIN = 6_000_000
_YEAR_MERCHANTS, _YEAR_ORDERS = 1_000, 300_000
_QUICK = 20
_SHOPS = 40


def measure(only: Collection[str], report: Report, *, quick: bool) -> list[Figure]:
    """Measure, and return the figures in their order.

    Args:
        only: figures that are asked for; none: all.
        report: is told how far it is.
        quick: a twentieth of the large year, and extrapolated: a rough look.

    Raises:
        UnknownFigure: a name is none of `figure.LAB_TARGETS`.
    """
    for name in only:
        if name not in LAB_TARGETS:
            raise UnknownFigure("--only", name=name, known=", ".join(LAB_TARGETS))
    names = [name for name in LAB_TARGETS if not only or name in only]
    found: dict[str, Measured] = {}
    if {"lab_facts_per_s", "lab_two_processes"} & set(names):
        found |= _processes(lambda share: report("processes", share))
    if "lab_year_s" in names:
        found |= _year(lambda share: report("year", share), 1 / _QUICK if quick else 1.0)
    if "lab_kept_growth" in names:
        found |= _kept(lambda share: report("memory", share))
    unit = {"lab_year_s": "s, extrapolated"} if quick else {}
    return [judge(name, found.get(name), unit=unit.get(name)) for name in names]


def _processes(tell: Callable[[float], None]) -> dict[str, Measured]:
    """Measure the same runs in one process and in two.

    The floor of the rate is the handlers alone over a history, without agents; that of the second process is
    what two processes add that count and do nothing else.
    """
    handlers = memory.facts_per_s(lambda share: tell(share / 3))["memory_facts_per_s"].value
    market, _ = market_file.named(market_file.DEMO)
    policy = reading.named(_POLICY)
    jobs = [Simulate(market, policy, _POLICY, _SEED, number) for number in range(_RUNS)]
    took: dict[int, float] = {}
    facts = 0
    for processes in (1, 2):
        with TemporaryDirectory() as folder:
            began = time.perf_counter()
            runs = perform_all(jobs, RunFigures, processes, Kept(Path(folder)), untold)
            took[processes] = time.perf_counter() - began
            facts = sum(run.facts for run in runs)
        tell((1 + processes) / 3)
    return {
        "lab_facts_per_s": Measured(facts / took[1], handlers),
        "lab_two_processes": Measured(took[1] / took[2], _spinning(1) / _spinning(2)),
    }


def _spin(count: int) -> int:
    total = 0
    for number in range(count):
        total += number & 3
    return total


def _spinning(processes: int) -> float:
    """Return how long it takes to count the same in so many processes, with their start, in seconds."""
    began = time.perf_counter()
    if processes == 1:
        for _ in range(_RUNS):
            _spin(_SPIN)
    else:
        with interrupt.Starting():
            started = multiprocessing.get_context("spawn").Pool(processes)
        with started as pool:
            pool.map(_spin, [_SPIN] * _RUNS, chunksize=1)
    return time.perf_counter() - began


def _year(tell: Callable[[float], None], part: float) -> dict[str, Measured]:
    """Measure a year of 1,000 merchants and 300,000 orders; the floor is its facts by the handlers alone."""
    handlers = memory.facts_per_s(untold)["memory_facts_per_s"].value
    market, _ = market_file.named(market_file.DEMO)
    merchants = replace(
        market.merchants,
        count=round(_YEAR_MERCHANTS * part),
        orders_per_day=Constant(value=_YEAR_ORDERS / _YEAR_MERCHANTS / 365),
        growth_per_year=Constant(value=1.0),
        join_later=0.0,
    )
    market = replace(
        market,
        merchants=merchants,
        consumers=replace(market.consumers, count=round(60_000 * part)),
        period=replace(market.period, warm_up_days=0),
        seasons=(),
    )
    run = _run(market, tell)
    orders = sum(seller.whole.orders for seller in run.sellers)
    seconds = run.seconds * _YEAR_ORDERS / orders
    return {"lab_year_s": Measured(seconds, run.facts * _YEAR_ORDERS / orders / handlers)}


def _kept(tell: Callable[[float], None]) -> dict[str, Measured]:
    """Measure the most rows that are kept over four years against one, with the same shops and consumers."""
    market, _ = market_file.named(market_file.DEMO)
    market = replace(
        market,
        adversaries=(),
        merchants=replace(
            market.merchants, count=_SHOPS, join_later=0.0, growth_per_year=Constant(value=1.0)
        ),
        consumers=replace(market.consumers, count=500),
    )
    most: list[int] = []
    for number, years in enumerate((1, 4)):
        long = replace(market, period=replace(market.period, days=365 * years, warm_up_days=0))
        most.append(_run(long, lambda share, number=number: tell((number + share) / 2)).most_rows)
    return {"lab_kept_growth": Measured(most[1] / most[0], 1.0)}


def _run(market: Market, tell: Callable[[float], None]) -> RunFigures:
    policy = reading.named(_POLICY)
    sellers = population(market, policy, _SEED, 0)
    return simulate(market, policy, _POLICY, sellers, (_SEED, 0), tell)
